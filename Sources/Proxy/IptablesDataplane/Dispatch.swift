internal import NetworkAddress
internal import ServiceModel

/// The trees of a family's tables.
enum Dispatch: Int, CaseIterable, Sendable {
    // nat
    case clusterIPs, externalIPs, nodePorts, hairpin
    // filter
    case refusedClusterIPs, refusedExternalIPs, refusedNodePorts, healthCheckPorts, firewall

    /// Where connections to a kind of frontend are led to endpoints, and where they are refused.
    static func of(_ kind: Frontend.Kind) -> (leading: Dispatch, refusing: Dispatch) {
        switch kind {
        case .clusterIP: (.clusterIPs, .refusedClusterIPs)
        case .externalIP, .loadBalancerIP: (.externalIPs, .refusedExternalIPs)
        case .nodePort: (.nodePorts, .refusedNodePorts)
        }
    }

    var table: Table {
        switch self {
        case .clusterIPs, .externalIPs, .nodePorts, .hairpin: .nat
        case .refusedClusterIPs, .refusedExternalIPs, .refusedNodePorts, .healthCheckPorts, .firewall: .filter
        }
    }

    /// The chain that it begins in.
    var root: ChainName {
        switch self {
        case .clusterIPs: "KUBE-SVC-IPS"
        case .externalIPs, .refusedExternalIPs: "KUBE-EXT-IPS"
        case .nodePorts, .healthCheckPorts: "KUBE-NODEPORTS"
        case .hairpin: "KUBE-SEP-HAIRPIN"
        case .refusedClusterIPs: "KUBE-SERVICES"
        case .refusedNodePorts: "KUBE-EXT-PORTS"
        case .firewall: "KUBE-PROXY-FIREWALL"
        }
    }

    /// Branches are named after their range behind this. Prefixes of chains that kube-proxy calls its own, so that it
    /// removes them when it takes over.
    var branchPrefix: String {
        switch self {
        case .clusterIPs, .refusedClusterIPs: "KUBE-SVC-"
        case .externalIPs, .nodePorts, .refusedExternalIPs, .refusedNodePorts: "KUBE-EXT-"
        case .hairpin: "KUBE-SEP-"
        case .healthCheckPorts: "KUBE-EXT-HC-"
        case .firewall: "KUBE-FW-"
        }
    }
}

/// What happens to a connection that a key matches.
struct Destination: Hashable, Sendable {
    var target: Rule.Target
    var service: ServicePortName?
    var note: Note

    /// Which of upstream's comments the rule has.
    enum Note: Hashable, Sendable {
        case clusterIP, externalIP, loadBalancerIP, nodePort, noEndpoints, noLocalEndpoints, healthCheck, firewall
        case hairpin

        init(_ kind: Frontend.Kind) {
            switch kind {
            case .clusterIP: self = .clusterIP
            case .externalIP: self = .externalIP
            case .loadBalancerIP: self = .loadBalancerIP
            case .nodePort: self = .nodePort
            }
        }
    }

    private var comment: String? {
        guard let service else { return nil }
        switch note {
        case .clusterIP: return "\(service) cluster IP"
        case .externalIP: return "\(service) external IP"
        case .loadBalancerIP: return "\(service) loadbalancer IP"
        case .nodePort: return "\(service)"
        case .noEndpoints: return "\(service) has no endpoints"
        case .noLocalEndpoints: return "\(service) has no local endpoints"
        case .healthCheck: return "\(service) health check node port"
        case .firewall: return "\(service) traffic not accepted by \(ServiceChainNames(service).firewall)"
        case .hairpin: return nil
        }
    }

    func rule(_ key: FrontendKey) -> Rule {
        var rule = Rule(target)
        if !key.isNodePort { rule.destination = .init(network: IPNetwork(key.ip)) }
        if note == .hairpin {
            rule.source = rule.destination
            return rule
        }
        rule.transport = key.transport
        if let comment { rule.matches.append(.comment(comment)) }
        rule.matches.append(.destinationPort(key.port...key.port))
        return rule
    }
}

extension DispatchPrefix {
    func rule(_ dispatch: Dispatch) -> Rule {
        var rule = Rule(.jump(chain(dispatch.branchPrefix)))
        if let network { rule.destination = .init(network: network) }
        rule.transport = transport
        if let ports { rule.matches.append(.destinationPort(ports)) }
        return rule
    }
}
