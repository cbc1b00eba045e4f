public import JSONStream

/// The endpoints of a Service in one object (core/v1 Endpoints), for older clients.
public struct Endpoints: APIObject, Hashable {
    public static let apiVersion = "v1"
    public static let kind = "Endpoints"
    public static let resource = "endpoints"
    public static let isNamespaced = true

    public typealias Port = ManagedEndpointSlice.Port

    public var metadata: ObjectMeta
    public var subsets: [Subset]

    /// Addresses that all have the same ports.
    public struct Subset: Hashable, Sendable {
        public var addresses: [Address]
        public var notReadyAddresses: [Address]
        public var ports: [Port]

        public init(addresses: [Address] = [], notReadyAddresses: [Address] = [], ports: [Port] = []) {
            self.addresses = addresses
            self.notReadyAddresses = notReadyAddresses
            self.ports = ports
        }
    }

    public struct Address: Hashable, Sendable {
        public var ip: String
        public var hostname: String?
        public var nodeName: String?
        public var targetRef: ObjectReference?

        public init(
            _ ip: String = "", hostname: String? = nil, nodeName: String? = nil, targetRef: ObjectReference? = nil
        ) {
            self.ip = ip
            self.hostname = hostname
            self.nodeName = nodeName
            self.targetRef = targetRef
        }
    }

    public init(metadata: ObjectMeta = ObjectMeta(), subsets: [Subset] = []) {
        self.metadata = metadata
        self.subsets = subsets
    }

    public init(reading reader: inout JSONReader) throws {
        self.init()
        try reader.object { key, reader in
            switch key {
            case "metadata":
                if try !reader.consumeNull() { metadata = try ObjectMeta(reading: &reader) }
            case "subsets": subsets = try reader.listIfPresent { try Subset(reading: &$0) }
            default: try reader.skip()
            }
        }
    }

    public var json: JSONValue {
        [
            "apiVersion": .string(Self.apiVersion), "kind": .string(Self.kind), "metadata": metadata.json,
            "subsets": .array(subsets.map(\.json)),
        ]
    }
}

extension Endpoints.Subset {
    init(reading reader: inout JSONReader) throws {
        self.init()
        try reader.object { key, reader in
            switch key {
            case "addresses": addresses = try reader.listIfPresent { try Endpoints.Address(reading: &$0) }
            case "notReadyAddresses":
                notReadyAddresses = try reader.listIfPresent { try Endpoints.Address(reading: &$0) }
            case "ports": ports = try reader.listIfPresent { try Endpoints.Port(reading: &$0) }
            default: try reader.skip()
            }
        }
    }

    var json: JSONValue {
        var value: JSONValue = [:]
        for (name, list) in [("addresses", addresses), ("notReadyAddresses", notReadyAddresses)] where !list.isEmpty {
            value[name] = .array(list.map(\.json))
        }
        if !ports.isEmpty { value["ports"] = .array(ports.map(\.json)) }
        return value
    }
}

extension Endpoints.Address {
    init(reading reader: inout JSONReader) throws {
        self.init()
        try reader.object { key, reader in
            switch key {
            case "ip": ip = try reader.stringIfPresent() ?? ""
            case "hostname": hostname = try reader.stringIfPresent()
            case "nodeName": nodeName = try reader.stringIfPresent()
            case "targetRef": if try !reader.consumeNull() { targetRef = try ObjectReference(reading: &reader) }
            default: try reader.skip()
            }
        }
    }

    var json: JSONValue {
        var value: JSONValue = ["ip": .string(ip)]
        if let hostname { value["hostname"] = .string(hostname) }
        if let nodeName { value["nodeName"] = .string(nodeName) }
        if let targetRef { value["targetRef"] = targetRef.json }
        return value
    }
}
