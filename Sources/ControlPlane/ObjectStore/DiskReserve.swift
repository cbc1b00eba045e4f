import Glibc
import Synchronization

/// A few megabytes of the disk that are kept for the time when it is full: given free, they let deletions through, which
/// need some room in the log themselves.
final class DiskReserve: Sendable {
    /// Bytes. Deletions write to the log, and a log that has reached its length is first copied into the database, which
    /// grows by as much: room for twice ``SQLiteStore/longestLog``.
    static let defaultSize = 2 * SQLiteStore.longestLog

    private let path: String
    private let size: Int
    private let state: Mutex<Bool>

    /// Whether the disk was full, and still is for all that is known.
    var isReleased: Bool { state.withLock { $0 } }

    init(path: String, size: Int = defaultSize) {
        self.path = path
        self.size = size
        // Where it cannot be had for another reason, everything works as long as there is room.
        state = Mutex(!Self.fill(path, size) && Self.isFull(path, size))
    }

    /// The disk is full: gives the reserve away.
    func release() {
        state.withLock { isReleased in
            isReleased = true
            unlink(path)
        }
    }

    /// Takes the reserve again if there is room for much more than that.
    /// - Returns: whether the disk has room.
    func recover() -> Bool {
        state.withLock { isReleased in
            guard isReleased else { return true }
            guard !Self.isFull(path, size), Self.fill(path, size) else { return false }
            isReleased = false
            return true
        }
    }

    /// Whether there is no room for a single write.
    var isExhausted: Bool { StoreFiles.freeBytes(near: Self.directory(path)).map { $0 < 64 << 10 } ?? false }

    private static func directory(_ path: String) -> String {
        var directory = path
        while let last = directory.last, last != "/" { directory.removeLast() }
        return directory.isEmpty ? "." : directory
    }

    private static func isFull(_ path: String, _ size: Int) -> Bool {
        guard let free = StoreFiles.freeBytes(near: directory(path)) else { return false }
        return free < UInt64(2 * size)
    }

    private static func fill(_ path: String, _ size: Int) -> Bool {
        if StoreFiles.size(path) == size { return true }
        guard let file = try? StoreFiles.open(path) else { return false }
        defer { close(file) }
        guard posix_fallocate(file, 0, off_t(size)) == 0 else {
            unlink(path)
            return false
        }
        return true
    }
}
