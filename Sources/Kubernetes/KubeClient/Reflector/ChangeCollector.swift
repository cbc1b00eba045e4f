import JSONStream
import KubeAPI

/// Turns the bytes of list items and watch events into events for the handler, in order. Pure.
struct ChangeCollector<Object: APIObject>: Sendable {
    /// Bytes; a name is a part of a path, and of the store's key.
    private static var maximumName: Int { 1024 }
    private static var maximumVersion: Int { 256 }

    private let maximumObjects: Int
    /// Items of the list under way, also those that cannot be read.
    private var items = 0
    private(set) var known = KnownObjects()
    /// The version of the last watch event since the last list; empty before the first.
    private(set) var resourceVersion = ""
    private var events: [ReflectorEvent<Object>] = []
    private var changes: [ObjectChange<Object>] = []

    /// - Parameter maximumObjects: more of them in a list, or known, are an error.
    init(maximumObjects: Int = .max) {
        self.maximumObjects = maximumObjects
    }

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
        items = 0
    }

    /// - Throws: ``JSONError`` when there are more items than may be.
    mutating func listItem(_ bytes: UnsafeRawBufferPointer) throws(JSONError) {
        items += 1
        guard items <= maximumObjects else { throw tooMany("a list") }
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

    private func tooMany(_ what: String) -> JSONError {
        JSONError(.outOfRange(expected: "\(what) of at most \(maximumObjects) objects", found: "more"), offset: 0)
    }

    // MARK: Watch

    /// Takes one document of a watch. Returns what the server says if it ends the watch.
    /// - Throws: ``JSONError`` if the changed object cannot be identified: only a list helps then.
    mutating func watchEvent(_ bytes: UnsafeRawBufferPointer) throws -> APIStatus? {
        var event = WatchEvent()
        do {
            try JSONReader.read(bytes) { reader in try event.read(&reader) }
        } catch {
            event.object = .failure(error)
        }
        if event.needsSecondLook { event = WatchEvent(lenientlyReading: bytes, after: event.object) }
        if let status = event.status { return status }
        try apply(event, kind: Self.kind(of: bytes))
        return nil
    }

    private mutating func apply(_ event: WatchEvent, kind: String) throws {
        guard event.type != "BOOKMARK" else {
            if kind.isEmpty || kind == Object.kind { advance(to: event.probe.resourceVersion) }
            return
        }
        guard kind.isEmpty || kind == Object.kind else {
            throw JSONError(
                .typeMismatch(expected: Object.kind, found: String(kind.prefix(64))), offset: 0, path: "object.kind")
        }
        switch (event.type, event.object) {
        case ("ADDED", .success(let object)), ("MODIFIED", .success(let object)):
            guard known.count < maximumObjects || known.contains(object.metadata.key) else {
                throw tooMany("a collection")
            }
            advance(to: object.metadata.resourceVersion)
            upsert(object)
        case ("ADDED", .failure(let error)), ("MODIFIED", .failure(let error)):
            guard event.probe.key != nil else { throw error }
            advance(to: event.probe.resourceVersion)
            undecodable(event.probe, error)
        case ("DELETED", _):
            guard let key = event.probe.key else {
                throw JSONError(.missingField("name"), offset: 0, path: "object.metadata")
            }
            advance(to: event.probe.resourceVersion)
            if known.remove(key) { changes.append(.deleted(key)) }
        default:
            throw JSONError(
                .typeMismatch(expected: "a watch event", found: "type \"\(event.type.prefix(64))\""), offset: 0)
        }
    }

    private struct KindIsKnown: Error {}

    /// The kind that an event's object says it has; empty if it says none.
    private static func kind(of bytes: UnsafeRawBufferPointer) -> String {
        var kind = ""
        // Mostly the first field: what comes behind it is not looked at.
        try? JSONReader.read(member: "object", of: bytes) { key, reader in
            guard case "kind" = key, try reader.peek() == .string else { return try reader.skip() }
            kind = try reader.string()
            throw KindIsKnown()
        }
        return kind
    }

    private mutating func advance(to version: String) {
        if !version.isEmpty, version.utf8.count <= Self.maximumVersion { resourceVersion = version }
    }

    // MARK: Both

    fileprivate static func named(_ reader: inout JSONReader) throws -> Object {
        let object = try Object(reading: &reader)
        guard !object.metadata.name.isEmpty else {
            throw JSONError(.missingField("name"), offset: 0, path: "metadata")
        }
        let metadata = object.metadata
        guard metadata.name.utf8.count <= maximumName, metadata.namespace.utf8.count <= maximumName,
            metadata.resourceVersion.utf8.count <= maximumVersion
        else {
            throw JSONError(
                .outOfRange(expected: "a name of at most \(maximumName) bytes", found: "more"), offset: 0,
                path: "metadata")
        }
        return object
    }

    private mutating func upsert(_ object: consuming Object) {
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

        /// The usual form: the type comes first and determines how to read the object.
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
