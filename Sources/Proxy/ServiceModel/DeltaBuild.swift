import NetworkAddress

/// A delta in the making.
struct DeltaBuild {
    var delta: ProxyDelta
    var problems: [ServiceProblem] = []
    /// UDP frontends that no state has any more, unless another took them over.
    var goneFrontends: Set<Frontend> = []
    /// UDP frontends in use whose flows may be stale, with the endpoints that serve.
    var liveFrontends: [Frontend: Set<EndpointAddress>] = [:]

    init(families: [IPFamily]) {
        delta = ProxyDelta(families: Dictionary(uniqueKeysWithValues: families.map { ($0, FamilyDelta()) }))
    }

    /// Takes over what became of a port, and notes the UDP flows that this makes stale.
    mutating func note(_ new: DeliveredPort, was old: DeliveredPort?) {
        if new.state != old?.state {
            delta.families[new.family]?.updated[new.state.service.name] = new.state
        }
        guard new.state.service.name.transport == .udp else { return }
        let frontends = new.state.service.frontends
        let oldFrontends = old?.state.service.frontends ?? []
        goneFrontends.formUnion(oldFrontends.filter { !frontends.contains($0) })
        // Without an endpoint that serves flows are left alone: one that is not ready for a moment keeps its clients.
        guard !new.servingEndpoints.isEmpty else { return }
        let oldEndpoints = old?.servingEndpoints ?? []
        let isStale =
            oldEndpoints.isEmpty || !Set(oldEndpoints).isSubset(of: new.servingEndpoints)
        let affected = isStale ? frontends : frontends.filter { !oldFrontends.contains($0) }
        guard !affected.isEmpty else { return }
        let endpoints = Set(new.servingEndpoints)
        for frontend in affected { liveFrontends[frontend] = endpoints }
    }

    mutating func noteRemoved(_ old: DeliveredPort) {
        delta.families[old.family]?.removed.insert(old.state.service.name)
        guard old.state.service.name.transport == .udp else { return }
        goneFrontends.formUnion(old.state.service.frontends)
    }
}

extension ServicePort {
    /// What leads to it, the cluster IP first. The health check node port is none: the proxy itself answers there.
    var frontends: [Frontend] {
        var frontends = [Frontend(clusterIP, port, name.transport)]
        frontends += externalIPs.map { Frontend($0, port, name.transport) }
        frontends += loadBalancerVIPs.map { Frontend($0, port, name.transport) }
        if nodePort != 0 { frontends.append(.nodePort(nodePort, name.transport, clusterIP.family)) }
        return frontends
    }
}
