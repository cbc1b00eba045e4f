internal import CLinux
import Glibc

/// A name in the file system at which this process alone listens, for programs of the same user.
///
/// A lock beside it, `NAME.lock`, ends with the process. So a socket that a dead process left differs from one that a
/// process listens at, and two processes that start at the same time cannot take the name from each other.
public final class UnixSocketName: Sendable {
    /// The length that fits into struct sockaddr_un, with its zero byte.
    public static let maximumLength = 107

    public let path: String
    private let lock: Int32

    /// Takes the name. Its directory is made if it is missing.
    ///
    /// - Throws: EADDRINUSE if another process has it; EEXIST if something other than a socket has the name;
    ///   ENAMETOOLONG; any error of making a directory or a file.
    public init(_ path: String) throws(SystemError) {
        guard path.utf8.count <= Self.maximumLength else {
            throw SystemError("listen at \(path)", code: ENAMETOOLONG)
        }
        self.path = path
        try Self.makeDirectory(of: path)
        lock = try Self.lock(path)
        do throws(SystemError) {
            try Self.removeSocket(path)
        } catch {
            SystemCall.close(lock)
            throw error
        }
    }

    deinit {
        do throws(SystemError) { try Self.removeSocket(path) } catch {}
        SystemCall.close(lock)
    }

    private static func makeDirectory(of path: String) throws(SystemError) {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
        let directory = String(path[..<slash])
        do throws(SystemError) {
            try SystemCall.run("make directory \(directory)") { unsafe mkdir(directory, 0o755) }
            // Whatever the umask says.
            try SystemCall.run("set mode of \(directory)") { unsafe chmod(directory, 0o755) }
        } catch  where error.code == EEXIST {
            return
        }
    }

    private static func lock(_ path: String) throws(SystemError) -> Int32 {
        let name = "\(path).lock"
        let descriptor = try SystemCall.run("open \(name)") {
            unsafe open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        }
        do throws(SystemError) {
            try SystemCall.run("lock \(name)") { flock(descriptor, LOCK_EX | LOCK_NB) }
        } catch {
            let holder = Self.holder(descriptor)
            SystemCall.close(descriptor)
            guard error.code == EWOULDBLOCK else { throw error }
            throw SystemError(
                "listen at \(path)", code: EADDRINUSE,
                kernelMessage: holder.isEmpty ? "another process listens there" : "process \(holder) listens there")
        }
        let text = Array("\(getpid())\n".utf8)
        _ = SystemCall.result { ftruncate(descriptor, 0) }
        _ = SystemCall.result { unsafe text.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) } }
        return descriptor
    }

    /// The number that the holder wrote; empty if it is none.
    private static func holder(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = SystemCall.result {
            unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, 0) }
        }
        let digits = bytes.prefix(count ?? 0).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return String(decoding: digits, as: UTF8.self)
    }

    private static func removeSocket(_ path: String) throws(SystemError) {
        var facts = stat()
        guard SystemCall.result({ unsafe lstat(path, &facts) }) != nil else { return }
        guard facts.st_mode & S_IFMT == S_IFSOCK else {
            throw SystemError("listen at \(path)", code: EEXIST, kernelMessage: "it is no socket")
        }
        try SystemCall.run("remove \(path)") { unsafe unlink(path) }
    }

    /// Listens. Only the user of this process may connect (mode 0600), from the start.
    ///
    /// - Returns: a descriptor that does not block; the caller closes it.
    public func listen(backlog: Int32 = 16) throws(SystemError) -> Int32 {
        let path = path
        let type = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        let descriptor = try SystemCall.run("open a socket") { socket(AF_UNIX, Int32(type), 0) }
        do throws(SystemError) {
            try Self.removeSocket(path)
            try SystemCall.run("listen at \(path)") { unsafe Self.bind(descriptor, path) }
            // Nobody gets in before it listens.
            try SystemCall.run("set mode of \(path)") { unsafe chmod(path, 0o600) }
            try SystemCall.run("listen at \(path)") { Glibc.listen(descriptor, backlog) }
        } catch {
            SystemCall.close(descriptor)
            throw error
        }
        return descriptor
    }

    @unsafe
    private static func bind(_ descriptor: Int32, _ path: String) -> Int32 {
        unsafe withAddress(path) { unsafe Glibc.bind(descriptor, $0, $1) }
    }

    /// - Parameter path: cut where it is too long; one that begins with `@` is in the abstract namespace, unix(7).
    @unsafe
    static func withAddress<Result>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8.prefix(maximumLength))
        let isAbstract = bytes.first == UInt8(ascii: "@")
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { field in
            unsafe field.copyBytes(from: isAbstract ? [0] + bytes.dropFirst() : bytes)
        }
        // The length is part of an abstract name.
        let length =
            isAbstract
            ? MemoryLayout<sockaddr_un>.offset(of: \.sun_path).map { $0 + bytes.count } : MemoryLayout<sockaddr_un>.size
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(length ?? MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
