public import JSONStream

/// A Service (core/v1), the fields that a service proxy uses. Values are as the server sent them: numbers are not
/// checked for range and addresses are texts.
public struct Service: APIObject, Hashable {
    public static let apiVersion = "v1"
    public static let kind = "Service"
    public static let resource = "services"
    public static let isNamespaced = true

    public var metadata: ObjectMeta
    public var spec: Spec
    /// `status.loadBalancer.ingress`.
    public var loadBalancerIngress: [LoadBalancerIngress]

    public init(
        metadata: ObjectMeta = ObjectMeta(), spec: Spec = Spec(), loadBalancerIngress: [LoadBalancerIngress] = []
    ) {
        self.metadata = metadata
        self.spec = spec
        self.loadBalancerIngress = loadBalancerIngress
    }

    public init(reading reader: inout JSONReader) throws {
        self.init()
        try reader.object { key, reader in
            switch key {
            case "metadata":
                if try !reader.consumeNull() { metadata = try ObjectMeta(reading: &reader) }
            case "spec": try spec.read(from: &reader)
            case "status": try Self.readIngress(fromStatus: &reader, into: &loadBalancerIngress)
            default: try reader.skip()
            }
        }
    }

    static func readIngress(fromStatus reader: inout JSONReader, into ingress: inout [LoadBalancerIngress]) throws {
        try reader.objectIfPresent { key, reader in
            guard "loadBalancer" ~= key else { return try reader.skip() }
            try reader.objectIfPresent { key, reader in
                guard "ingress" ~= key else { return try reader.skip() }
                ingress = try reader.listIfPresent { try LoadBalancerIngress(reading: &$0) }
            }
        }
    }
}

extension Service {
    public struct Spec: Hashable, Sendable {
        /// `ClusterIP`, `NodePort`, `LoadBalancer` or `ExternalName`; empty means `ClusterIP`.
        public var type = ""
        public var clusterIP = ""
        public var clusterIPs: [String] = []
        public var ipFamilies: [String] = []
        public var ports: [Port] = []
        public var externalIPs: [String] = []
        public var externalName = ""
        public var loadBalancerSourceRanges: [String] = []
        /// `None` or `ClientIP`; empty means `None`.
        public var sessionAffinity = ""
        /// `sessionAffinityConfig.clientIP.timeoutSeconds`.
        public var affinityTimeoutSeconds: Int32?
        /// `Cluster` or `Local`; empty means `Cluster`.
        public var externalTrafficPolicy = ""
        /// `Cluster` or `Local`; empty means `Cluster`.
        public var internalTrafficPolicy = ""
        /// 0 if there is none.
        public var healthCheckNodePort: Int32 = 0

        public init() {}

        fileprivate mutating func read(from reader: inout JSONReader) throws {
            try reader.objectIfPresent { key, reader in
                switch key {
                case "type": type = try reader.stringIfPresent() ?? ""
                case "clusterIP": clusterIP = try reader.stringIfPresent() ?? ""
                case "clusterIPs": clusterIPs = try reader.stringsIfPresent()
                case "ipFamilies": ipFamilies = try reader.stringsIfPresent()
                case "ports": ports = try reader.listIfPresent { try Port(reading: &$0) }
                case "externalIPs": externalIPs = try reader.stringsIfPresent()
                case "externalName": externalName = try reader.stringIfPresent() ?? ""
                case "loadBalancerSourceRanges": loadBalancerSourceRanges = try reader.stringsIfPresent()
                case "sessionAffinity": sessionAffinity = try reader.stringIfPresent() ?? ""
                case "sessionAffinityConfig": try readAffinity(from: &reader)
                case "externalTrafficPolicy": externalTrafficPolicy = try reader.stringIfPresent() ?? ""
                case "internalTrafficPolicy": internalTrafficPolicy = try reader.stringIfPresent() ?? ""
                case "healthCheckNodePort": healthCheckNodePort = try reader.integerIfPresent() ?? 0
                default: try reader.skip()
                }
            }
        }

        private mutating func readAffinity(from reader: inout JSONReader) throws {
            try reader.objectIfPresent { key, reader in
                guard "clientIP" ~= key else { return try reader.skip() }
                try reader.objectIfPresent { key, reader in
                    guard "timeoutSeconds" ~= key else { return try reader.skip() }
                    affinityTimeoutSeconds = try reader.integerIfPresent()
                }
            }
        }
    }

    /// An element of `spec.ports`.
    public struct Port: Hashable, Sendable {
        public var name: String
        /// `TCP`, `UDP` or `SCTP`; empty means `TCP`.
        public var transport: String
        public var port: Int32
        /// 0 if there is none.
        public var nodePort: Int32

        public init(name: String = "", transport: String = "", port: Int32 = 0, nodePort: Int32 = 0) {
            self.name = name
            self.transport = transport
            self.port = port
            self.nodePort = nodePort
        }

        init(reading reader: inout JSONReader) throws {
            self.init()
            try reader.object { key, reader in
                switch key {
                case "name": name = try reader.stringIfPresent() ?? ""
                case "protocol": transport = try reader.stringIfPresent() ?? ""
                case "port": port = try reader.integerIfPresent() ?? 0
                case "nodePort": nodePort = try reader.integerIfPresent() ?? 0
                default: try reader.skip()
                }
            }
        }
    }

    /// An element of `status.loadBalancer.ingress`.
    public struct LoadBalancerIngress: Hashable, Sendable {
        /// Empty if the load balancer has a host name only.
        public var ip: String
        /// `VIP` or `Proxy`; nil means `VIP`.
        public var ipMode: String?

        public init(ip: String = "", ipMode: String? = nil) {
            self.ip = ip
            self.ipMode = ipMode
        }

        init(reading reader: inout JSONReader) throws {
            self.init()
            try reader.object { key, reader in
                switch key {
                case "ip": ip = try reader.stringIfPresent() ?? ""
                case "ipMode": ipMode = try reader.stringIfPresent()
                default: try reader.skip()
                }
            }
        }
    }
}
