internal import Dataplane
internal import NetworkAddress
internal import ServiceModel

/// The chains and rules that do not belong to one service: fixed by the configuration and the node.
struct FixedChains: Sendable {
    static let markForMasquerade: ChainName = "KUBE-MARK-MASQ"
    /// Shared with the kubelet, which may have rules of its own there.
    static let firewall: ChainName = "KUBE-FIREWALL"
    private static let services: ChainName = "KUBE-SERVICES"
    private static let externalServices: ChainName = "KUBE-EXTERNAL-SERVICES"
    private static let forward: ChainName = "KUBE-FORWARD"
    private static let postrouting: ChainName = "KUBE-POSTROUTING"
    private static let masqueradedServices: ChainName = "KUBE-SVC-MASQ"

    let configuration: IptablesConfiguration
    let node: NodeFacts

    private var family: IPFamily { configuration.family }
    private var mark: UInt32 { configuration.masqueradeMark }

    func chains(_ table: Table) -> [(ChainName, [Rule])] {
        switch table {
        case .nat:
            [
                (Self.services, serviceRules),
                (Self.masqueradedServices, masqueradedServiceRules),
                (Self.markForMasquerade, [Rule(.setMark(value: mark, mask: mark))]),
                (Self.postrouting, postroutingRules),
            ]
        case .filter:
            [(Self.externalServices, externalServiceRules), (Self.forward, forwardRules)]
        case .mangle: []
        }
    }

    // MARK: nat

    /// Connections to cluster IPs that do not begin in a pod of this node are masqueraded, since their answers might
    /// take another way. Instead of a rule in each service's chain: they get the mark first, and it is taken away from
    /// what turns out not to be addressed to a cluster IP.
    private var serviceRules: [Rule] {
        var rules: [Rule] = []
        if var rule = masqueradedClient {
            rule.matches = [
                .comment("masquerade connections to cluster IPs from elsewhere"), .mark(mark, isInverted: true),
            ]
            rule.target = .jump(Self.masqueradedServices)
            rules.append(rule)
        }
        rules += [.jump(Dispatch.clusterIPs.root), .jump(Dispatch.externalIPs.root)]
        return rules + nodePortRules
    }

    private var masqueradedServiceRules: [Rule] {
        [
            .jump(Self.markForMasquerade),
            .jump(Dispatch.clusterIPs.root),
            Rule(.setMark(value: 0, mask: mark)),
        ]
    }

    private var nodePortRules: [Rule] {
        var rule = Rule.jump(
            Dispatch.nodePorts.root,
            comment: "kubernetes service nodeports; NOTE: this must be the last rule in this chain")
        guard let addresses = node.nodePortAddresses else {
            rule.matches.append(.localDestination)
            if !configuration.localhostNodePorts {
                rule.destination = loopback.map { .init(network: $0, isInverted: true) }
            }
            return [rule]
        }
        return addresses.filter { !$0.isLoopback || configuration.localhostNodePorts }.map { address in
            rule.destination = .init(network: IPNetwork(address))
            return rule
        }
    }

    private var loopback: IPNetwork? { IPNetwork(family == .ipv4 ? "127.0.0.0/8" : "::1/128") }

    private var postroutingRules: [Rule] {
        var hairpin = Rule.jump(Dispatch.hairpin.root, comment: "endpoints that reached themselves")
        hairpin.matches.append(.connectionState(.dnat, isInverted: false))
        var unmarked = Rule(.return)
        unmarked.matches = [.mark(mark, isInverted: true)]
        var masquerade = Rule(.masquerade)
        masquerade.matches = [.comment("kubernetes service traffic requiring SNAT")]
        // The mark goes so that the packet is not masqueraded again if it comes by once more.
        return [hairpin, unmarked, Rule(.setMark(value: mark, mask: 0)), masquerade]
    }

    // MARK: filter

    private var externalServiceRules: [Rule] {
        var ports = Rule.jump(Dispatch.refusedNodePorts.root)
        ports.matches = [.localDestination]
        return [.jump(Dispatch.refusedExternalIPs.root), ports]
    }

