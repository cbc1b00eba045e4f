/// A revision: the number of a change, one sequence for the whole store, starting at 1. Zero stands for an empty store.
public typealias Revision = Int64

/// Keeps values under keys, with one revision counter over all of them and watches from any revision that is not
/// compacted. It knows nothing of what the values mean.
///
/// The protocol asks for no more than etcd v3 offers: revisions are given by the store, a write may depend on the
/// revision that the writer saw, and a value never holds its own revision.
public protocol ObjectStore: Sendable {
    /// The revision of the last change that readers can see.
    func currentRevision() async throws(StoreError) -> Revision

    /// The value of a key, nil if there is none.
    func get(_ key: String) async throws(StoreError) -> StoredObject?

    /// The values whose keys begin with `prefix`, in the order of their UTF-8 bytes.
    /// - Parameters:
    ///   - after: only keys behind this one; nil for the first page.
    ///   - limit: the most objects to return; nil for all.
    func list(prefix: String, after: String?, limit: Int?) async throws(StoreError) -> StoredPage

    /// Writes a value and returns the revision it got. Durable when it returns, as far as the store is.
    func put(_ key: String, _ value: [UInt8], expecting: Expectation) async throws(StoreError) -> Revision

    /// Removes a key and returns the revision of the removal.
    /// - Throws: ``StoreError/conflict(_:)`` if there is no value, or one of another revision than expected.
    func delete(_ key: String, expecting: Expectation) async throws(StoreError) -> Revision

    /// Every change after `revision` to keys that begin with `prefix`, in order and none left out.
    /// - Throws: ``StoreError/compacted(_:)`` if changes after `revision` were compacted. The stream fails with
    ///   ``StoreError/slowWatcher`` if its reader falls behind; it may watch again from the last revision it saw.
    func watch(prefix: String, after revision: Revision) async throws(StoreError) -> StoreWatch

    /// Forgets changes up to and with `revision`; current values stay.
    func compact(through revision: Revision) async throws(StoreError)

    /// Takes a value that cannot be used out of the way: the key has no value then. It is kept where people can find it,
    /// as far as the store is on a disk. Watches are not told.
    func setAside(_ damaged: DamagedValue) async throws(StoreError)

    /// What keeps the store from taking writes; nil: nothing that is known.
    func problem() async -> StoreError?
}

/// What a write depends on.
public enum Expectation: Hashable, Sendable {
    case anything
    case absent
    case revision(Revision)

    /// Whether a key whose value has the revision `current` (nil: no value) is as expected.
    public func holds(for current: Revision?) -> Bool {
        switch self {
        case .anything: true
        case .absent: current == nil
        case .revision(let wanted): current == wanted
        }
    }
}

public struct StoredObject: Hashable, Sendable {
    public var key: String
    public var value: [UInt8]
    /// The revision of the write that made this value.
    public var revision: Revision

    public init(key: String, value: [UInt8], revision: Revision) {
        self.key = key
        self.value = value
        self.revision = revision
    }
}

/// A value that is not what was written.
public struct DamagedValue: Error, Hashable, Sendable {
    public var key: String
    public var revision: Revision

    public init(key: String, revision: Revision) {
        self.key = key
        self.revision = revision
    }
}

public struct StoredPage: Sendable {
    /// Without those that are damaged.
    public var objects: [StoredObject]
    public var damaged: [DamagedValue] = []
    /// The store's revision when the page was read.
    public var revision: Revision
    /// How many matching keys come after the last one of this page.
    public var remaining: Int

    public init(objects: [StoredObject], revision: Revision, remaining: Int) {
        self.objects = objects
        self.revision = revision
        self.remaining = remaining
    }
}

public struct StoreEvent: Hashable, Sendable {
    public enum Change: Hashable, Sendable {
        /// The new value, and whether there was none before.
        case put([UInt8], created: Bool)
        case deleted
    }

    public var key: String
    public var revision: Revision
    public var change: Change

    public init(key: String, revision: Revision, change: Change) {
        self.key = key
        self.revision = revision
        self.change = change
    }
}

/// Batches of events: those that became visible together.
public typealias StoreWatch = AsyncThrowingStream<[StoreEvent], any Error>

public enum StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The key is not as the writer expected; its revision now, nil if it has no value.
    case conflict(Revision?)
    /// The wanted revision is older than this one, the oldest that can be watched from.
    case compacted(Revision)
    case slowWatcher
    /// The objects take as many bytes as the quota allows; only removals are taken.
    case full(quota: Int)
    /// The disk has no room; only removals are taken.
    case diskFull
    /// The value of a key is not what was written.
    case damaged(String)
    /// The store is closed, or the disk failed; what the layer below said.
    case unavailable(String)

    public var description: String {
        switch self {
        case .conflict(let current?): "the key has changed; its revision is \(current)"
        case .conflict(nil): "the key does not exist"
        case .compacted(let oldest): "changes before revision \(oldest) are compacted"
        case .slowWatcher: "the watcher fell behind"
        case .full(let quota):
            "the database space is exceeded: the quota is \(quota) bytes; delete objects or raise the quota"
        case .diskFull: "no space is left on the disk; delete objects or make room"
        case .damaged(let key): "the value of \(key) is damaged"
        case .unavailable(let why): "the store is not available: \(why)"
        }
    }
}
