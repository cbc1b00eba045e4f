public import KubeAPI
import Synchronization

/// What a controller has written for a key and not yet seen in its cache. Until it has, the cache is stale: the
/// controller might create something that exists.
public final class OwnWrites<Key: Hashable & Sendable>: Sendable {
    private enum Awaited {
        case version(UInt64)
        case deletion
    }

    private struct Write {
        var awaited: Awaited
        var since: Duration
    }

    /// After this long without the event, something else has happened to the object, and the cache counts as fresh
    /// again.
    public static var timeout: Duration { .seconds(30) }

    /// By UID.
    private let writes = Mutex<[Key: [String: Write]]>([:])
    private let clock: RetryClock

    public init(clock: RetryClock = .system) {
        self.clock = clock
    }

    /// - Parameter metadata: from the server's answer. Versions that are not numbers cannot be compared, so they are
    ///   ignored.
    public func wrote(_ metadata: ObjectMeta, for key: Key) {
        guard let version = UInt64(metadata.resourceVersion) else { return }
        add(.version(version), metadata.uid, key)
    }

    public func deleted(_ metadata: ObjectMeta, for key: Key) { add(.deletion, metadata.uid, key) }

    private func add(_ awaited: Awaited, _ uid: String, _ key: Key) {
        let write = Write(awaited: awaited, since: clock.now())
        writes.withLock { $0[key, default: [:]][uid] = write }
    }

    /// Records an event and returns whether it shows only writes from here.
    public func saw(_ metadata: ObjectMeta, isGone: Bool, for key: Key) -> Bool {
        writes.withLock { writes in
            guard let write = writes[key]?[metadata.uid] else { return false }
            let isOwn: Bool
            switch write.awaited {
            case .deletion:
                guard isGone else { return true }
                isOwn = true
            case .version(let version):
                guard let seen = UInt64(metadata.resourceVersion), !isGone else {
                    isOwn = false
                    break
                }
                // One from before the last write; that write's own is still to come.
                if seen < version { return true }
                isOwn = seen == version
            }
            writes[key]?[metadata.uid] = nil
            if writes[key]?.isEmpty == true { writes[key] = nil }
            return isOwn
        }
    }

    /// Whether the cache shows everything that was written for the key.
    /// - Parameter cached: the metadata of all of the key's objects there.
    public func areVisible(for key: Key, in cached: [ObjectMeta]) -> Bool {
        let now = clock.now()
        return writes.withLock { writes in
            guard let awaited = writes[key] else { return true }
            let versions = Dictionary(cached.map { ($0.uid, UInt64($0.resourceVersion)) }, uniquingKeysWith: { $1 })
            let missing = awaited.filter { uid, write in
                guard now - write.since <= Self.timeout else { return false }
                switch write.awaited {
                case .deletion: return versions[uid] != nil
                case .version(let version): return versions[uid].flatMap { $0 }.map { $0 < version } ?? true
                }
            }
            writes[key] = missing.isEmpty ? nil : missing
            return missing.isEmpty
        }
    }

    public func forget(_ key: Key) { writes.withLock { $0[key] = nil } }

    /// Call this when starting again with a newly filled cache.
    public func forgetAll() { writes.withLock { $0 = [:] } }
}
