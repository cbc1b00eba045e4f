public import JSONStream

/// `metadata` of an object (meta/v1 ObjectMeta), the fields in use.
public struct ObjectMeta: Hashable, Sendable {
    public var name = ""
    /// Empty for objects without a namespace.
    public var namespace = ""
    public var uid = ""
    public var resourceVersion = ""
    /// RFC 3339, as the server wrote it; empty if it wrote none. Texts of this form sort by time.
    public var creationTimestamp = ""
    public var deletionTimestamp: String?
    public var labels: [String: String] = [:]
    public var annotations: [String: String] = [:]
    /// Counts changes of the spec; 0 for kinds that do not count.
    public var generation: Int64 = 0
    public var deletionGracePeriodSeconds: Int64?
    public var finalizers: [String] = []
    public var ownerReferences: [OwnerReference] = []

    public init(name: String = "", namespace: String = "") {
        self.name = name
        self.namespace = namespace
    }

    public init(reading reader: inout JSONReader) throws {
        try reader.object { key, reader in
            switch key {
            case "name": name = try reader.stringIfPresent() ?? ""
            case "namespace": namespace = try reader.stringIfPresent() ?? ""
            case "uid": uid = try reader.stringIfPresent() ?? ""
            case "resourceVersion": resourceVersion = try reader.stringIfPresent() ?? ""
            case "creationTimestamp": creationTimestamp = try reader.stringIfPresent() ?? ""
            case "deletionTimestamp": deletionTimestamp = try reader.stringIfPresent()
            case "labels": labels = try reader.stringMapIfPresent()
            case "annotations": annotations = try reader.stringMapIfPresent()
            case "generation": generation = try reader.integerIfPresent() ?? 0
            case "deletionGracePeriodSeconds": deletionGracePeriodSeconds = try reader.integerIfPresent()
            case "finalizers": finalizers = try reader.stringsIfPresent()
            case "ownerReferences": ownerReferences = try reader.listIfPresent { try OwnerReference(reading: &$0) }
            default: try reader.skip()
            }
        }
    }

    public var key: ObjectKey { ObjectKey(namespace: namespace, name: name) }
    public var isBeingDeleted: Bool { deletionTimestamp != nil }
    /// The owner that manages the object; at most one has this mark.
    public var controller: OwnerReference? { ownerReferences.first(where: \.isController) }
}

/// Names an object of one kind.
public struct ObjectKey: Hashable, Sendable, Comparable, CustomStringConvertible {
    public var namespace: String
    public var name: String

    public init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }

    public static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }

    /// `namespace/name`, or the name alone.
    public var description: String { namespace.isEmpty ? name : "\(namespace)/\(name)" }
}
