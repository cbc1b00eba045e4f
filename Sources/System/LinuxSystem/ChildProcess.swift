internal import CLinux
import Glibc
import Synchronization

/// A program that this process started, in any network namespace. It is killed when this object is released.
public final class ChildProcess: Sendable {
    /// What the program reads as its standard input.
    public enum Input: Sendable {
        /// What ``write(_:)`` sends; the pipe is closed with this object.
        case pipe
        /// These bytes, available at once.
        case bytes([UInt8])
    }

    /// How a program ended.
    public struct End: Hashable, Sendable {
        /// The exit status; 128 plus the signal's number if a signal ended it.
        public var status: Int32
        /// The signal that ended it.
        public var signal: Int32?
        public var usage: ProcessUsage
    }

    public let identifier: Int32
    private let input: Int32?
    private let output: Int32
    private let errors: Int32
    private let watch: Int32
    private let state = Mutex(State())

    private struct State {
        var received: [UInt8] = []
        var end: End?
    }

    /// Starts a program. Its standard error is kept in memory; ``readLine(within:)`` reads its standard output.
    ///
    /// - Parameters:
    ///   - path: the program's file.
    ///   - arguments: without the program's name.
    ///   - environment: variables (`NAME=value`); nil: those of this process.
    ///   - namespace: where it runs; nil: the calling thread's.
    public convenience init(
        _ path: String, _ arguments: [String], environment: [String]? = nil, input: Input = .bytes([]),
        in namespace: NetworkNamespace? = nil
    ) throws(SystemError) {
        let parts = try { () throws(SystemError) in
            guard let namespace else { return try ChildLaunch.start(path, arguments, environment, input) }
            return try namespace.run { () throws(SystemError) in
                try ChildLaunch.start(path, arguments, environment, input)
            }
        }()
        self.init(parts)
    }

    private init(_ parts: ChildLaunch.Parts) {
        identifier = parts.process
        input = parts.input
        output = parts.output
        errors = parts.errors
        watch = viaduct_process_descriptor(parts.process)
    }

    deinit {
        kill()
        _ = wait(within: .seconds(10))
        for descriptor in [input, output, errors, watch] {
            if let descriptor, descriptor >= 0 { SystemCall.close(descriptor) }
        }
    }

    /// From now on, writing to a program that has ended fails with an error and does not end this process (SIGPIPE).
    public static func ignoreBrokenPipes() { _ = signal(SIGPIPE, SIG_IGN) }

    public func write(_ bytes: [UInt8]) throws(SystemError) {
        guard let input else { throw SystemError("write to process \(identifier)", code: EBADF) }
        try SystemCall.repeating("write to process \(identifier)", bytes.count) { done in
            unsafe bytes.withUnsafeBytes { raw in
                unsafe Glibc.write(input, raw.baseAddress?.advanced(by: done), raw.count - done)
            }
        }
    }

    /// The next line of its standard output, without its end; nil: the output has ended. Fails with ETIMEDOUT.
    public func readLine(within limit: Duration) throws(SystemError) -> [UInt8]? {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let line = state.withLock { state -> [UInt8]? in
                guard let end = state.received.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
                defer { state.received.removeFirst(end + 1) }
                return Array(state.received[..<end])
            }
            if let line { return line }
            guard Self.isReadable(output, within: deadline - clock.now) else {
                throw SystemError("read from process \(identifier)", code: ETIMEDOUT)
            }
            let count = try SystemCall.run("read from process \(identifier)") {
                unsafe chunk.withUnsafeMutableBytes { unsafe read(output, $0.baseAddress, $0.count) }
            }
            if count == 0 { return nil }
            state.withLock { $0.received += chunk[..<count] }
        }
    }

    /// Waits for its end; nil if it still runs after this time.
    public func wait(within limit: Duration) -> End? {
        if let end = state.withLock({ $0.end }) { return end }
        guard watch < 0 || Self.isReadable(watch, within: limit) else { return nil }
        return state.withLock { state in
            if let end = state.end { return end }
            var status: Int32 = 0
            var usage = rusage()
            guard SystemCall.result({ unsafe viaduct_wait(identifier, &status, 0, &usage) }) == identifier else {
                return nil
            }
            let signal = status & 0x7f
            let end = End(
                status: signal == 0 ? (status >> 8) & 0xff : 128 + signal, signal: signal == 0 ? nil : signal,
                usage: ProcessUsage(usage))
            state.end = end
            return end
        }
    }

    /// Kills the program, unless it has ended already.
    public func kill() { send(SIGKILL) }

    /// Asks the program to end (SIGTERM).
    public func terminate() { send(SIGTERM) }

    private func send(_ signal: Int32) {
        state.withLock { if $0.end == nil { _ = Glibc.kill(identifier, signal) } }
    }

    /// What it wrote to its standard error so far, the last 64 KiB of it.
    public var errorText: String {
        guard let size = SystemCall.result({ lseek(errors, 0, SEEK_END) }), size > 0 else { return "" }
        var bytes = [UInt8](repeating: 0, count: min(Int(size), 65536))
        let offset = Int(size) - bytes.count
        let count = SystemCall.result {
            unsafe bytes.withUnsafeMutableBytes { unsafe pread(errors, $0.baseAddress, $0.count, offset) }
        }
        return String(decoding: bytes.prefix(count ?? 0), as: UTF8.self)
    }

    private static func isReadable(_ descriptor: Int32, within limit: Duration) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        let result = SystemCall.result {
            let left = max(.zero, deadline - clock.now).components
            let milliseconds = left.seconds * 1000 + (left.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
            return unsafe poll(&entry, 1, Int32(clamping: milliseconds))
        }
        return result ?? 0 > 0
    }
}
