/// A revision: the number of a change, one sequence for the whole store, starting at 1. Zero stands for an empty store.
public typealias Revision = Int64

/// Keeps values under keys, with one revision counter over all of them and watches from any revision that is not
/// compacted. It knows nothing of what the values mean.
///
/// The protocol asks for no more than etcd v3 offers: revisions are given by the store, a write may depend on the
/// revision that the writer saw, and a value never holds its own revision. Several servers may share a store, so what a
/// process remembers of it may be old.
public protocol ObjectStore: Sendable {
    /// Whether other servers may use the store at the same time.
    var isShared: Bool { get }

    /// What the store does in the background (connections, watches, the end of lifetimes), until cancelled. Must run
    /// while the store is used, once.
    func run() async throws

    /// The revision of the last change that readers can see.
    func currentRevision() async throws(StoreError) -> Revision

    /// The value of a key, nil if there is none.
    func get(_ key: String) async throws(StoreError) -> StoredObject?

    /// The values whose keys begin with `prefix`, in the order of their UTF-8 bytes.
    /// - Parameters:
    ///   - after: only keys behind this one; nil for the first page.
    ///   - limit: the most objects to return; nil for all.
    ///   - revision: the values as they were then, so that the pages of a list fit together; nil: as they are.
    /// - Throws: ``StoreError/compacted(_:)`` if that is not known any more, ``StoreError/unavailable(_:)`` if the store
    ///   has not come so far.
    func list(prefix: String, after: String?, limit: Int?, at revision: Revision?) async throws(StoreError)
        -> StoredPage

    /// Writes a value and returns the revision it got. Durable when it returns, as far as the store is.
    ///
    /// After ``StoreError/unavailable(_:)`` and ``StoreError/timedOut`` it is not known whether the value was written.
    /// - Parameter lifetime: after that, rounded up to seconds, the store removes this value if no other has come in its
    ///   place; it may take its time to do so. Nil: never.
    func put(_ key: String, _ value: [UInt8], expecting: Expectation, lifetime: Duration?) async throws(StoreError)
        -> Revision

    /// Removes a key and returns the revision of the removal.
    /// - Throws: ``StoreError/conflict(_:)`` if there is no value, or one of another revision than expected.
    func delete(_ key: String, expecting: Expectation) async throws(StoreError) -> Revision

    /// Makes several changes in one step, or none of them. The first is as ``put(_:_:expecting:lifetime:)`` or
    /// ``delete(_:expecting:)``; the others, to other keys, go with it: removals among them of what is not there are none.
    /// - Returns: the revision of the first.
    /// - Throws: ``StoreError/conflict(_:)`` if the first key is not as expected, ``StoreError/taken(_:)`` if another one
    ///   is not.
    func commit(_ changes: [StoreChange]) async throws(StoreError) -> Revision

    /// Every change after `revision` to keys that begin with `prefix`, in order and none left out.
    /// - Throws: ``StoreError/compacted(_:)`` if changes after `revision` were compacted, now or when the store could be
    ///   reached again after a while; then only a new list helps. The stream fails with ``StoreError/slowWatcher`` if its
    ///   reader falls behind; it may watch again from the last revision it saw.
    func watch(prefix: String, after revision: Revision) async throws(StoreError) -> StoreWatch

    /// Has every open watch told soon how far it is, at least as far as the store is now, even if nothing that it wants
    /// has changed.
    func requestProgress() async throws(StoreError)

    /// Forgets changes up to and with `revision`; current values stay.
    func compact(through revision: Revision) async throws(StoreError)

    /// Compacts what `turn` says if no other server has taken its turn since, and says what the next turn is to compact.
    /// - Parameter turn: what the last call returned; nil at the start.
    func compact(inTurn turn: CompactionTurn?) async throws(StoreError) -> CompactionTurn

    /// Takes a value that cannot be used out of the way: the key has no value then. It is kept where people can find it,
    /// as far as the store is on a disk. Watches are not told.
    func setAside(_ damaged: DamagedValue) async throws(StoreError)

    /// What keeps the store from taking writes; nil: nothing that is known.
    func problem() async -> StoreError?
}

extension ObjectStore {
    public var isShared: Bool { false }

    /// The values as they are; see ``list(prefix:after:limit:at:)``.
    public func list(prefix: String, after: String?, limit: Int?) async throws(StoreError) -> StoredPage {
        try await list(prefix: prefix, after: after, limit: limit, at: nil)
    }

    public func put(
        _ key: String, _ value: [UInt8], expecting: Expectation, lifetime: Duration?
    ) async throws(StoreError) -> Revision {
        try await commit([StoreChange(key, value, expecting: expecting, lifetime: lifetime)])
    }

    public func delete(_ key: String, expecting: Expectation) async throws(StoreError) -> Revision {
        try await commit([StoreChange(key, nil, expecting: expecting)])
    }

    /// Writes a value that stays; see ``put(_:_:expecting:lifetime:)``.
    public func put(_ key: String, _ value: [UInt8], expecting: Expectation) async throws(StoreError) -> Revision {
        try await put(key, value, expecting: expecting, lifetime: nil)
    }

    /// For a store that one server has alone: every turn is its own.
    public func compact(inTurn turn: CompactionTurn?) async throws(StoreError) -> CompactionTurn {
        if let turn { try await compact(through: turn.revision) }
        return CompactionTurn(number: (turn?.number ?? 0) + 1, revision: try await currentRevision())
    }
}

/// One of the turns in which servers that share a store compact it.
public struct CompactionTurn: Hashable, Sendable {
    /// How many turns were taken before, by anybody.
    public var number: Int64
    /// What is compacted when this turn is taken: the store's revision when it began.
    public var revision: Revision

    public init(number: Int64, revision: Revision) {
        self.number = number
        self.revision = revision
    }
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

/// A value to be written, or to be removed.
public struct StoreChange: Hashable, Sendable {
    public var key: String
    /// Nil removes the key.
    public var value: [UInt8]?
    public var expecting: Expectation
    /// See ``ObjectStore/put(_:_:expecting:lifetime:)``.
    public var lifetime: Duration?

    public init(_ key: String, _ value: [UInt8]?, expecting: Expectation, lifetime: Duration? = nil) {
        self.key = key
        self.value = value
        self.expecting = expecting
        self.lifetime = lifetime
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

/// Changes that became visible together.
public struct StoreBatch: Hashable, Sendable {
    /// Empty where a batch only tells how far the watch is.
    public var events: [StoreEvent]
    /// All changes up to this revision have been told, with this batch at the latest.
    public var revision: Revision

    public init(events: [StoreEvent], revision: Revision) {
        self.events = events
        self.revision = revision
    }
}

public typealias StoreWatch = AsyncThrowingStream<StoreBatch, any Error>
