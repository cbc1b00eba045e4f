import NetworkAddress

/// A delta under construction.
struct DeltaBuild {
    var delta: ProxyDelta
    var problems: [ServiceProblem] = []
    /// Frontends that no state has any more, unless another took them over.
    var goneFrontends: Set<FrontendKey> = []
    /// Frontends in use whose flows may be stale, by family.
    var liveFrontends: [IPFamily: [FrontendKey: FlowTargets]] = [:]

    private let tracksDepartures: Bool

    init(families: [IPFamily], tracksDepartures: Bool) {
        self.tracksDepartures = tracksDepartures
        delta = ProxyDelta(families: Dictionary(uniqueKeysWithValues: families.map { ($0, FamilyDelta()) }))
    }

    /// Makes room for the ports of a family. Growing step by step takes time and memory where all are new.
    mutating func expect(_ count: Int, in family: IPFamily) {
        delta.families[family]?.updated.reserveCapacity(count)
        liveFrontends[family, default: [:]].reserveCapacity(count)
    }

    /// Takes over what became of a port, and notes the flows that this makes stale.
    mutating func note(_ new: DeliveredPort, was old: DeliveredPort?) {
        if new.state != old?.state {
            delta.families[new.family]?.updated.append(new.state)
        }
        guard let old else {
            new.state.service.forEachFrontend { liveFrontends[new.family, default: [:]][$0.key] = new.targets(of: $0) }
            return
        }
        if tracksDepartures { noteDepartures(from: old, to: new) }
        let keys = new.state.service.frontendKeys
        let before = Dictionary(uniqueKeysWithValues: old.state.service.frontends.map { ($0.key, $0) })
        if keys.count != before.count || !keys.allSatisfy({ before[$0] != nil }) {
            goneFrontends.formUnion(Set(before.keys).subtracting(keys))
        }
        new.state.service.forEachFrontend { frontend in
            let targets = new.targets(of: frontend)
            if before[frontend.key].map({ targets.canMakeStale(old.targets(of: $0)) }) ?? true {
                liveFrontends[new.family, default: [:]][frontend.key] = targets
            }
        }
    }

    mutating func noteRemoved(_ old: DeliveredPort) {
        delta.families[old.family]?.removed.insert(old.state.service.name)
        goneFrontends.formUnion(old.state.service.frontendKeys)
        if tracksDepartures { noteDepartures(from: old, to: nil) }
    }

    private mutating func noteDepartures(from old: DeliveredPort, to new: DeliveredPort?) {
        let gone = old.state.chosenAddresses.subtracting(new?.state.chosenAddresses ?? [])
        guard !gone.isEmpty else { return }
        let frontends = old.state.service.frontendKeys
        let key = ServicePortKey(name: old.state.service.name, family: old.family)
        for endpoint in gone.sorted() {
            delta.departures.append(Departure(port: key, endpoint: endpoint, frontends: frontends))
        }
    }
}
