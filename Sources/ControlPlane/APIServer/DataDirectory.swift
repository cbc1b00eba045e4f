import APISecurity
import Glibc
import SystemPackage

/// The directory in which a server keeps all that it must not lose: for its user alone, and for one process at a time.
/// The claim lasts as long as the value, or until the process ends.
public final class DataDirectory: Sendable {
    public struct Problem: Error, Sendable, CustomStringConvertible {
        public var description: String
    }

    public let path: String
    private let lock: Int32

    /// What shows that a directory is ours, and may be closed to others.
    private static let ownNames: Set = ["viaduct.db", "pki", "admin.kubeconfig", lockName]
    private static let lockName = "lock"

    /// Makes the directory if it is missing, closes it to other users, and claims it.
    /// - Throws: ``Problem`` if another process has claimed it, with that process's id, or if others may look into it
    ///   and that cannot be changed.
    public init(path: String) throws(Problem) {
        self.path = path
        do {
            try ServerFile.makeDirectory(path)
        } catch {
            throw Problem(description: "\(path): the directory cannot be made: \(error)")
        }
        try Self.makePrivate(path)
        lock = try Self.claim("\(path)/\(Self.lockName)")
    }

    deinit { close(lock) }

    private static func makePrivate(_ path: String) throws(Problem) {
        guard let permissions = ServerFile.permissions(path), permissions.isForOthers else { return }
        guard mayClose(path, permissions) else {
            throw Problem(
                description: "\(path): other users may look into the directory, and it holds more than this server's "
                    + "files; choose a directory of its own, or chmod 700 it")
        }
        guard chmod(path, permissions.rawValue & 0o700) == 0 else {
            throw Problem(
                description: "\(path): other users may look into the directory, and its permissions cannot be changed: "
                    + "\(Errno(rawValue: errno)); chmod 700 it, or choose another directory")
        }
    }

    /// Whether nobody else can have a use for it: it is empty, or was a server's already. `/tmp` or a home directory is
    /// not closed because somebody has mistyped.
    private static func mayClose(_ path: String, _ permissions: FilePermissions) -> Bool {
        guard !permissions.contains(.saveText), let directory = opendir(path) else { return false }
        defer { closedir(directory) }
        var count = 0
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name != ".", name != ".." else { continue }
            if ownNames.contains(name) { return true }
            count += 1
        }
        return count == 0
    }

    private static func claim(_ path: String) throws(Problem) -> Int32 {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else {
            throw Problem(description: "\(path): cannot be opened: \(Errno(rawValue: errno))")
        }
        fchmod(file, 0o600)
        while flock(file, LOCK_EX | LOCK_NB) != 0 {
            let error = errno
            if error == EINTR { continue }
            defer { close(file) }
            guard error == EWOULDBLOCK else {
                throw Problem(description: "\(path): cannot be locked: \(Errno(rawValue: error))")
            }
            let holder = text(file)
            throw Problem(
                description: "the directory is in use by another viaduct"
                    + (holder.isEmpty ? "" : ", process \(holder)") + "; end it, or choose another directory")
        }
        let id = Array("\(getpid())\n".utf8)
        // For people; the lock counts, also on a disk that is full.
        if ftruncate(file, 0) == 0 { _ = pwrite(file, id, id.count, 0) }
        return file
    }

    private static func text(_ file: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = max(0, pread(file, &bytes, bytes.count, 0))
        return String(decoding: bytes.prefix(count).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}
