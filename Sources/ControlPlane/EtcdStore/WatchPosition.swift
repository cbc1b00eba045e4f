import ObjectStore

/// How far a watch is, so that it can go on over another connection with nothing left out and nothing told twice.
///
/// etcd is asked for the last revision that was told, too: so it says whether changes after that one are compacted,
/// which it does not if it is asked for the first revision behind the compacted one.
struct WatchPosition: Sendable {
    enum Step: Sendable {
        case nothing
        case created
        case batch(StoreBatch)
        /// The watch cannot go on: changes were compacted.
        case compacted(Revision)
        /// The server has ended the watch; another one may do.
        case cancelled(String)
    }

    private let keys: EtcdKeys
    private let prefix: String
    /// All changes up to here have been told.
    private(set) var revision: Revision
    /// Changes of a revision that the last response ended within.
    private var held: [StoreEvent] = []

    init(keys: EtcdKeys, prefix: String, after revision: Revision) {
        self.keys = keys
        self.prefix = prefix
        self.revision = revision
    }

    /// Begins anew over another connection.
    mutating func makeRequest() -> EtcdWatchRequest {
        held = []
        var create = EtcdWatchCreateRequest()
        create.key = keys.watched.start
        create.rangeEnd = keys.watched.end
        create.startRevision = max(1, revision)
        create.progressNotify = true
        create.fragment = true
        var request = EtcdWatchRequest()
        request.createRequest = create
        return request
    }

    mutating func take(_ response: EtcdWatchResponse) -> Step {
        if response.compactRevision > 0 { return .compacted(response.compactRevision) }
        if response.canceled { return .cancelled(response.cancelReason) }
        if response.created { return .created }
        guard let last = response.events.last?.kv.modRevision else {
            // With no events it tells how far the server is, and this watch with it.
            guard response.watchID >= 0, !response.fragment else { return .nothing }
            return advance(to: response.header.revision, [])
        }
        var events = held
        held = []
        for event in response.events where event.kv.modRevision > revision {
            guard let event = StoreEvent(event, keys), event.key.hasPrefix(prefix) else { continue }
            events.append(event)
        }
        guard response.fragment else { return advance(to: last, events) }
        // The last revision may go on in the next response.
        held = events.filter { $0.revision == last }
        return advance(to: last - 1, events.filter { $0.revision < last })
    }

    private mutating func advance(to reached: Revision, _ events: [StoreEvent]) -> Step {
        guard reached > revision else { return .nothing }
        revision = reached
        return .batch(StoreBatch(events: events, revision: reached))
    }
}

extension StoreEvent {
    /// Nil for what is not a key of the store: the marker, or what others wrote.
    init?(_ event: EtcdEvent, _ keys: EtcdKeys) {
        guard let key = keys.key(event.kv.key) else { return nil }
        let isRemoval = event.type == .delete
        self.init(
            key: key, revision: event.kv.modRevision,
            change: isRemoval ? .deleted : .put([UInt8](event.kv.value), created: event.kv.version == 1))
    }
}
