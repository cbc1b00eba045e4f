public import KubeAPI
public import NetworkAddress

extension ServiceModel {
    /// Sets this node's object; nil: there is none (yet).
    public mutating func setNode(_ node: Node?) {
        var new = self.node
        new.zone = node?.metadata.labels[Node.zoneLabel] ?? ""
        new.addresses = node.map(Self.primaryAddresses) ?? [:]
        new.podCIDRs = []
        for text in node?.podCIDRs ?? [] {
            if let network = IPNetwork(text) {
                new.podCIDRs.append(network)
            } else if let node {
                let problem = ServiceProblem(
                    kind: .node, key: node.metadata.key, uid: node.metadata.uid, reason: .invalidAddress,
                    message: "spec.podCIDRs: \"\(text)\" is not a CIDR; ignored")
                if new.reported.insert(problem).inserted { new.problems.append(problem) }
            }
        }
        setNodeState(new)
    }

    /// Sets the ranges of all ServiceCIDR objects.
    public mutating func setServiceCIDRs(_ cidrs: [IPNetwork]) {
        var new = node
        new.serviceCIDRs = Set(cidrs).sorted()
        setNodeState(new)
    }

    /// Sets the addresses of this host's interfaces, from which `nodePortAddresses` selects.
    public mutating func setLocalAddresses(_ addresses: [IPAddress]) {
        var new = node
        new.localAddresses = Set(addresses).sorted()
        setNodeState(new)
    }

    /// Sets another model's input about the same node.
    public mutating func setNodeState(_ new: NodeState) {
        guard new != node else { return }
        let hasMoved = new.addresses != node.addresses
        if new.zone != node.zone { mark { $0.slices.contains { !$0.zoneHints.isEmpty } } }
        node = new
        nodeChanged = true
        // Source ranges may admit the node now, or not any more.
        if hasMoved { mark { $0.service?.families.contains { !$0.loadBalancerSourceRanges.isEmpty } == true } }
    }

    /// Has the states of some records computed again.
    private mutating func mark(where isConcerned: (ServiceRecord) -> Bool) {
        for (slot, record) in records.enumerated() where isConcerned(record) { dirty.insert(Int32(slot)) }
    }

    /// The first internal address of each family, else the first external one.
    private static func primaryAddresses(of node: Node) -> [IPFamily: IPAddress] {
        var addresses: [IPFamily: IPAddress] = [:]
        for type in ["InternalIP", "ExternalIP"] {
            for address in node.addresses where address.type == type {
                guard let ip = IPAddress(address.address), addresses[ip.family] == nil else { continue }
                addresses[ip.family] = ip
            }
        }
        return addresses
    }

    // MARK: Facts

    mutating func takeNodeFacts(into build: inout DeltaBuild) {
        guard nodeChanged else { return }
        nodeChanged = false
        if isFirstDelta { node.problems += configurationProblems() }
        build.problems += node.problems
        node.problems = []
        for family in configuration.orderedFamilies {
            let facts = facts(family)
            guard deliveredFacts[family] != facts else { continue }
            deliveredFacts[family] = facts
            build.delta.families[family]?.node = facts
        }
    }

    /// The facts about the node for backends.
    public func facts(_ family: IPFamily) -> NodeFacts {
        let pods = localPods(family)
        return NodeFacts(
            serviceCIDRs: node.serviceCIDRs.filter { $0.family == family },
            nodePortAddresses: nodePortAddresses(family, nodeIP: nodeIP(family)), localPods: pods,
            clusterIPMasquerading: configuration.masqueradeAll ? .everybodys : pods.clusterIPMasquerading)
    }

    /// The node's primary address, if it has one.
    public func nodeIP(_ family: IPFamily) -> IPAddress? {
        configuration.nodeIPOverride.flatMap { $0.family == family ? $0 : nil } ?? node.addresses[family]
    }

    func localPods(_ family: IPFamily) -> LocalPods {
        configuration.localTraffic.localPods(family, podCIDRs: node.podCIDRs.filter { $0.family == family })
    }

    private func nodePortAddresses(_ family: IPFamily, nodeIP: IPAddress?) -> [IPAddress]? {
        switch configuration.nodePortAddresses {
        case .all: return nil
        case .primary:
            guard let nodeIP, !nodeIP.isLoopback else { return nil }
            return [nodeIP]
        case .networks(let all):
            let networks = all.filter { $0.family == family }
            if networks.isEmpty || networks.contains(where: { $0.prefixLength == 0 }) { return nil }
            return localAddresses(in: networks)
        case .chosen(let all, let primary):
            let networks = all.filter { $0.family == family }
            if networks.contains(where: { $0.prefixLength == 0 }) { return nil }
            var chosen = localAddresses(in: networks)
            if primary, let nodeIP, !nodeIP.isLoopback, !chosen.contains(nodeIP) { chosen.append(nodeIP) }
            return chosen.sorted()
        }
    }

    private func localAddresses(in networks: [IPNetwork]) -> [IPAddress] {
        node.localAddresses.filter { address in
            (!address.isLoopback || servesLoopback(address.family)) && networks.contains { $0.contains(address) }
        }
    }

    private func servesLoopback(_ family: IPFamily) -> Bool {
        family == .ipv4 && configuration.servesNodePortsOnLoopback
    }

    /// The kernel routes no translated packet with a loopback source out of the host, unless a backend makes it do so
    /// for IPv4.
    private func configurationProblems() -> [ServiceProblem] {
        guard case .networks(let networks) = configuration.nodePortAddresses,
            !configuration.relaysNodePortsOnLoopback
        else { return [] }
        return networks.filter { $0.address.isLoopback && !servesLoopback($0.family) }.map { network in
            ServiceProblem(
                kind: .node, key: ObjectKey(namespace: "", name: configuration.nodeName), reason: .invalidAddress,
                message: "nodePortAddresses: \(network) is loopback, where node ports do not work; ignored")
        }
    }
}
