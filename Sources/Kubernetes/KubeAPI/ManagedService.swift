public import JSONStream

/// A Service (core/v1), the fields that controllers use. ``Service`` holds those for a service proxy, which decodes
/// many thousands of objects at its start and does not need these.
public struct ManagedService: APIObject, Hashable {
    public static let apiVersion = Service.apiVersion
    public static let kind = Service.kind
    public static let resource = Service.resource
    public static let isNamespaced = Service.isNamespaced

    public var metadata: ObjectMeta
    /// `ClusterIP`, `NodePort`, `LoadBalancer` or `ExternalName`; empty means `ClusterIP`.
    public var type = ""
    /// Empty or `None` for a headless service.
    public var clusterIP = ""
    public var ipFamilies: [String] = []
    /// `SingleStack`, `PreferDualStack` or `RequireDualStack`; empty is the first.
    public var ipFamilyPolicy = ""
    /// Empty: another program provides the endpoints.
    public var selector: [String: String] = [:]
    public var ports: [Port] = []
    public var publishNotReadyAddresses = false
    /// `PreferClose`, `PreferSameZone` or `PreferSameNode`; empty: any endpoint.
    public var trafficDistribution = ""
    /// The requested address of the load balancer; empty: any.
    public var loadBalancerIP = ""
    /// Who provides the load balancer; nil: the cluster's default.
    public var loadBalancerClass: String?
    /// `status.loadBalancer.ingress`.
    public var loadBalancerIngress: [Service.LoadBalancerIngress] = []

    /// An element of `spec.ports`.
    public struct Port: Hashable, Sendable {
        public enum Target: Hashable, Sendable {
            case number(Int32)
            /// A port of this name in the pod.
            case name(String)
        }

        public var name = ""
        /// `TCP`, `UDP` or `SCTP`.
        public var transport = "TCP"
        public var appProtocol: String?
        public var port: Int32 = 0
        public var target = Target.number(0)

        public init(name: String = "", transport: String = "TCP", port: Int32 = 0, target: Target? = nil) {
            self.name = name
            self.transport = transport
            self.port = port
            self.target = target ?? .number(port)
        }
    }

    public init(metadata: ObjectMeta = ObjectMeta()) {
        self.metadata = metadata
    }

    public init(reading reader: inout JSONReader) throws {
        self.init()
        try reader.object { key, reader in
            switch key {
            case "metadata":
                if try !reader.consumeNull() { metadata = try ObjectMeta(reading: &reader) }
            case "spec": try readSpec(from: &reader)
            case "status": try Service.readIngress(fromStatus: &reader, into: &loadBalancerIngress)
            default: try reader.skip()
            }
        }
    }

    private mutating func readSpec(from reader: inout JSONReader) throws {
        try reader.objectIfPresent { key, reader in
            switch key {
            case "type": type = try reader.stringIfPresent() ?? ""
            case "clusterIP": clusterIP = try reader.stringIfPresent() ?? ""
            case "ipFamilies": ipFamilies = try reader.stringsIfPresent()
            case "ipFamilyPolicy": ipFamilyPolicy = try reader.stringIfPresent() ?? ""
            case "selector": selector = try reader.stringMapIfPresent()
            case "ports": ports = try reader.listIfPresent { try Port(reading: &$0) }
            case "publishNotReadyAddresses": publishNotReadyAddresses = try reader.boolIfPresent() ?? false
            case "trafficDistribution": trafficDistribution = try reader.stringIfPresent() ?? ""
            case "loadBalancerIP": loadBalancerIP = try reader.stringIfPresent() ?? ""
            case "loadBalancerClass": loadBalancerClass = try reader.stringIfPresent()
            default: try reader.skip()
            }
        }
    }

    public var isHeadless: Bool { clusterIP.isEmpty || clusterIP == "None" }
    /// Whether its endpoints are the pods that it selects.
    public var selectsPods: Bool { type != "ExternalName" && !selector.isEmpty }

    public func selects(_ pod: Pod) -> Bool {
        selectsPods && pod.metadata.namespace == metadata.namespace
            && selector.allSatisfy { pod.metadata.labels[$0.key] == $0.value }
    }
}

extension ManagedService.Port {
    init(reading reader: inout JSONReader) throws {
        self.init()
        var given: Target?
        try reader.object { key, reader in
            switch key {
            case "name": name = try reader.stringIfPresent() ?? ""
            case "protocol": transport = try reader.stringIfPresent() ?? "TCP"
            case "appProtocol": appProtocol = try reader.stringIfPresent()
            case "port": port = try reader.integerIfPresent() ?? 0
            case "targetPort":
                if try reader.peek() == .string {
                    given = .name(try reader.string())
                } else {
                    given = try reader.integerIfPresent().map { .number($0) }
                }
            default: try reader.skip()
            }
        }
        target = given ?? .number(port)
    }
}
