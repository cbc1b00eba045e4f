import KubeAPI
import LinuxSystem

/// Reads the log of one container, the parts that are wanted, piece by piece.
struct LogReader {
    private let path: String
    private let options: LogOptions
    private var file: OpenFile
    private var offset: Int64
    private var rest: [UInt8] = []
    private var written = 0
    /// The line before goes on: what comes has no time of its own.
    private var isWithinLine = false

    private static let chunk = 64 << 10
    /// Bytes of a line that are waited for; what is longer is no line of a runtime.
    private static let longestLine = 1 << 20

    init(_ path: String, _ options: LogOptions) throws(SystemError) {
        self.path = path
        self.options = options
        file = try OpenFile(path)
        offset = 0
        if let tail = options.tail { offset = try Self.start(of: tail, in: file) }
    }

    /// Where the last lines begin.
    private static func start(of lines: Int, in file: OpenFile) throws(SystemError) -> Int64 {
        var position = try file.size()
        guard lines > 0 else { return position }
        var left = lines
        var isEnd = true
        while position > 0 {
            let count = min(Int64(chunk), position)
            let bytes = try file.read(at: position - count, limit: Int(count))
            for (index, byte) in bytes.enumerated().reversed() where byte == UInt8(ascii: "\n") {
                // The end of the last line begins none.
                if isEnd, position - count + Int64(index) + 1 == position { isEnd = false; continue }
                left -= 1
                if left == 0 { return position - count + Int64(index) + 1 }
            }
            isEnd = false
            position -= count
        }
        return 0
    }

    /// Whether no more is wanted.
    var isFull: Bool { options.limit.map { written >= $0 } ?? false }

    /// The next piece of text; nil: there is no more now.
    mutating func next() throws(SystemError) -> [UInt8]? {
        let bytes = try file.read(at: offset, limit: Self.chunk)
        guard !bytes.isEmpty, !isFull else { return nil }
        offset += Int64(bytes.count)
        rest += bytes
        var output: [UInt8] = []
        var start = rest.startIndex
        while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
            add(rest[start..<end], to: &output)
            start = end + 1
        }
        rest.removeFirst(start)
        if rest.count > Self.longestLine { rest.removeAll() }
        if let limit = options.limit, written + output.count > limit {
            output.removeLast(written + output.count - limit)
        }
        written += output.count
        return output
    }

    private mutating func add(_ bytes: ArraySlice<UInt8>, to output: inout [UInt8]) {
        guard let line = LogLine(bytes) else { return }
        if let since = options.since, let time = Timestamp(line.time), time < since { return }
        switch options.stream {
        case "Stdout": if line.isError { return }
        case "Stderr": if !line.isError { return }
        default: break
        }
        if options.hasTimestamps, !isWithinLine { output += Array(line.time.utf8) + [UInt8(ascii: " ")] }
        output += line.content
        isWithinLine = line.isPartial
        if !line.isPartial { output.append(UInt8(ascii: "\n")) }
    }

    /// Goes on with the file that has the name now, where the runtime began another one.
    mutating func reopen() {
        guard let other = try? OpenFile(path), other.identity != file.identity else { return }
        file = other
        offset = 0
        rest = []
    }
}
