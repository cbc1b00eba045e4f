public import JSONStream

/// Points to an object (core/v1 ObjectReference).
public struct ObjectReference: Hashable, Sendable {
    public var apiVersion = ""
    public var kind = ""
    public var namespace = ""
    public var name = ""
    public var uid = ""
    public var resourceVersion = ""
    public var fieldPath = ""

    public init() {}

    /// A reference as in an endpoint, which leaves the pod's API version out.
    public init(_ pod: Pod) {
        kind = Pod.kind
        namespace = pod.metadata.namespace
        name = pod.metadata.name
        uid = pod.metadata.uid
    }

    init(reading reader: inout JSONReader) throws {
        try reader.object { key, reader in
            switch key {
            case "apiVersion": apiVersion = try reader.stringIfPresent() ?? ""
            case "kind": kind = try reader.stringIfPresent() ?? ""
            case "namespace": namespace = try reader.stringIfPresent() ?? ""
            case "name": name = try reader.stringIfPresent() ?? ""
            case "uid": uid = try reader.stringIfPresent() ?? ""
            case "resourceVersion": resourceVersion = try reader.stringIfPresent() ?? ""
            case "fieldPath": fieldPath = try reader.stringIfPresent() ?? ""
            default: try reader.skip()
            }
        }
    }

    /// Empty fields are left out.
    public var json: JSONValue {
        var value: JSONValue = [:]
        for (field, text) in [
            ("kind", kind), ("namespace", namespace), ("name", name), ("uid", uid), ("apiVersion", apiVersion),
            ("resourceVersion", resourceVersion), ("fieldPath", fieldPath),
        ] where !text.isEmpty {
            value[field] = .string(text)
        }
        return value
    }
}
