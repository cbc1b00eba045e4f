public import JSONStream

/// An object that another one depends on (meta/v1 OwnerReference): it is in the same namespace or in none.
public struct OwnerReference: Hashable, Sendable {
    public var apiVersion = ""
    public var kind = ""
    public var name = ""
    public var uid = ""
    /// Whether the owner manages the object.
    public var isController = false
    /// Whether a foreground deletion of the owner waits for the object.
    public var blocksOwnerDeletion = false

    public init() {}

    /// The reference of an object that manages others.
    public init<Object: APIObject>(controller object: Object) {
        apiVersion = Object.apiVersion
        kind = Object.kind
        name = object.metadata.name
        uid = object.metadata.uid
        isController = true
        blocksOwnerDeletion = true
    }

    init(reading reader: inout JSONReader) throws {
        try reader.object { key, reader in
            switch key {
            case "apiVersion": apiVersion = try reader.stringIfPresent() ?? ""
            case "kind": kind = try reader.stringIfPresent() ?? ""
            case "name": name = try reader.stringIfPresent() ?? ""
            case "uid": uid = try reader.stringIfPresent() ?? ""
            case "controller": isController = try reader.boolIfPresent() ?? false
            case "blockOwnerDeletion": blocksOwnerDeletion = try reader.boolIfPresent() ?? false
            default: try reader.skip()
            }
        }
    }

    public var json: JSONValue {
        [
            "apiVersion": .string(apiVersion), "kind": .string(kind), "name": .string(name), "uid": .string(uid),
            "controller": .bool(isController), "blockOwnerDeletion": .bool(blocksOwnerDeletion),
        ]
    }
}
