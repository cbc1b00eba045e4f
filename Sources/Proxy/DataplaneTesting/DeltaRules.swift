public import NetworkAddress
public import ServiceModel

/// The rules that every change for a backend obeys, so that backends need not check them.
public enum DeltaRules {
    /// Returns the violations of a change.
    ///
    /// - Parameter held: the ports before it.
    public static func faults(
        of delta: FamilyDelta, after held: [ServicePortName: ServicePortState], _ family: IPFamily
    ) -> [String] {
        var faults = delta.removed.filter { delta.updated[$0] != nil }.map { "\($0) is updated and removed" }
        for (name, state) in delta.updated {
            if state.service.name != name { faults.append("\(name) is called \(state.service.name)") }
            faults += self.faults(of: state, family)
        }
        var after = held
        for (name, state) in delta.updated { after[name] = state }
        for name in delta.removed { after[name] = nil }
        return faults + sharedFrontends(after.values)
    }

    /// Frontends that belong to two ports.
    public static func sharedFrontends(_ states: some Sequence<ServicePortState>) -> [String] {
        var seen: Set<FrontendKey> = []
        return states.flatMap(\.service.frontendKeys).filter { !seen.insert($0).inserted }.map {
            "\($0) is there twice"
        }
    }

    private static func faults(of state: ServicePortState, _ family: IPFamily) -> [String] {
        let service = state.service
        var faults: [String] = []
        for frontend in service.frontendKeys where frontend.ip.family != family || frontend.port == 0 {
            faults.append("\(service.name): \(frontend) is none of \(family.rawValue)")
        }
        for list in EndpointList.allCases.map(state.endpoints) {
            if zip(list, list.dropFirst()).contains(where: { $0.address >= $1.address }) {
                faults.append("\(service.name): endpoints are not sorted, or there twice")
            }
            for endpoint in list where endpoint.address.ip.family != family || endpoint.address.port == 0 {
                faults.append("\(service.name): \(endpoint) is none of \(family.rawValue)")
            }
        }
        for list in EndpointList.allCases where !service.uses(list) && !state.endpoints(list).isEmpty {
            faults.append("\(service.name): has endpoints of the list \(list) that nothing leads to")
        }
        if state.outcome(of: .cluster) == .balance(.cluster), state.outcome(of: .local) == .reject {
            faults.append("\(service.name): has endpoints and has none")
        }
        return faults
    }
}
