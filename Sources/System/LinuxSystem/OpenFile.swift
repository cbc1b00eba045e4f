internal import CLinux
internal import Glibc

/// A file that is open for reading at any offset.
public final class OpenFile: Sendable {
    private let descriptor: Int32
    private let path: String

    public init(_ path: String) throws(SystemError) {
        self.path = path
        descriptor = try SystemCall.run("open \(path)") { unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    }

    deinit { SystemCall.close(descriptor) }

    /// Bytes.
    public func size() throws(SystemError) -> Int64 {
        Int64(try SystemCall.run("look for the end of \(path)") { lseek(descriptor, 0, SEEK_END) })
    }

    /// Returns fewer bytes than `limit` near the file's end, none at its end.
    public func read(at offset: Int64, limit: Int) throws(SystemError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = try SystemCall.repeating("read \(path)", limit) { done in
            unsafe bytes.withUnsafeMutableBytes { raw in
                unsafe pread(descriptor, raw.baseAddress?.advanced(by: done), raw.count - done, Int(offset) + done)
            }
        }
        return Array(bytes.prefix(count))
    }

    /// The same for all names of one file.
    public var identity: [UInt64] {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return [] }
        return [UInt64(status.st_dev), UInt64(status.st_ino)]
    }
}
