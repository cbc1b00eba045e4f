public import JSONStream

/// A Lease (coordination.k8s.io/v1): a claim that its holder renews.
public struct Lease: APIObject, Hashable {
    public static let apiVersion = "coordination.k8s.io/v1"
    public static let kind = "Lease"
    public static let resource = "leases"
    public static let isNamespaced = true

    public var metadata: ObjectMeta
    /// Empty if it is not held.
    public var holder = ""
    /// Seconds.
    public var duration: Int32 = 0
    /// RFC 3339 with microseconds, as the server wrote them; empty if it wrote none.
    public var acquireTime = ""
    public var renewTime = ""
    public var transitions: Int32 = 0

    public init(metadata: ObjectMeta = ObjectMeta()) {
        self.metadata = metadata
    }

    public init(reading reader: inout JSONReader) throws {
        self.init()
        try reader.object { key, reader in
            switch key {
            case "metadata":
                if try !reader.consumeNull() { metadata = try ObjectMeta(reading: &reader) }
            case "spec":
                try reader.objectIfPresent { key, reader in
                    switch key {
                    case "holderIdentity": holder = try reader.stringIfPresent() ?? ""
                    case "leaseDurationSeconds": duration = try reader.integerIfPresent() ?? 0
                    case "acquireTime": acquireTime = try reader.stringIfPresent() ?? ""
                    case "renewTime": renewTime = try reader.stringIfPresent() ?? ""
                    case "leaseTransitions": transitions = try reader.integerIfPresent() ?? 0
                    default: try reader.skip()
                    }
                }
            default: try reader.skip()
            }
        }
    }

    /// The object to send. An empty resourceVersion is left out.
    public var json: JSONValue {
        var metadata: JSONValue = [
            "name": .string(self.metadata.name), "namespace": .string(self.metadata.namespace),
        ]
        if !self.metadata.resourceVersion.isEmpty {
            metadata["resourceVersion"] = .string(self.metadata.resourceVersion)
        }
        var spec: JSONValue = [
            "leaseDurationSeconds": .integer(Int64(duration)), "leaseTransitions": .integer(Int64(transitions)),
        ]
        if !holder.isEmpty { spec["holderIdentity"] = .string(holder) }
        if !acquireTime.isEmpty { spec["acquireTime"] = .string(acquireTime) }
        if !renewTime.isEmpty { spec["renewTime"] = .string(renewTime) }
        return [
            "apiVersion": .string(Self.apiVersion), "kind": .string(Self.kind), "metadata": metadata, "spec": spec,
        ]
    }
}
