import NetworkAddress

/// A Service as the proxy uses it: validated, split by family, without duplicate addresses.
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
    /// nil: all endpoints have the same.
    var weights: EndpointWeights?
    /// nil: canaries are as other endpoints.
    var canary: CanaryShare?
    /// nil: new endpoints get their whole share at once.
    var slowStart: SlowStart?
    /// nil: endpoints get connections whether or not they answer.
    var ejection: EjectionRule?
    var annotations: [String: String] = [:]

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
    var claims: [FrontendKey] {
        var claims: [FrontendKey] = []
        for family in families {
            for port in ports {
                FrontendKey.forEach(
                    clusterIP: family.clusterIP, externalIPs: family.externalIPs,
                    loadBalancerVIPs: family.loadBalancerVIPs, port: port.port, nodePort: port.nodePort, port.transport
                ) { key, _ in claims.append(key) }
            }
            if healthCheckNodePort != 0 { claims.append(.nodePort(healthCheckNodePort, .tcp, family.family)) }
        }
        return claims
    }
}
