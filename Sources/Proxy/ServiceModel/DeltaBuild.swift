import NetworkAddress

/// A delta in the making.
struct DeltaBuild {
    var delta: ProxyDelta
    var problems: [ServiceProblem] = []
    /// Frontends that no state has any more, unless another took them over.
    var goneFrontends: Set<Frontend> = []
    /// Frontends in use whose flows may be stale.
    var liveFrontends: [Frontend: FlowTargets] = [:]

    init(families: [IPFamily]) {
        delta = ProxyDelta(families: Dictionary(uniqueKeysWithValues: families.map { ($0, FamilyDelta()) }))
    }

    /// Makes room for the ports of a family. Growing step by step takes time and memory where all are new.
    mutating func expect(_ count: Int, in family: IPFamily) {
        delta.families[family]?.updated.reserveCapacity(count)
    }

    /// Takes over what became of a port, and notes the flows that this makes stale.
    mutating func note(_ new: DeliveredPort, was old: DeliveredPort?) {
        if new.state != old?.state {
            delta.families[new.family]?.updated[new.state.service.name] = new.state
        }
        let frontends = new.state.service.frontends
        guard let old else {
            for frontend in frontends { liveFrontends[frontend] = new.targets(of: frontend) }
            return
        }
        let oldFrontends = old.state.service.frontends
        if frontends != oldFrontends { goneFrontends.formUnion(oldFrontends.filter { !frontends.contains($0) }) }
        for frontend in frontends {
            let targets = new.targets(of: frontend)
            if !oldFrontends.contains(frontend) || targets.canMakeStale(old.targets(of: frontend)) {
                liveFrontends[frontend] = targets
            }
        }
    }

    mutating func noteRemoved(_ old: DeliveredPort) {
        delta.families[old.family]?.removed.insert(old.state.service.name)
        goneFrontends.formUnion(old.state.service.frontends)
    }
}

extension ServicePort {
    /// What leads to it, the cluster IP first. The health check node port is none: the proxy itself answers there.
    public var frontends: [Frontend] {
        var frontends = [Frontend(clusterIP, port, name.transport)]
        frontends += externalIPs.map { Frontend($0, port, name.transport) }
        frontends += loadBalancerVIPs.map { Frontend($0, port, name.transport) }
        if nodePort != 0 { frontends.append(.nodePort(nodePort, name.transport, clusterIP.family)) }
        return frontends
    }
}
