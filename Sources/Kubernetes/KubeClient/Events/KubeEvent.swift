public import KubeAPI

/// A message to the users of an object (events.k8s.io/v1 Event).
public struct KubeEvent: Hashable, Sendable {
    public enum EventType: String, Hashable, Sendable {
        case normal = "Normal"
        case warning = "Warning"
    }

    /// The object an event is about (v1 ObjectReference).
    public struct Reference: Hashable, Sendable {
        public var apiVersion: String
        public var kind: String
        public var key: ObjectKey
        public var uid: String

        public init(apiVersion: String, kind: String, key: ObjectKey, uid: String = "") {
            self.apiVersion = apiVersion
            self.kind = kind
            self.key = key
            self.uid = uid
        }

        public init<Object: APIObject>(_ object: Object) {
            self.init(
                apiVersion: Object.apiVersion, kind: Object.kind, key: object.metadata.key, uid: object.metadata.uid)
        }
    }

    public var type: EventType
    /// Why, in one CamelCase word of at most 128 bytes.
    public var reason: String
    /// What was done or failed, in one CamelCase word of at most 128 bytes.
    public var action: String
    /// For a person; cut at 1,024 bytes.
    public var note: String
    public var regarding: Reference

    public init(_ type: EventType, reason: String, action: String, note: String, regarding: Reference) {
        self.type = type
        self.reason = reason
        self.action = action
        self.note = note
        self.regarding = regarding
    }
}
