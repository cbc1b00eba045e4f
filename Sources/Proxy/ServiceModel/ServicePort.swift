public import NetworkAddress

/// What one port of a Service asks for in one IP family: addresses and policies, without its endpoints.
public struct ServicePort: Hashable, Sendable {
    public var name: ServicePortName
    public var clusterIP: IPAddress
    /// 1...65535.
    public var port: UInt16
    /// 0 if the Service has none.
    public var nodePort: UInt16
    /// `spec.externalIPs` of this family, in order, without duplicates.
    public var externalIPs: [IPAddress]
    /// `status.loadBalancer.ingress[].ip` of this family whose ipMode is VIP.
    public var loadBalancerVIPs: [IPAddress]
    /// `spec.loadBalancerSourceRanges` of this family. Empty: everyone may use the load balancer addresses.
    public var loadBalancerSourceRanges: [IPNetwork]
    /// Session affinity by client address holds for this many seconds after the last new connection (1...86400);
    /// nil: no affinity.
    public var affinityTimeout: UInt32?
    public var externalPolicyLocal: Bool
    public var internalPolicyLocal: Bool
    /// 0 if the Service has none.
    public var healthCheckNodePort: UInt16
    /// What annotations ask of the ipvs backend; nil: nothing, or there is another backend.
    public var ipvs: IPVSPreferences?

    public init(
        name: ServicePortName, clusterIP: IPAddress, port: UInt16, nodePort: UInt16 = 0, externalIPs: [IPAddress] = [],
        loadBalancerVIPs: [IPAddress] = [], loadBalancerSourceRanges: [IPNetwork] = [],
        affinityTimeout: UInt32? = nil, externalPolicyLocal: Bool = false, internalPolicyLocal: Bool = false,
        healthCheckNodePort: UInt16 = 0, ipvs: IPVSPreferences? = nil
    ) {
        self.name = name
        self.clusterIP = clusterIP
        self.port = port
        self.nodePort = nodePort
        self.externalIPs = externalIPs
        self.loadBalancerVIPs = loadBalancerVIPs
        self.loadBalancerSourceRanges = loadBalancerSourceRanges
        self.affinityTimeout = affinityTimeout
        self.externalPolicyLocal = externalPolicyLocal
        self.internalPolicyLocal = internalPolicyLocal
        self.healthCheckNodePort = healthCheckNodePort
        self.ipvs = ipvs
    }

    /// Whether anything but the cluster IP leads to it.
    public var isExternallyAccessible: Bool {
        nodePort != 0 || !externalIPs.isEmpty || !loadBalancerVIPs.isEmpty
    }

    /// Whether the load balancer source ranges let the node itself in.
    public func sourceRangesAdmit(_ nodeIP: IPAddress?) -> Bool {
        guard let nodeIP else { return false }
        return loadBalancerSourceRanges.contains { $0.contains(nodeIP) }
    }

    /// Whose connections to the load balancer addresses are let in, if there are source ranges. A request of the node to
    /// such an address may have that address as its source, where it is also a local one: who lets the node in wants to
    /// let this in.
    public func loadBalancerSources(nodeIP: IPAddress?) -> [IPNetwork] {
        sourceRangesAdmit(nodeIP)
            ? loadBalancerSourceRanges + loadBalancerVIPs.map { IPNetwork($0) } : loadBalancerSourceRanges
    }

    /// Whether some of its traffic goes to endpoints on any node. With a Local external policy this is so for
    /// connections from pods and from the node itself.
    public var usesClusterEndpoints: Bool { !internalPolicyLocal || isExternallyAccessible }

    /// Whether some of its traffic goes to endpoints on this node only.
    public var usesLocalEndpoints: Bool { internalPolicyLocal || externalPolicyLocal && isExternallyAccessible }
}
