package import ServiceModel

/// Assigns endpoints to slots. Pure; existing assignments change as little as possible.
package enum SlotAssignment {
    /// More endpoints than this of one list are left out: backends keep the count in 15 bits.
    package static let maximumCount = 1 << 15 - 1

    /// Endpoints, each once, and how many slots each needs at least.
    package struct Wanted {
        package let endpoints: [Endpoint]
        package let slotCount: Int
        /// nil: one each.
        private let shares: [Int]?

        /// One slot each where all weights are equal. Else as many as give each its share but for half a percent, in a
        /// number of slots that does not change with the weights: then a weight that changes needs no chain of its own.
        /// With more endpoints than 16,384 weights do not count.
        package init(_ endpoints: [Endpoint]) {
            let maximum = maximumCount
            self.endpoints = endpoints.count > maximum ? Array(endpoints.prefix(maximum)) : endpoints
            var pieces = 256
            while pieces < 4 * endpoints.count, 2 * pieces <= maximum { pieces *= 2 }
            if endpoints.haveEqualWeights || pieces < endpoints.count {
                shares = nil
                slotCount = self.endpoints.count
            } else {
                shares = endpoints.shares(of: pieces)
                slotCount = pieces
            }
        }

        /// Each endpoint in as many slots as it needs.
        fileprivate var slots: [Endpoint] {
            guard let shares else { return endpoints }
            return zip(endpoints, shares).flatMap { Array(repeating: $0, count: $1) }
        }

        /// The slots that each endpoint needs, by its address.
        fileprivate func quotas(_ factor: Int = 1) -> [EndpointAddress: (endpoint: Endpoint, slots: Int)] {
            Dictionary(
                uniqueKeysWithValues: endpoints.indices.map { index in
                    (endpoints[index].address, (endpoints[index], factor * (shares?[index] ?? 1)))
                })
        }
    }

    /// No slot more than is needed, without holes: the last ones move into the holes.
    package static func plain(current: [Endpoint], wanted: Wanted) -> [Endpoint] {
        if current.isEmpty || current == wanted.endpoints && wanted.slotCount == current.count { return wanted.slots }
        // What stays leaves this again as it is placed.
        var homeless = wanted.quotas()
        func take(_ endpoint: Endpoint) -> Endpoint? {
            guard let owner = homeless[endpoint.address], owner.slots > 0 else { return nil }
            homeless[endpoint.address]?.slots -= 1
            return owner.endpoint
        }
        var slots = current.prefix(wanted.slotCount).map(take)
        // Those behind the new end first, so that an endpoint that moves leaves no hole.
        var rest = current.dropFirst(wanted.slotCount).compactMap(take)
        rest += wanted.endpoints.flatMap { Array(repeating: $0, count: homeless[$0.address]?.slots ?? 0) }
        var next = rest.makeIterator()
        for index in slots.indices where slots[index] == nil { slots[index] = next.next() }
        while let endpoint = next.next() { slots.append(endpoint) }
        return slots.compactMap { $0 }
    }

    /// For session affinity: clients remember a slot, so an endpoint keeps its slots while it lives and none is left
    /// empty. There may be up to 8 times as many slots as are needed.
    package static func affine(current: [Endpoint], wanted: Wanted) -> [Endpoint] {
        guard !wanted.endpoints.isEmpty, !current.isEmpty else { return wanted.slots }
        let slotCount = affineCount(slots: current.count, endpoints: wanted.slotCount)
        guard slotCount >= current.count else { return wanted.slots }
        var vacant = wanted.quotas(slotCount / wanted.slotCount)
        var slots: [Endpoint?] = current.map { endpoint in
            guard let owner = vacant[endpoint.address], owner.slots > 0 else { return nil }
            vacant[endpoint.address]?.slots -= 1
            return owner.endpoint
        }
        slots += Array(repeating: nil, count: slotCount - slots.count)
        var vacancies = slots.indices.filter { slots[$0] == nil }.makeIterator()
        for endpoint in wanted.endpoints {
            for _ in 0..<(vacant[endpoint.address]?.slots ?? 0) {
                if let index = vacancies.next() { slots[index] = endpoint }
            }
        }
        return slots.compactMap { $0 }
    }

    /// How many slots `endpoints` get where there were `slots`.
    private static func affineCount(slots: Int, endpoints: Int) -> Int {
        guard slots > 0, endpoints > 0 else { return endpoints }
        let count = (max(slots, endpoints) + endpoints - 1) / endpoints * endpoints
        return count <= min(8 * endpoints, maximumCount) ? count : endpoints
    }

    /// How many slots a service with affinity may have after two steps of one endpoint more or less.
    package static func affineCounts(near current: [Endpoint]) -> Set<Int> {
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
