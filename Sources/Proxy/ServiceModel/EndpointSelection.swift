import NetworkAddress

/// The endpoints of one Service port that one node uses, by traffic policy, topology and conditions.
/// The rules are those of kube-proxy's CategorizeEndpoints.
struct EndpointSelection {
    struct Candidate {
        var address: EndpointAddress
        var flags: EndpointFlags

        init(_ ip: IPAddress, _ port: UInt16, _ flags: EndpointFlags) {
            address = EndpointAddress(ip, port)
            self.flags = flags
        }
    }

    var cluster: [EndpointAddress] = []
    var local: [EndpointAddress] = []
    /// With those of unknown place.
    var onThisNode: Set<EndpointAddress> = []
    var hasAny = false

    /// `candidates` are sorted by address, each once.
    init(_ candidates: [Candidate], for service: ServicePort) {
        guard !candidates.isEmpty else { return }
        if service.usesClusterEndpoints {
            cluster = Self.clusterEndpoints(candidates)
            hasAny = !cluster.isEmpty
        }
        if service.usesLocalEndpoints {
            local = Self.addresses(candidates) { $0.contains([.ready, .local]) }
            if local.isEmpty {
                local = Self.addresses(candidates) {
                    !$0.contains(.ready) && $0.isServingTerminating && $0.contains(.local)
                }
            }
            if !hasAny { hasAny = candidates.contains { $0.flags.contains(.ready) || $0.flags.isServingTerminating } }
        }
        let onNode = candidates.filter { $0.flags.contains(.local) || $0.flags.contains(.placeless) }
        guard !onNode.isEmpty else { return }
        let used = Set(cluster).union(local)
        for candidate in onNode where used.contains(candidate.address) { onThisNode.insert(candidate.address) }
    }

    private static func clusterEndpoints(_ candidates: [Candidate]) -> [EndpointAddress] {
        let topology = Self.topology(candidates)
        let ready = addresses(candidates) { $0.isSuperset(of: topology.union(.ready)) }
        return ready.isEmpty ? addresses(candidates, where: \.isServingTerminating) : ready
    }

    /// The flag that an endpoint must have to be used on this node; empty if all may be. Hints count only if every
    /// ready endpoint has one and one of them is for this node or its zone; the node's go first.
    private static func topology(_ candidates: [Candidate]) -> EndpointFlags {
        var inAll: EndpointFlags = [.hasNodeHints, .hasZoneHints]
        var inSome: EndpointFlags = []
        for candidate in candidates where candidate.flags.contains(.ready) {
            inAll.formIntersection(candidate.flags)
            inSome.formUnion(candidate.flags)
        }
        if inAll.contains(.hasNodeHints), inSome.contains(.hintedForNode) { return .hintedForNode }
        if inAll.contains(.hasZoneHints), inSome.contains(.hintedForZone) { return .hintedForZone }
        return []
    }

    private static func addresses(
        _ candidates: [Candidate], where isUsed: (EndpointFlags) -> Bool
    ) -> [EndpointAddress] {
        // Counted first: these arrays stay, and most of them that are for the Local policy are short or empty.
        let count = candidates.count { isUsed($0.flags) }
        guard count > 0 else { return [] }
        var addresses: [EndpointAddress] = []
        addresses.reserveCapacity(count)
        for candidate in candidates where isUsed(candidate.flags) { addresses.append(candidate.address) }
        return addresses
    }
}

extension ServiceRecord {
    /// The endpoints of a port from all slices of a family, sorted, each once.
    func candidates(
        port: String, transport: TransportProtocol, family: IPFamily, zone: String
    ) -> [EndpointSelection.Candidate] {
        var candidates: [EndpointSelection.Candidate] = []
        var sources = 0
        for slice in slices where slice.family == family {
            guard let match = slice.ports.first(where: { $0.name == port && $0.transport == transport }) else {
                continue
            }
            sources += 1
            candidates.reserveCapacity(candidates.count + slice.endpoints.count)
            let isHinted = slice.zoneHints.map { $0.contains(zone) }
            for endpoint in slice.endpoints {
                var flags = endpoint.flags
                if endpoint.zoneHint > 0, isHinted[Int(endpoint.zoneHint) - 1] { flags.insert(.hintedForZone) }
                candidates.append(.init(endpoint.ip, match.port, flags))
            }
        }
        if sources > 1 {
            candidates.sort {
                $0.address == $1.address ? $0.flags.precedes($1.flags) : $0.address < $1.address
            }
            candidates.removeRepeats { $0.address == $1.address }
        }
        return candidates
    }
}
