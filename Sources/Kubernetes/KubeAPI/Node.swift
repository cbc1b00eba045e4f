public import JSONStream

/// A Node (core/v1), the fields that the proxy, controllers and the scheduler use.
public struct Node: APIObject, Hashable {
    public static let apiVersion = "v1"
    public static let kind = "Node"
    public static let resource = "nodes"
    public static let isNamespaced = false

    /// The label that names the zone of a node.
    public static let zoneLabel = "topology.kubernetes.io/zone"

    public var metadata: ObjectMeta
    /// `spec.podCIDRs`, or `spec.podCIDR` alone from servers without the list.
    public var podCIDRs: [String]
    public var taints: [Taint]
    public var isUnschedulable = false
    /// `status.addresses`.
    public var addresses: [Address]
    /// The resources for pods; `status.capacity` if the node does not say.
    public var allocatable: ResourceList = [:]
    public var conditions: [Condition] = []

    public init(
        metadata: ObjectMeta = ObjectMeta(), podCIDRs: [String] = [], taints: [Taint] = [], addresses: [Address] = []
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
            case "status": try readStatus(from: &reader)
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
                taints = try reader.listIfPresent { try Taint(reading: &$0) }.compactMap { $0 }
            case "unschedulable": isUnschedulable = try reader.boolIfPresent() ?? false
            default: try reader.skip()
            }
        }
        if podCIDRs.isEmpty, !single.isEmpty { podCIDRs = [single] }
    }

    private mutating func readStatus(from reader: inout JSONReader) throws {
        var capacity: ResourceList = [:]
        try reader.objectIfPresent { key, reader in
            switch key {
            case "addresses": addresses = try reader.listIfPresent { try Address(reading: &$0) }
            case "capacity": capacity = try reader.amountsIfPresent()
            case "allocatable": allocatable = try reader.amountsIfPresent()
            case "conditions": conditions = try reader.listIfPresent { try Condition(reading: &$0) }
            default: try reader.skip()
            }
        }
        if allocatable.isEmpty { allocatable = capacity }
    }

    public var readyCondition: Condition? { conditions.first { $0.type == "Ready" } }

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
