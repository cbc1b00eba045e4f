public import JSONStream

/// A Node (core/v1), the fields that a service proxy uses.
public struct Node: APIObject, Hashable {
    public static let apiVersion = "v1"
    public static let kind = "Node"
    public static let resource = "nodes"
    public static let isNamespaced = false

    /// The label that names the zone of a node.
    public static let zoneLabel = "topology.kubernetes.io/zone"

    public var metadata: ObjectMeta
    /// `spec.podCIDRs`, or `spec.podCIDR` alone where the server knows no list.
    public var podCIDRs: [String]
    /// Keys of `spec.taints`.
    public var taints: [String]
    /// `status.addresses`.
    public var addresses: [Address]

    public init(
        metadata: ObjectMeta = ObjectMeta(), podCIDRs: [String] = [], taints: [String] = [], addresses: [Address] = []
    ) {
        self.metadata = metadata
        self.podCIDRs = podCIDRs
        self.taints = taints
        self.addresses = addresses
    }

    public init(reading reader: inout JSONReader) throws {
        self.init()
        try reader.object { key, reader in
            switch key {
            case "metadata":
                if try !reader.consumeNull() { metadata = try ObjectMeta(reading: &reader) }
            case "spec": try readSpec(from: &reader)
            case "status":
                try reader.objectIfPresent { key, reader in
                    guard "addresses" ~= key else { return try reader.skip() }
                    addresses = try reader.listIfPresent { try Address(reading: &$0) }
                }
            default: try reader.skip()
            }
        }
    }

    private mutating func readSpec(from reader: inout JSONReader) throws {
        var single = ""
        try reader.objectIfPresent { key, reader in
            switch key {
            case "podCIDR": single = try reader.stringIfPresent() ?? ""
            case "podCIDRs": podCIDRs = try reader.stringsIfPresent()
            case "taints":
                try reader.arrayIfPresent { reader in
                    try reader.object { key, reader in
                        guard "key" ~= key else { return try reader.skip() }
                        if let taint = try reader.stringIfPresent() { taints.append(taint) }
                    }
                }
            default: try reader.skip()
            }
        }
        if podCIDRs.isEmpty, !single.isEmpty { podCIDRs = [single] }
    }

    /// An element of `status.addresses`.
    public struct Address: Hashable, Sendable {
        /// `InternalIP`, `ExternalIP`, `Hostname` ...
        public var type: String
        public var address: String

        public init(type: String = "", address: String = "") {
            self.type = type
            self.address = address
        }

        init(reading reader: inout JSONReader) throws {
            self.init()
            try reader.object { key, reader in
                switch key {
                case "type": type = try reader.stringIfPresent() ?? ""
                case "address": address = try reader.stringIfPresent() ?? ""
                default: try reader.skip()
                }
            }
        }
    }
}