    private var forwardRules: [Rule] {
        var invalid = Rule(.drop)
        invalid.matches = [.connectionState(.invalid, isInverted: false)]
        var marked = Rule(.accept)
        marked.matches = [.comment("kubernetes forwarding rules"), .mark(mark, isInverted: false)]
        var established = Rule(.accept)
        established.matches = [
            .comment("kubernetes forwarding conntrack rule"),
            .connectionState([.related, .established], isInverted: false),
        ]
        return (configuration.dropsInvalid ? [invalid] : []) + [marked, established]
    }

    // MARK: Pods of this node

    /// Matches connections that begin in a pod on this node; nil if nothing tells them.
    var fromLocalPod: Rule? { podMatch(inverted: false) }

    /// Matches connections whose source changes if they are to a cluster IP; nil for nobody's.
    private var masqueradedClient: Rule? {
        switch node.clusterIPMasquerading {
        case .everybodys: Rule(.return)
        case .allButPodsHere: podMatch(inverted: true)
        case .nodes, .nobodys: nil
        }
    }

    private func podMatch(inverted: Bool) -> Rule? {
        var rule = Rule(.return)
        switch node.localPods.match {
        case nil: return nil
        case .source(let network): rule.source = .init(network: network, isInverted: inverted)
        case .inputInterface(let name, let isPrefix):
            rule.inputInterface = .init(name: name, isPrefix: isPrefix, isInverted: inverted)
        }
        return rule
    }

    // MARK: Rules in chains of others

    /// Rules that have to be in chains that others use as well, each chain's in the order in which they shall stand
    /// there. Where one stands already, it stays.
    func sharedRules(_ table: Table) -> [SharedRules] {
        func chain(_ name: ChainName, _ rules: [Rule]) -> SharedRules { SharedRules(chain: name, rules: rules) }
        switch table {
        case .nat:
            let services = Rule.jump(Self.services, comment: "kubernetes service portals")
            return [
                chain("PREROUTING", [services]), chain("OUTPUT", [services]),
                chain("POSTROUTING", [.jump(Self.postrouting, comment: "kubernetes postrouting rules")]),
            ]
        case .filter:
            let guardRules = configuration.localhostNodePorts ? [Rule.jump(Self.firewall)] : []
            let firewall = Self.forNewConnections("KUBE-PROXY-FIREWALL", "kubernetes load balancer firewall")
            let services = Self.forNewConnections(Self.services, "kubernetes service portals")
            let external = Self.forNewConnections(
                Self.externalServices, "kubernetes externally-visible service portals")
            let healthChecks = Rule.jump("KUBE-NODEPORTS", comment: "kubernetes health check service ports")
            let forward = Rule.jump(Self.forward, comment: "kubernetes forwarding rules")
            return [
                chain("INPUT", guardRules + [firewall, healthChecks, external]),
                chain("FORWARD", [firewall, forward, services, external]),
                chain("OUTPUT", guardRules + [firewall, services]),
            ] + (configuration.localhostNodePorts ? [chain(Self.firewall, [Self.martians])] : [])
        case .mangle: return []
        }
    }

    private static func forNewConnections(_ chain: ChainName, _ comment: String) -> Rule {
        var rule = Rule(.jump(chain))
        rule.matches = [.connectionState(.new, isInverted: false), .comment(comment)]
        return rule
    }

    /// `route_localnet` lets others on the network reach what listens on loopback addresses; this keeps them out. The
    /// kubelet has the same rule.
    private static var martians: Rule {
        var rule = Rule(.drop)
        let loopback = IPNetwork("127.0.0.0/8")
        rule.destination = loopback.map { .init(network: $0) }
        rule.source = loopback.map { .init(network: $0, isInverted: true) }
        rule.matches = [
            .comment("block incoming localnet connections"),
            .connectionState([.related, .established, .dnat], isInverted: true),
        ]
        return rule
    }
}

/// Our rules in a chain that is not ours.
struct SharedRules: Sendable {
    var chain: ChainName
    var rules: [Rule]
}
