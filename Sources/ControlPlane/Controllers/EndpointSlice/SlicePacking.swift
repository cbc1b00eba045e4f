import KubeAPI

/// Distributes endpoints with the same ports over slices so that few slices are written: those that are there stay as
/// they are where they can, and are never put together anew.
struct SlicePacking {
    /// Slices to update, with their new endpoints.
    private(set) var changed: [ManagedEndpointSlice] = []
    private(set) var unchanged: [ManagedEndpointSlice] = []
    /// Slices with nothing left in them.
    private(set) var emptied: [ManagedEndpointSlice] = []
    /// The endpoints of slices that have to be made.
    private(set) var new: [[ManagedEndpointSlice.Endpoint]] = []

    private typealias Endpoint = ManagedEndpointSlice.Endpoint

    /// - Parameters:
    ///   - slices: those with these ports.
    ///   - limit: the most endpoints that a slice may have; at least 1.
    ///   - hasRightLabels: a slice for which this is false is written in any case.
    init(
        _ desired: [ManagedEndpointSlice.Endpoint], into slices: [ManagedEndpointSlice], limit: Int,
        hasRightLabels: (ManagedEndpointSlice) -> Bool
    ) {
        var wanted = Dictionary(desired.map { ($0.identity, $0) }, uniquingKeysWith: { first, _ in first })
        for slice in slices {
            keep(slice, &wanted, limit, hasRightLabels(slice))
        }
        var rest = ArraySlice(desired.filter { wanted.removeValue(forKey: $0.identity) != nil })
        // What is written anyway is filled first, the fullest before the others.
        changed.sort { ($1.endpoints.count, $0.metadata.name) < ($0.endpoints.count, $1.metadata.name) }
        for index in changed.indices { Self.fill(&changed[index], from: &rest, limit) }
        while !rest.isEmpty {
            if rest.count < limit, let index = closestToFull(with: rest.count, limit) {
                var slice = unchanged.remove(at: index)
                Self.fill(&slice, from: &rest, limit)
                changed.append(slice)
            } else {
                new.append(Array(rest.prefix(limit)))
                rest = rest.dropFirst(limit)
            }
        }
    }

    /// Leaves in a slice what is wanted, as it is now.
    private mutating func keep(
        _ slice: ManagedEndpointSlice, _ wanted: inout [Endpoint.Identity: Endpoint], _ limit: Int,
        _ hasRightLabels: Bool
    ) {
        var kept = slice
        kept.endpoints = slice.endpoints.prefix(limit).compactMap { wanted.removeValue(forKey: $0.identity) }
        if kept.endpoints.isEmpty, !slice.endpoints.isEmpty {
            emptied.append(slice)
        } else if kept.endpoints != slice.endpoints || !hasRightLabels {
            changed.append(kept)
        } else {
            unchanged.append(slice)
        }
    }

    private static func fill(_ slice: inout ManagedEndpointSlice, from rest: inout ArraySlice<Endpoint>, _ limit: Int) {
        let room = max(0, limit - slice.endpoints.count)
        slice.endpoints += rest.prefix(room)
        rest = rest.dropFirst(room)
    }

    /// Of the slices that can take all of these, the one with the least room left then.
    private func closestToFull(with count: Int, _ limit: Int) -> Int? {
        unchanged.indices.filter { unchanged[$0].endpoints.count + count <= limit }
            .max { unchanged[$0].endpoints.count < unchanged[$1].endpoints.count }
    }
}
