import Dataplane
import KubeAPI
package import NetworkAddress
import ProxyConfiguration
import ProxyServer
import ServiceModel

/// Predicts what should happen to a connection. Pure: outcomes come from the service model and the backend.
package struct Prediction: Sendable {
    package let facts: ClusterFacts
    package let flow: Flow
    /// The client's address as endpoints and rules see it; for a connection of this node, the kernel's choice.
    package let source: IPAddress?

    package init(_ facts: ClusterFacts, _ flow: Flow, source: IPAddress?) {
        self.facts = facts
        self.flow = flow
        self.source = flow.client.address ?? source
    }

    private var origin: Origin { flow.client.origin }
    private var node: NodeFacts { facts.facts(flow.family) }

    /// Nil: it is none of ours.
    var serviceOutcome: Outcome? {
        guard let target = flow.target else {
            return facts.settings.mode.strays.outcome(
                to: flow.destination.ip, facts.states(flow.family), node, localAddresses: facts.localAddresses)
        }
        let outcome = target.state.outcome(of: target.frontend, for: origin)
        let isExternal = target.frontend.kind == .externalIP || target.frontend.kind == .loadBalancerIP
        let passes = outcome == .reject && origin == .node && isExternal
        return passes && facts.settings.mode.capabilities.contains(.passesOwnToExternal) ? nil : outcome
    }

    /// The connection's list of endpoints.
    var list: EndpointList? { flow.target?.frontend.list(for: origin) }

    package func explanation() -> Explanation {
        var explanation = Explanation(
            mode: facts.settings.mode.name, node: facts.nodeName, settings: "", connection: connection,
            outcome: outcome)
        explanation.notes = flow.notes
        guard let target = flow.target else { return explanation }
        explanation.service = servicePart(target)
        explanation.sourceRanges = sourceRanges
        if let seconds = target.state.service.affinityTimeout {
            explanation.affinity = Explanation.AffinityPart(seconds: seconds)
        }
        explanation.masquerade = masquerade(target)
        if explanation.outcome.result == .endpoints { explanation.endpoints = endpoints(target) }
        explanation.leftOut = leftOut(target)
        return explanation
    }

    private var connection: Explanation.Connection {
        Explanation.Connection(
            from: flow.client.name, client: flow.client.address?.description,
            origin: origin.text, originReason: flow.client.why, address: flow.destination.ip.description,
            port: flow.destination.port, protocol: flow.transport.apiName)
    }

    // MARK: Outcome

    private var outcome: Explanation.Outcome {
        typealias Answer = Explanation.Outcome
        if let other = flow.client.otherNode, !facts.isLocal(flow.destination.ip) {
            return Answer(
                result: .otherNode,
                reason: "it begins on node \(other), whose own proxy decides; ask there. This node sees it only "
                    + "if it is routed here")
        }
        if sourceRanges?.admits == false {
            return Answer(
                result: .dropped, reason: "loadBalancerSourceRanges do not admit \(source?.description ?? "the client")"
            )
        }
        switch serviceOutcome {
        case nil:
            let reason =
                flow.target == nil
                ? "no Service has \(flow.destination)/\(flow.transport.apiName)"
                : "the Service has no endpoint, and this mode leaves alone what the node itself sends to external "
                    + "addresses"
            return Answer(result: .untouched, reason: reason)
        case .balance(let list)?:
            return Answer(
                result: .endpoints,
                reason: list == .local
                    ? "one of the endpoints on this node" : "one of the endpoints that this node uses")
        case .reject?:
            let reason =
                flow.target == nil
                ? "the address is a Service's, and the port is not" : "the Service has no endpoint that serves"
            return Answer(result: .refused, reason: reason, error: sendError)
        case .drop?:
            return Answer(
                result: .dropped,
                reason: flow.target == nil
                    ? "the address is in a range of cluster IPs, and no Service has it"
                    : "there are endpoints, and the traffic policy keeps it from all of them: none is on this node")
        }
    }

    /// Rules that refuse the node's own datagrams where they are sent fail the call that sends them.
    private var sendError: String? {
        let mode = facts.settings.mode
        guard origin == .node, flow.transport != .tcp, mode.usesNetfilter, !facts.isLocal(flow.destination.ip) else {
            return nil
        }
        return "EPERM"
    }

    // MARK: Parts

    private func servicePart(_ target: KernelQuestion.Target) -> Explanation.ServicePart {
        let service = target.state.service
        let isInternal = target.frontend.kind == .clusterIP
        let field = isInternal ? "internalTrafficPolicy" : "externalTrafficPolicy"
        let isLocal = target.frontend.outside == .local
        let reason: String
        if target.frontend.dependsOnOrigin, origin != .elsewhere {
            reason =
                "it begins \(origin == .node ? "on this node" : "in a pod of this node"), so it is treated as if it had "
                + "come back from the load balancer: all endpoints count"
        } else if isLocal {
            reason = "only endpoints on this node count"
        } else {
            reason = "all endpoints count"
        }
        return Explanation.ServicePart(
            namespace: service.name.namespace, name: service.name.name, portName: service.name.port, port: service.port,
            kind: "\(target.frontend.kind)", policy: "\(field) \(isLocal ? "Local" : "Cluster")", policyReason: reason)
    }

    /// Nil: the way has none.
    private var sourceRanges: Explanation.SourceRangesPart? {
        guard let target = flow.target, target.frontend.kind == .loadBalancerIP,
            let ranges = target.state.service.sourceRanges
        else { return nil }
        let everybody = ranges.networks.contains { $0.prefixLength == 0 }
        var admits = everybody ? true : source.map { source in ranges.networks.contains { $0.contains(source) } }
        // The node has as many sources as addresses.
        if admits == nil, origin == .node { admits = ranges.admitsNode }
        return Explanation.SourceRangesPart(ranges: ranges.networks.map(\.description), admits: admits)
    }

    private func masqueradingRule(_ target: KernelQuestion.Target) -> Masquerading {
        target.frontend.masquerading ?? node.clusterIPMasquerading
    }

    private func masquerade(_ target: KernelQuestion.Target) -> Explanation.MasqueradePart {
        guard facts.settings.mode.usesNetfilter else {
            return Explanation.MasqueradePart(
                applies: true, reason: "endpoints see an address of this node, which connects for the client")
        }
        let rule = masqueradingRule(target)
        let reason =
            switch rule {
            case .nobodys: "connections to cluster IPs keep their source: nothing tells pods of this node"
            case .everybodys:
                target.frontend.kind == .clusterIP
                    ? "masqueradeAll" : "answers of endpoints on other nodes have to come back through this one"
            case .nodes: "externalTrafficPolicy Local keeps the client's address; the node's own is no client's"
            case .allButPodsHere:
                origin == .podHere
                    ? "answers come back through this node to its own pod"
                    : "it does not begin in a pod of this node, so answers might take another way"
            }
        return Explanation.MasqueradePart(applies: rule.includes(origin), reason: reason)
    }

    private func endpoints(_ target: KernelQuestion.Target) -> [Explanation.EndpointPart] {
        guard let list else { return [] }
        let all = target.state.choices(list)
        let sum = all.reduce(0) { $0 + Int($1.weight) }
        let masquerades = masquerade(target).applies
        return all.map { endpoint in
            let (node, zone) = place(of: endpoint.address.ip)
            let isHairpin =
                endpoint.address.ip == source && target.state.hairpinAddresses.contains(endpoint.address.ip)
            // What ends on this host itself passes no hook that could masquerade it.
            let endsHere = facts.isLocal(endpoint.address.ip) && origin != .node && facts.settings.mode.usesNetfilter
            return Explanation.EndpointPart(
                address: endpoint.address.description, weight: endpoint.weight,
                share: sum == 0 ? 0 : Double(endpoint.weight) / Double(sum), node: node, zone: zone,
                state: endpoint.state == .draining ? "draining" : "serving",
                isMasqueraded: (masquerades || isHairpin) && !endsHere)
        }
    }

    private func leftOut(_ target: KernelQuestion.Target) -> [Explanation.LeftOutPart] {
        guard let list else { return [] }
        return facts.model.endpointStandings(of: target.state.service.name, family: flow.family).compactMap {
            standing in
            guard let exclusion = standing.exclusions[list] else { return nil }
            let (node, zone) = place(of: standing.endpoint.address.ip)
            return Explanation.LeftOutPart(
                address: standing.endpoint.address.description, node: node, zone: zone, cause: exclusion.rawValue,
                reason: exclusion.text(zone: facts.model.zone))
        }
    }

    private func place(of address: IPAddress) -> (node: String?, zone: String?) {
        for slice in facts.slices where slice.addressType == address.family.rawValue {
            for endpoint in slice.endpoints where endpoint.addresses.first.flatMap({ IPAddress($0) }) == address {
                return (endpoint.nodeName, endpoint.zone)
            }
        }
        return (nil, nil)
    }
}

extension Origin {
    var text: String {
        switch self {
        case .podHere: "pod-here"
        case .node: "node"
        case .elsewhere: "elsewhere"
        }
    }
}

extension EndpointExclusion {
    func text(zone: String) -> String {
        switch self {
        case .notReady: "not ready"
        case .terminating: "it shuts down, and others are ready"
        case .notServing: "it shuts down and serves no more"
        case .hintedForOtherNode: "its hints are for other nodes"
        case .hintedForOtherZone: "its hints are for other zones than this node's" + (zone.isEmpty ? "" : ", \(zone)")
        case .otherNode: "on another node, and the traffic policy asks for endpoints on this one"
        case .drained: "it is drained (viaduct drain)"
        case .ejected: "its new connections stay unanswered, so that it gets none for a while (viaduct.io/eject)"
        case .weightless: "its weight, or the share of its group, is 0"
        }
    }
}
