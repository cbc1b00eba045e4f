import NetworkAddress

/// A Service as the proxy understands it: checked, split by family, and free of addresses that it names twice.
struct ParsedService: Hashable, Sendable {
    /// `metadata.creationTimestamp`; empty if the server gave none.
    var created = ""
    var uid = ""
    var families: [Family] = []
    var ports: [Port] = []
    var affinityTimeout: UInt32?
    var externalPolicyLocal = false
    var internalPolicyLocal = false
    var healthCheckNodePort: UInt16 = 0
    var ipvs: IPVSPreferences?

    struct Family: Hashable, Sendable {
        var clusterIP: IPAddress
        var externalIPs: [IPAddress] = []
        var loadBalancerVIPs: [IPAddress] = []
        var loadBalancerSourceRanges: [IPNetwork] = []

        var family: IPFamily { clusterIP.family }
    }

    struct Port: Hashable, Sendable {
        var name: String
        var transport: TransportProtocol
        var port: UInt16
        var nodePort: UInt16
    }

    /// All that the Service claims, each once.
    var frontends: [Frontend] {
        var frontends: [Frontend] = []
        for family in families {
            for port in ports {
                frontends.append(Frontend(family.clusterIP, port.port, port.transport))
                frontends += family.externalIPs.map { Frontend($0, port.port, port.transport) }
                frontends += family.loadBalancerVIPs.map { Frontend($0, port.port, port.transport) }
                if port.nodePort != 0 {
                    frontends.append(.nodePort(port.nodePort, port.transport, family.family))
                }
            }
            if healthCheckNodePort != 0 { frontends.append(.nodePort(healthCheckNodePort, .tcp, family.family)) }
        }
        return frontends
    }
}
