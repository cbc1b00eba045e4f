public import NetworkAddress

/// One port of a Service in one IP family: addresses and policies, without endpoints.
///
/// Backends do not read the policies: ``forEachFrontend(_:)`` evaluates them.
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
    /// Whether these ranges contain the node's primary address.
    public var sourceRangesAdmitNode: Bool
    /// How many seconds session affinity by client address lasts after the last new connection (1...86400); nil: no
    /// affinity.
    public var affinityTimeout: UInt32?
    public var externalPolicyLocal: Bool
    public var internalPolicyLocal: Bool
    /// 0 if the Service has none.
    public var healthCheckNodePort: UInt16
    /// Whether annotations may give its endpoints different weights, now or later.
    public var sharesVary: Bool
    /// Annotations of the Service that the backend reads (``ServiceModelConfiguration/annotations``), unchecked.
    public var annotations: [String: String]

    public init(
        name: ServicePortName, clusterIP: IPAddress, port: UInt16, nodePort: UInt16 = 0, externalIPs: [IPAddress] = [],
        loadBalancerVIPs: [IPAddress] = [], loadBalancerSourceRanges: [IPNetwork] = [],
        sourceRangesAdmitNode: Bool = false, affinityTimeout: UInt32? = nil, externalPolicyLocal: Bool = false,
        internalPolicyLocal: Bool = false, healthCheckNodePort: UInt16 = 0, sharesVary: Bool = false,
        annotations: [String: String] = [:]
    ) {
        self.name = name
        self.clusterIP = clusterIP
        self.port = port
        self.nodePort = nodePort
        self.externalIPs = externalIPs
        self.loadBalancerVIPs = loadBalancerVIPs
        self.loadBalancerSourceRanges = loadBalancerSourceRanges
        self.sourceRangesAdmitNode = sourceRangesAdmitNode
        self.affinityTimeout = affinityTimeout
        self.externalPolicyLocal = externalPolicyLocal
        self.internalPolicyLocal = internalPolicyLocal
        self.healthCheckNodePort = healthCheckNodePort
        self.sharesVary = sharesVary
        self.annotations = annotations
    }

    // MARK: Frontends

    /// Calls `body` for each frontend, the cluster IP first and the node port last.
    public func forEachFrontend(_ body: (Frontend) -> Void) {
        let outside: EndpointList = externalPolicyLocal ? .local : .cluster
        let everywhere: EndpointList = internalPolicyLocal ? .local : .cluster
        forEachKey { key, kind in
            body(
                kind == .clusterIP
                    ? Frontend(key: key, kind: kind, outside: everywhere, inside: everywhere)
                    : Frontend(key: key, kind: kind, outside: outside, inside: .cluster))
        }
    }

    public var frontends: [Frontend] {
        var frontends: [Frontend] = []
        forEachFrontend { frontends.append($0) }
        return frontends
    }

    public var frontendKeys: [FrontendKey] {
        var keys: [FrontendKey] = []
        forEachKey { key, _ in keys.append(key) }
        return keys
    }

    private func forEachKey(_ body: (FrontendKey, Frontend.Kind) -> Void) {
        FrontendKey.forEach(
            clusterIP: clusterIP, externalIPs: externalIPs, loadBalancerVIPs: loadBalancerVIPs, port: port,
            nodePort: nodePort, name.transport, body)
    }

    public var family: IPFamily { clusterIP.family }

    /// The addresses of the Service itself; each leads to this port.
    public var addresses: [IPAddress] { [clusterIP] + externalIPs + loadBalancerVIPs }

    /// The clients that may use the load balancer addresses; nil: all.
    public var sourceRanges: SourceRanges? {
        guard !loadBalancerSourceRanges.isEmpty, !loadBalancerVIPs.isEmpty else { return nil }
        let own = sourceRangesAdmitNode ? loadBalancerVIPs.map { IPNetwork($0) } : []
        return SourceRanges(networks: loadBalancerSourceRanges + own, admitsNode: sourceRangesAdmitNode)
    }

    /// Whether anything but the cluster IP leads to it.
    var isExternallyAccessible: Bool { nodePort != 0 || !externalIPs.isEmpty || !loadBalancerVIPs.isEmpty }

    /// Whether some of its traffic goes to this list.
    public func uses(_ list: EndpointList) -> Bool {
        switch list {
        case .cluster: !internalPolicyLocal || isExternallyAccessible
        case .local: internalPolicyLocal || externalPolicyLocal && isExternallyAccessible
        }
    }
}
