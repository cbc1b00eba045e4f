internal import ServiceModel

/// Which endpoint stands in which slot. Pure; what is there already moves as little as possible.
enum SlotAssignment {
    /// One slot an endpoint, without holes: the last ones move into the holes.
    ///
    /// - Parameter wanted: without duplicates.
    static func plain(current: [Endpoint], wanted: [Endpoint]) -> [Endpoint] {
        if current == wanted || current.isEmpty { return wanted }
        // What stays leaves this again as it is placed.
        var homeless = Dictionary(uniqueKeysWithValues: wanted.map { ($0.address, $0) })
        var slots: [Endpoint?] = current.prefix(wanted.count).map { homeless.removeValue(forKey: $0.address) }
        // Those behind the new end first, so that an endpoint that moves leaves no hole.
        var rest = current.dropFirst(wanted.count).compactMap { homeless.removeValue(forKey: $0.address) }
        rest += wanted.filter { homeless[$0.address] != nil }
        var next = rest.makeIterator()
        for index in slots.indices where slots[index] == nil { slots[index] = next.next() }
        while let endpoint = next.next() { slots.append(endpoint) }
        return slots.compactMap { $0 }
    }

    /// For session affinity: clients remember a slot, so an endpoint keeps its slots while it lives and none is left
    /// empty. Each endpoint has equally many slots; there may be up to 8 times as many slots as endpoints.
    static func affine(current: [Endpoint], wanted: [Endpoint]) -> [Endpoint] {
        guard !wanted.isEmpty, !current.isEmpty else { return wanted }
        let count = wanted.count
        let slotCount = affineCount(slots: current.count, endpoints: count)
        guard slotCount >= current.count else { return wanted }
        let share = slotCount / count
        var owned = Dictionary(uniqueKeysWithValues: wanted.map { ($0.address, (endpoint: $0, slots: 0)) })
        var slots: [Endpoint?] = current.map { endpoint in
            guard let owner = owned[endpoint.address], owner.slots < share else { return nil }
            owned[endpoint.address]?.slots += 1
            return owner.endpoint
        }
        slots += Array(repeating: nil, count: slotCount - slots.count)
        var vacancies = slots.indices.filter { slots[$0] == nil }.makeIterator()
        for endpoint in wanted {
            for _ in (owned[endpoint.address]?.slots ?? 0)..<share {
                if let index = vacancies.next() { slots[index] = endpoint }
            }
        }
        return slots.compactMap { $0 }
    }

    /// How many slots `endpoints` get where there were `slots`.
    private static func affineCount(slots: Int, endpoints: Int) -> Int {
        guard slots > 0, endpoints > 0 else { return endpoints }
        let count = (max(slots, endpoints) + endpoints - 1) / endpoints * endpoints
        return count <= min(8 * endpoints, BalancerChain.maximumCount) ? count : endpoints
    }

    /// How many slots a service with affinity may have after two steps of one endpoint more or less.
    static func affineCounts(near current: [Endpoint]) -> Set<Int> {
        var reached: Set<[Int]> = [[current.count, Set(current.map(\.address)).count]]
        for _ in 0..<2 {
            for state in reached {
                for endpoints in [state[1] - 1, state[1] + 1] where endpoints >= 0 {
                    reached.insert([affineCount(slots: state[0], endpoints: endpoints), endpoints])
                }
            }
        }
        return Set(reached.map { $0[0] }.filter { $0 > 0 })
    }
}
