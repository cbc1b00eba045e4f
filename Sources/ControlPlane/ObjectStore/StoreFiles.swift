import Glibc
import LinuxSystem

/// The files of a store on disk: readable by their owner alone, whatever the directory allows.
enum StoreFiles {
    struct Failure: Error, CustomStringConvertible {
        var description: String

        init(_ path: String, _ what: String, _ error: SystemError) {
            description = "\(path): \(what): \(error.message)"
        }
    }

    /// Makes the database's file if it is missing, and takes others' permissions away from those that are there. SQLite
    /// gives its further files the permissions of the first.
    static func makePrivate(_ path: String) throws(Failure) {
        SystemCall.close(try open(path))
        for name in ["", "-wal", "-shm", "-journal", "-revision", "-reserve"].map({ path + $0 }) {
            var status = stat()
            guard stat(name, &status) == 0, status.st_mode & 0o077 != 0 else { continue }
            do throws(SystemError) {
                try SystemCall.run("change permissions") { chmod(name, status.st_mode & 0o700) }
            } catch {
                throw Failure(name, "others may read it, and its permissions cannot be changed; chmod 600 it", error)
            }
        }
    }

    /// Bytes of a file; 0 if there is none.
    static func size(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Bytes that this user may still write in the file system of a file; nil if that is not known.
    static func freeBytes(near path: String) -> UInt64? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        let (bytes, isOver) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return isOver ? .max : bytes
    }

    /// Opens a file for reading and writing, which is made if it is missing.
    static func open(_ path: String) throws(Failure) -> Int32 {
        do throws(SystemError) {
            return try SystemCall.run("open") { Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600) }
        } catch {
            throw Failure(path, "cannot be opened", error)
        }
    }
}
