import JSONStream
import KubeAPI

/// Turns the bytes of list items and watch events into events for the handler, in order. Pure.
struct ChangeCollector<Object: APIObject>: Sendable {
    /// What the reflector itself has to know of a watch event.
    enum WatchNote {
        case none
        /// The server says that the watch is over, and why.
        case error(APIStatus)
    }

    private(set) var known = KnownObjects()
    /// The version of the last watch event since the last list; empty before the first.
    private(set) var resourceVersion = ""
    private var events: [ReflectorEvent<Object>] = []
    private var changes: [ObjectChange<Object>] = []

    /// Returns what has come since the last call.
    mutating func takeEvents() -> [ReflectorEvent<Object>] {
        flush()
        defer { events = [] }
        return events
    }

    // MARK: List

    mutating func beginList() {
        known.beginList()
        resourceVersion = ""
    }

    mutating func listItem(_ bytes: UnsafeRawBufferPointer) {
        do {
            upsert(try JSONReader.read(bytes) { try Self.named(&$0) })
        } catch {
            undecodable(ObjectProbe.of(bytes), error)
        }
    }

    mutating func endList() {
        for key in known.sweep() { changes.append(.deleted(key)) }
        flush()
        events.append(.synced)
    }

    // MARK: Watch

    mutating func watchEvent(_ bytes: UnsafeRawBufferPointer) -> WatchNote {
        var event = WatchEvent()
        do {
            try JSONReader.read(bytes) { reader in try event.read(&reader) }
        } catch {
            event.object = .failure(error)
        }
        if event.needsSecondLook { event = WatchEvent(lenientlyReading: bytes, after: event.object) }
        return apply(event)
    }

    private mutating func apply(_ event: WatchEvent) -> WatchNote {
        if let status = event.status { return .error(status) }
        switch (event.type, event.object) {
        case ("ADDED", .success(let object)), ("MODIFIED", .success(let object)):
            advance(to: object.metadata.resourceVersion)
            upsert(object)
        case ("DELETED", _):
            advance(to: event.probe.resourceVersion)
            if let key = event.probe.key, known.remove(key) { changes.append(.deleted(key)) }
        case (_, .failure(let error)):
            advance(to: event.probe.resourceVersion)
            undecodable(event.probe, error)
        default:
            // BOOKMARK, and whatever types there may be one day.
            advance(to: event.probe.resourceVersion)
        }
        return .none
    }

    private mutating func advance(to version: String) {
        if !version.isEmpty { resourceVersion = version }
    }

    // MARK: Both

    fileprivate static func named(_ reader: inout JSONReader) throws -> Object {
        let object = try Object(reading: &reader)
        guard !object.metadata.name.isEmpty else {
            throw JSONError(.missingField("name"), offset: 0, path: "metadata")
        }
        return object
    }

    private mutating func upsert(_ object: Object) {
        if known.note(object.metadata.key, resourceVersion: object.metadata.resourceVersion) {
            changes.append(.upserted(object))
        }
    }

    private mutating func undecodable(_ probe: ObjectProbe, _ error: any Error) {
        flush()
        var isKnown = false
        if let key = probe.key {
            isKnown = known.contains(key)
            known.see(key)
        }
        let reason =
            error as? JSONError
            ?? JSONError(
                .typeMismatch(expected: "a valid \(Object.kind)", found: "\(error)"), offset: 0)
        events.append(.undecodable(UndecodableObject(key: probe.key, error: reason, isKnown: isKnown)))
    }

    private mutating func flush() {
        if !changes.isEmpty {
            events.append(.changed(changes))
            changes = []
        }
    }
}

extension ChangeCollector {
    /// `{"type": "ADDED", "object": {...}}` (meta/v1 WatchEvent).
    private struct WatchEvent {
        var type = ""
        var object: Result<Object, any Error>?
        /// What is known of an object that was not read whole.
        var probe = ObjectProbe()
        var status: APIStatus?
        private var objectCameFirst = false

        init() {}

        /// The usual way: the type comes first, and tells how to read the object.
        mutating func read(_ reader: inout JSONReader) throws {
            try reader.object { key, reader in
                switch key {
                case "type":
                    type = try reader.string()
                case "object" where type == "ADDED" || type == "MODIFIED":
                    object = .success(try ChangeCollector.named(&reader))
                case "object" where type == "ERROR":
                    status = try APIStatus(reading: &reader)
                case "object" where type.isEmpty:
                    objectCameFirst = true
                    try reader.skip()
                case "object":
                    try probe.read(&reader)
                default:
                    try reader.skip()
                }
            }
        }

        var needsSecondLook: Bool {
            if case .failure = object { true } else { objectCameFirst }
        }

        /// For objects that come before their type, and for broken ones.
        init(lenientlyReading bytes: UnsafeRawBufferPointer, after first: Result<Object, any Error>?) {
            var type = ""
            var raw: [UInt8] = []
            var probe = ObjectProbe()
            // What could be read counts, even if the rest is broken.
            try? JSONReader.read(bytes) { reader in
                try reader.object { key, reader in
                    if case "type" = key, try reader.peek() == .string {
                        type = try reader.string()
                    } else if case "object" = key, type.isEmpty {
                        raw = try reader.raw()
                    } else if case "object" = key {
                        try probe.read(&reader)
                    } else {
                        try reader.skip()
                    }
                }
            }
            if !raw.isEmpty { probe = raw.withUnsafeBytes { ObjectProbe.of($0) } }
            self.type = type
            self.probe = probe
            if type == "ERROR" {
                status = APIStatus(errorBody: raw)
            } else if case .failure = first {
                object = first
            } else if type == "ADDED" || type == "MODIFIED" {
                object = Result { try JSONReader.read(raw) { try ChangeCollector.named(&$0) } }
            }
        }
    }
}
