internal import ServiceModel

/// Which endpoint stands in which slot. Pure; what is there already moves as little as possible.
enum SlotAssignment {
    /// One slot an endpoint, without holes: the last ones move into the holes.
    ///
    /// - Parameter wanted: without duplicates.
    static func plain(current: [EndpointAddress], wanted: [EndpointAddress]) -> [EndpointAddress] {
        if current == wanted || current.isEmpty { return wanted }
        let wantedSet = Set(wanted)
        var placed: Set<EndpointAddress> = []
        var slots: [EndpointAddress?] = current.prefix(wanted.count).map { endpoint in
            wantedSet.contains(endpoint) && placed.insert(endpoint).inserted ? endpoint : nil
        }
        // Those behind the new end first, so that an endpoint that moves leaves no hole.
        var homeless = current.dropFirst(wanted.count).filter {
            wantedSet.contains($0) && placed.insert($0).inserted
        }
        homeless += wanted.filter { !placed.contains($0) }
        var next = homeless.makeIterator()
        for index in slots.indices where slots[index] == nil { slots[index] = next.next() }
        while let endpoint = next.next() { slots.append(endpoint) }
        return slots.compactMap { $0 }
    }

    /// For session affinity: clients remember a slot, so an endpoint keeps its slots while it lives and none is left
    /// empty. Each endpoint has equally many slots; there may be up to 8 times as many slots as endpoints.
    static func affine(current: [EndpointAddress], wanted: [EndpointAddress]) -> [EndpointAddress] {
        guard !wanted.isEmpty, !current.isEmpty else { return wanted }
        let count = wanted.count
        let slotCount = (max(current.count, count) + count - 1) / count * count
        guard slotCount <= min(8 * count, BalancerChain.maximumCount) else { return plain(current: [], wanted: wanted) }
        let share = slotCount / count
        var owned = Dictionary(uniqueKeysWithValues: wanted.map { ($0, 0) })
        var slots: [EndpointAddress?] = current.map { endpoint in
            guard let number = owned[endpoint], number < share else { return nil }
            owned[endpoint] = number + 1
            return endpoint
        }
        slots += Array(repeating: nil, count: slotCount - slots.count)
        var vacancies = slots.indices.filter { slots[$0] == nil }.makeIterator()
        for endpoint in wanted {
            for _ in owned[endpoint, default: 0]..<share {
                if let index = vacancies.next() { slots[index] = endpoint }
            }
        }
        return slots.compactMap { $0 }
    }
}
