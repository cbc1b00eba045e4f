public import JSONStream

/// An EndpointSlice (discovery.k8s.io/v1), the fields that a service proxy uses. Values are as the server sent them.
public struct EndpointSlice: APIObject, Hashable {
    public static let apiVersion = "discovery.k8s.io/v1"
    public static let kind = "EndpointSlice"
    public static let resource = "endpointslices"
    public static let isNamespaced = true

    /// The label that names the Service that a slice belongs to.
    public static let serviceNameLabel = "kubernetes.io/service-name"

    public var metadata: ObjectMeta
    /// `IPv4`, `IPv6` or `FQDN`.
    public var addressType: String
    public var endpoints: [Endpoint]
    public var ports: [Port]

    public init(
        metadata: ObjectMeta = ObjectMeta(), addressType: String = "", endpoints: [Endpoint] = [], ports: [Port] = []
    ) {
        self.metadata = metadata
        self.addressType = addressType
        self.endpoints = endpoints
        self.ports = ports
    }

    public init(reading reader: inout JSONReader) throws {
        self.init()
        try reader.object { key, reader in
            switch key {
            case "metadata":
                if try !reader.consumeNull() { metadata = try ObjectMeta(reading: &reader) }
            case "addressType": addressType = try reader.stringIfPresent() ?? ""
            case "endpoints": endpoints = try reader.listIfPresent { try Endpoint(reading: &$0) }
            case "ports": ports = try reader.listIfPresent { try Port(reading: &$0) }
            default: try reader.skip()
            }
        }
    }

    /// The Service that the slice belongs to; nil if no label says so.
    public var serviceName: String? {
        guard let name = metadata.labels[Self.serviceNameLabel], !name.isEmpty else { return nil }
        return name
    }
}

extension EndpointSlice {
    /// An element of `endpoints`.
    public struct Endpoint: Hashable, Sendable {
        public var addresses: [String]
        /// Conditions; nil is unknown, which means ready and serving, not terminating, as the API defines.
        public var ready: Bool?
        public var serving: Bool?
        public var terminating: Bool?
        public var nodeName: String?
        public var zone: String?
        /// The name of its pod (`targetRef`), in the slice's namespace; nil if it is not a pod, or the slice does not
        /// say.
        public var podName: String?
        /// `hints.forZones[].name`.
        public var zoneHints: [String] = []
        /// `hints.forNodes[].name`.
        public var nodeHints: [String] = []

        public init(
            addresses: [String] = [], ready: Bool? = nil, serving: Bool? = nil, terminating: Bool? = nil,
            nodeName: String? = nil, zone: String? = nil, podName: String? = nil, zoneHints: [String] = [],
            nodeHints: [String] = []
        ) {
            self.addresses = addresses
            self.ready = ready
            self.serving = serving
            self.terminating = terminating
            self.nodeName = nodeName
            self.zone = zone
            self.podName = podName
            self.zoneHints = zoneHints
            self.nodeHints = nodeHints
        }

        init(reading reader: inout JSONReader) throws {
            self.init()
            try reader.object { try readMember($0, &$1) }
        }

        mutating func readMember(_ key: JSONKey, _ reader: inout JSONReader) throws {
            switch key {
            case "addresses": addresses = try reader.stringsIfPresent()
            case "conditions": try readConditions(from: &reader)
            case "nodeName": nodeName = try reader.stringIfPresent()
            case "zone": zone = try reader.stringIfPresent()
            case "targetRef": podName = try Self.podName(from: &reader)
            case "hints": try readHints(from: &reader)
            default: try reader.skip()
            }
        }

        private mutating func readConditions(from reader: inout JSONReader) throws {
            try reader.objectIfPresent { key, reader in
                switch key {
                case "ready": ready = try reader.boolIfPresent()
                case "serving": serving = try reader.boolIfPresent()
                case "terminating": terminating = try reader.boolIfPresent()
                default: try reader.skip()
                }
            }
        }

        private static func podName(from reader: inout JSONReader) throws -> String? {
            var (kind, name) = ("", String?.none)
            try reader.objectIfPresent { key, reader in
                switch key {
                case "kind": kind = try reader.stringIfPresent() ?? ""
                case "name": name = try reader.stringIfPresent()
                default: try reader.skip()
                }
            }
            return kind == Pod.kind ? name : nil
        }

        private mutating func readHints(from reader: inout JSONReader) throws {
            try reader.objectIfPresent { key, reader in
                switch key {
                case "forZones": zoneHints = try Self.names(from: &reader)
                case "forNodes": nodeHints = try Self.names(from: &reader)
                default: try reader.skip()
                }
            }
        }

        private static func names(from reader: inout JSONReader) throws -> [String] {
            try reader.listIfPresent { reader in
                var name = ""
                try reader.object { key, reader in
                    guard "name" ~= key else { return try reader.skip() }
                    name = try reader.stringIfPresent() ?? ""
                }
                return name
            }
        }
    }

    /// An element of `ports`.
    public struct Port: Hashable, Sendable {
        /// nil means the same as empty.
        public var name: String?
        /// `TCP`, `UDP` or `SCTP`; nil means `TCP`.
        public var transport: String?
        /// nil means all ports, which service proxies cannot use.
        public var port: Int32?

        public init(name: String? = nil, transport: String? = nil, port: Int32? = nil) {
            self.name = name
            self.transport = transport
            self.port = port
        }

        init(reading reader: inout JSONReader) throws {
            self.init()
            try reader.object { key, reader in
                switch key {
                case "name": name = try reader.stringIfPresent()
                case "protocol": transport = try reader.stringIfPresent()
                case "port": port = try reader.integerIfPresent()
                default: try reader.skip()
                }
            }
        }
    }
}
