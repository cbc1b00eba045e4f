/// Why a store did not do what was asked of it.
public enum StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The key is not as the writer expected; its revision now, nil if it has no value.
    case conflict(Revision?)
    /// Another key of the same step is not as the writer expected.
    case taken(String)
    /// The wanted revision is older than this one, the oldest that can be watched from.
    case compacted(Revision)
    case slowWatcher
    /// The objects take as many bytes as the quota allows (nil: the store does not tell how many); only removals are
    /// taken.
    case full(quota: Int?)
    /// The value is larger than the store takes; what it said of that.
    case tooLarge(String)
    /// The disk has no room; only removals are taken.
    case diskFull
    /// The value of a key is not what was written.
    case damaged(String)
    /// The store did not answer in time.
    case timedOut
    /// The store is closed or cannot be reached, or the disk failed; what the layer below said.
    case unavailable(String)

    public var description: String {
        switch self {
        case .conflict(let current?): "the key has changed; its revision is \(current)"
        case .conflict(nil): "the key does not exist"
        case .taken(let key): "\(key) has changed"
        case .compacted(let oldest): "changes before revision \(oldest) are compacted"
        case .slowWatcher: "the watcher fell behind"
        case .full(let quota?):
            "the database space is exceeded: the quota is \(quota) bytes; delete objects or raise the quota"
        case .full(nil): "the database space is exceeded; delete objects or raise the store's quota"
        case .tooLarge(let why): "the object is too large for the store: \(why)"
        case .diskFull: "no space is left on the disk; delete objects or make room"
        case .damaged(let key): "the value of \(key) is damaged"
        case .timedOut: "the store did not answer in time"
        case .unavailable(let why): "the store is not available: \(why)"
        }
    }
}

extension StoreError {
    /// Somebody asks for a revision that comes later.
    static func notYet(_ revision: Revision, now: Revision) -> StoreError {
        .unavailable("revision \(revision) is to come; it is at \(now)")
    }
}
