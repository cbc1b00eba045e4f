internal import NetworkAddress
internal import ServiceModel

/// One Service port's part of the tables: its own chains, and entries of the dispatch trees.
///
/// The rules are kube-proxy's, except for the endpoints (see ``EndpointChooser``) and for the masquerading of
/// connections to cluster IPs, which needs no rule per Service (see ``FixedChains``).
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

    /// Source ranges that have a chain. Where everybody is refused there is none, as in upstream.
    private var firewall: SourceRanges? { isServed ? service.sourceRanges : nil }

    /// Whether there are endpoints somewhere: the external chain says for whom.
    private var isServed: Bool { state.outcome(of: .cluster) != .reject || state.outcome(of: .local) != .reject }

    // MARK: Destinations

    /// The entries of the dispatch trees.
    var destinations: [(Dispatch, FrontendKey, Destination)] {
        var all: [(Dispatch, FrontendKey, Destination)] = []
        func add(_ dispatch: Dispatch, _ key: FrontendKey, _ target: Rule.Target, _ note: Destination.Note) {
            all.append((dispatch, key, Destination(target: target, service: service.name, note: note)))
        }
        service.forEachFrontend { frontend in
            let place = Dispatch.of(frontend.kind)
            let outcome = state.outcome(of: frontend, for: .elsewhere)
            switch frontend.kind {
            case .clusterIP:
                if case .balance(let list) = outcome {
                    add(place.leading, frontend.key, .jump(names.chain(list)), .clusterIP)
                }
            case .externalIP, .loadBalancerIP, .nodePort:
                let firewall = frontend.kind == .loadBalancerIP && firewall != nil
                if isServed {
                    add(
                        place.leading, frontend.key, .jump(firewall ? names.firewall : names.external),
                        Destination.Note(frontend.kind))
                }
                // What the source ranges let in has another destination by then.
                if firewall { add(.firewall, frontend.key, .drop, .firewall) }
            }
            switch outcome {
            case .balance: break
            case .reject: add(place.refusing, frontend.key, .reject, .noEndpoints)
            case .drop: add(place.refusing, frontend.key, .drop, .noLocalEndpoints)
            }
        }
        if service.healthCheckNodePort != 0 {
            let key = FrontendKey.nodePort(service.healthCheckNodePort, .tcp, service.family)
            add(.healthCheckPorts, key, .accept, .healthCheck)
        }
        return all
    }

    // MARK: Chains

    /// The service's own chains in the nat table.
    var chains: [(ChainName, [Rule])] {
        var chooser = EndpointChooser(service, names)
        for list in EndpointList.allCases where state.outcome(of: list) == .balance(list) {
            chooser.add(names.chain(list), state.choices(list))
        }
        var external: Frontend?
        service.forEachFrontend { if $0.kind != .clusterIP { external = $0 } }
        guard isServed, let external else { return chooser.chains }
        return chooser.chains + [(names.external, externalRules(external))]
            + (firewall.map { [(names.firewall, firewallRules($0))] } ?? [])
    }

    /// What all external addresses and the node port have in common.
    private func externalRules(_ frontend: Frontend) -> [Rule] {
        let name = "\(service.name)"
        func jump(to list: EndpointList) -> [Rule] {
            state.outcome(of: list) == .balance(list) ? [.jump(names.chain(list))] : []
        }
        guard frontend.dependsOnOrigin else {
            let masquerade = Rule.jump(
                FixedChains.markForMasquerade, comment: "masquerade traffic for \(name) external destinations")
            return [masquerade] + jump(to: frontend.outside)
        }
        let inside = jump(to: frontend.inside)
        var rules: [Rule] = []
        if let target = inside.first?.target, var rule = fixed.fromLocalPod {
            rule.matches.append(.comment("pod traffic for \(name) external destinations"))
            rule.target = target
            rules.append(rule)
        }
        var masquerade = Rule.jump(
            FixedChains.markForMasquerade, comment: "masquerade LOCAL traffic for \(name) external destinations")
        masquerade.matches.append(.localSource)
        rules.append(masquerade)
        if let target = inside.first?.target {
            var route = Rule(target)
            route.matches = [.comment("route LOCAL traffic for \(name) external destinations"), .localSource]
            rules.append(route)
        }
        return rules + jump(to: frontend.outside)
    }

    private func firewallRules(_ ranges: SourceRanges) -> [Rule] {
        ranges.networks.map { source in
            var rule = Rule.jump(names.external, comment: "\(service.name) loadbalancer IP")
            rule.source = .init(network: source)
            return rule
        }
    }
}
