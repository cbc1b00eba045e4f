internal import NetworkAddress
internal import ServiceModel

/// What one service port puts into the tables: chains of its own, and entries of the dispatch trees.
///
/// The rules are kube-proxy's, but for the endpoints (see ``EndpointChooser``) and for the masquerading of connections
/// to cluster IPs, which needs no rule a service (see ``FixedChains``).
struct ServiceProgram {
    private let state: ServicePortState
    private let names: ServiceChainNames
    private let fixed: FixedChains
    private var service: ServicePort { state.service }

    init(_ state: ServicePortState, _ fixed: FixedChains) {
        self.state = state
        self.fixed = fixed
        names = ServiceChainNames(state.service.name)
    }

    private var usesFirewall: Bool {
        state.hasAnyEndpoints && !service.loadBalancerVIPs.isEmpty && !service.loadBalancerSourceRanges.isEmpty
    }

    private func key(_ address: IPAddress) -> DispatchKey {
        DispatchKey(address: address, transport: service.name.transport, port: service.port)
    }

    // MARK: Destinations

    /// The entries of the dispatch trees.
    var destinations: [(Dispatch, DispatchKey, Destination)] {
        var all: [(Dispatch, DispatchKey, Destination)] = []
        func add(_ dispatch: Dispatch, _ key: DispatchKey, _ target: Rule.Target, _ note: Destination.Note) {
            all.append((dispatch, key, Destination(target: target, service: service.name, note: note)))
        }
        // Without any endpoint a connection is refused; with endpoints that the policy forbids it is dropped.
        func refuse(_ dispatch: Dispatch, _ key: DispatchKey) {
            if state.hasAnyEndpoints {
                add(dispatch, key, .drop, .noLocalEndpoints)
            } else {
                add(dispatch, key, .reject, .noEndpoints)
            }
        }
        if state.internalEndpoints.isEmpty {
            refuse(.refusedClusterIPs, key(service.clusterIP))
        } else {
            let chain = service.internalPolicyLocal ? names.local : names.cluster
            add(.clusterIPs, key(service.clusterIP), .jump(chain), .clusterIP)
        }
        let isRefused = state.externalEndpoints.isEmpty
        for address in service.externalIPs {
            if state.hasAnyEndpoints { add(.externalIPs, key(address), .jump(names.external), .externalIP) }
            if isRefused { refuse(.refusedExternalIPs, key(address)) }
        }
        for address in service.loadBalancerVIPs {
            if state.hasAnyEndpoints {
                let chain = usesFirewall ? names.firewall : names.external
                add(.externalIPs, key(address), .jump(chain), .loadBalancerIP)
            }
            // What the source ranges let in has another destination by then.
            if usesFirewall { add(.firewall, key(address), .drop, .firewall) }
            if isRefused { refuse(.refusedExternalIPs, key(address)) }
        }
        if service.nodePort != 0 {
            let key = DispatchKey(transport: service.name.transport, port: service.nodePort)
            if state.hasAnyEndpoints { add(.nodePorts, key, .jump(names.external), .nodePort) }
            if isRefused { refuse(.refusedNodePorts, key) }
        }
        if service.healthCheckNodePort != 0 {
            let key = DispatchKey(transport: .tcp, port: service.healthCheckNodePort)
            add(.healthCheckPorts, key, .accept, .healthCheck)
        }
        return all
    }

    // MARK: Chains

    /// The service's own chains in the nat table.
    var chains: [(ChainName, [Rule])] {
        var chooser = EndpointChooser(service, names)
        if !state.clusterEndpoints.isEmpty { chooser.add(names.cluster, state.clusterEndpoints) }
        if !state.localEndpoints.isEmpty { chooser.add(names.local, state.localEndpoints) }
        guard state.hasAnyEndpoints, service.isExternallyAccessible else { return chooser.chains }
        return chooser.chains + [(names.external, externalRules)]
            + (usesFirewall ? [(names.firewall, firewallRules)] : [])
    }

    private var externalRules: [Rule] {
        let name = "\(service.name)"
        let hasClusterEndpoints = !state.clusterEndpoints.isEmpty
        guard service.externalPolicyLocal else {
            let masquerade = Rule.jump(
                FixedChains.markForMasquerade, comment: "masquerade traffic for \(name) external destinations")
            return [masquerade] + (hasClusterEndpoints ? [.jump(names.cluster)] : [])
        }
        var rules: [Rule] = []
        // Pods and the node itself are subject to no policy, as if the connection had gone out and come back.
        if hasClusterEndpoints, var rule = fixed.fromLocalPod {
            rule.matches.append(.comment("pod traffic for \(name) external destinations"))
            rule.target = .jump(names.cluster)
            rules.append(rule)
        }
        var masquerade = Rule.jump(
            FixedChains.markForMasquerade, comment: "masquerade LOCAL traffic for \(name) external destinations")
        masquerade.matches.append(.localSource)
        rules.append(masquerade)
        if hasClusterEndpoints {
            var route = Rule.jump(names.cluster, comment: "route LOCAL traffic for \(name) external destinations")
            route.matches.append(.localSource)
            rules.append(route)
        }
        if !state.localEndpoints.isEmpty { rules.append(.jump(names.local)) }
        return rules
    }

    private var firewallRules: [Rule] {
        service.loadBalancerSources(nodeIP: fixed.nodeIP).map { source in
            var rule = Rule.jump(names.external, comment: "\(service.name) loadbalancer IP")
            rule.source = .init(network: source)
            return rule
        }
    }
}
