import KubeAPI
import NetworkAddress

/// The endpoints of one Service port that one node uses, by traffic policy, topology and conditions.
/// The rules are those of kube-proxy's CategorizeEndpoints.
struct EndpointSelection {
    struct Candidate {
        var address: EndpointAddress
        var flags: EndpointFlags
        var weight: UInt16
        /// How many tenths of its share it has so far (``SlowStart``).
        var step = SlowStart.steps
        /// Nil: it gets its share.
        var ejection: Ejection?

        init(_ ip: IPAddress, _ port: UInt16, _ flags: EndpointFlags, weight: UInt16 = 1) {
            address = EndpointAddress(ip, port)
            self.flags = flags
            self.weight = weight
        }

        var endpoint: Endpoint {
            Endpoint(
                address, weight: weight,
                place: flags.contains(.local) ? .here : flags.contains(.placeless) ? .unknown : .elsewhere,
                state: flags.contains(.ready) ? .serving : .draining)
        }
    }

    var cluster: [Endpoint] = []
    var local: [Endpoint] = []
    var hasAny = false

    /// `candidates` are sorted by address, each once.
    init(_ candidates: [Candidate], for service: ServicePort, canary: CanaryShare? = nil) {
        guard !candidates.isEmpty else { return }
        if service.uses(.cluster) {
            cluster = Self.endpoints(candidates, .cluster, canary)
            hasAny = cluster.contains { $0.weight > 0 }
        }
        if service.uses(.local) {
            local = Self.endpoints(candidates, .local, canary)
            if !hasAny {
                hasAny = candidates.contains {
                    $0.weight > 0 && ($0.flags.contains(.ready) || $0.flags.isServingTerminating)
                }
            }
        }
    }

    private static func endpoints(
        _ candidates: [Candidate], _ list: EndpointList, _ canary: CanaryShare?
    ) -> [Endpoint] {
        let needed = requirement(of: list, candidates)
        var endpoints = endpoints(candidates) { $0.isSuperset(of: needed) }
        canary?.weigh(
            &endpoints,
            isCanary: candidates.filter { $0.flags.isSuperset(of: needed) }.map { $0.flags.contains(.canary) })
        if candidates.contains(where: { $0.step < SlowStart.steps || $0.ejection != nil }) {
            reduce(&endpoints, candidates.filter { $0.flags.isSuperset(of: needed) })
        }
        return endpoints
    }

    /// Takes what they have not got yet from those whose share still grows, and theirs from those that do not answer: never
    /// from more than half of the list.
    private static func reduce(_ endpoints: inout [Endpoint], _ candidates: [Candidate]) {
        let limit = endpoints.count { $0.weight > 0 } / 2
        let ejected = Set(
            candidates.indices.filter { candidates[$0].ejection != nil && endpoints[$0].weight > 0 }
                .sorted { (candidates[$0].ejection?.order ?? 0) < (candidates[$1].ejection?.order ?? 0) }
                .prefix(limit))
        endpoints.setWeights(
            candidates.indices.map { index in
                let part = ejected.contains(index) ? candidates[index].ejection.map { UInt64($0.part) } : nil
                return UInt64(endpoints[index].weight) * UInt64(candidates[index].step) * (part ?? Ejection.whole)
            })
    }

    /// The flags that an endpoint must have to be in a list: it is ready, and in the right place; where no such endpoint
    /// is ready, those are used that shut down and still serve.
    static func requirement(of list: EndpointList, _ candidates: [Candidate]) -> EndpointFlags {
        let usual = (list == .local ? EndpointFlags.local : topology(candidates)).union(.ready)
        if candidates.contains(where: { $0.flags.isSuperset(of: usual) }) { return usual }
        return list == .local ? [.serving, .terminating, .local] : [.serving, .terminating]
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

    private static func endpoints(
        _ candidates: [Candidate], where isUsed: (EndpointFlags) -> Bool
    ) -> [Endpoint] {
        // Counted first: these arrays stay, and most of them that are for the Local policy are short or empty.
        let count = candidates.count { isUsed($0.flags) }
        guard count > 0 else { return [] }
        var endpoints: [Endpoint] = []
        endpoints.reserveCapacity(count)
        for candidate in candidates where isUsed(candidate.flags) { endpoints.append(candidate.endpoint) }
        return endpoints
    }
}

extension ServiceModel {
    /// The endpoints of a port from all slices of a family, sorted, each once.
    func candidates(
        _ slot: Int32, _ port: ServicePortName, _ family: IPFamily
    ) -> [EndpointSelection.Candidate] {
        let record = records[Int(slot)]
        var candidates: [EndpointSelection.Candidate] = []
        var sources = 0
        let drainedNodes = drainIndex.isEmpty ? [:] : drainedNodes(drainIndex.drains)
        for slice in record.slices where slice.family == family {
            guard let match = slice.ports.first(where: { $0.name == port.port && $0.transport == port.transport })
            else { continue }
            sources += 1
            candidates.reserveCapacity(candidates.count + slice.endpoints.count)
            let isHinted = slice.zoneHints.map { $0.contains(node.zone) }
            let selectsPods = record.service?.selectsPods == true
            for endpoint in slice.endpoints {
                var flags = endpoint.flags
                if endpoint.zoneHint > 0, isHinted[Int(endpoint.zoneHint) - 1] { flags.insert(.hintedForZone) }
                if !drainIndex.isEmpty,
                    drainIndex.reason(
                        endpoint, port: match.port, namespace: record.key.namespace, nodes: drainedNodes) != nil
                {
                    flags.insert(.drained)
                }
                let labels =
                    selectsPods && endpoint.pod != 0 ? podLabels[record.key.namespace, endpoint.pod]?.labels : nil
                if let selector = record.service?.canary?.selector {
                    flags.remove(.canary)
                    if let labels, selector.matches(labels) { flags.insert(.canary) }
                }
                candidates.append(
                    .init(
                        endpoint.ip, match.port, flags,
                        weight: flags.contains(.drained)
                            ? 0 : record.weight(of: endpoint, in: slice, record.service?.weights, labels)))
            }
        }
        if sources > 1 {
            candidates.sort {
                $0.address == $1.address ? $0.flags.precedes($1.flags) : $0.address < $1.address
            }
            candidates.removeRepeats { $0.address == $1.address }
        }
        if !ramps.isEmpty || !ejections.isEmpty { complete(&candidates, slot, port, family) }
        return candidates
    }

    /// Notes which of them have not got their whole share.
    private func complete(
        _ candidates: inout [EndpointSelection.Candidate], _ slot: Int32, _ port: ServicePortName, _ family: IPFamily
    ) {
        if let slowStart = records[Int(slot)].service?.slowStart, let starts = ramps[slot]?.starts {
            for index in candidates.indices {
                guard let start = starts[candidates[index].address.ip] else { continue }
                candidates[index].step = slowStart.step(since: start, at: now)
            }
        }
        guard let out = ejections[ServicePortKey(name: port, family: family)],
            records[Int(slot)].service?.ejection != nil
        else { return }
        for index in candidates.indices { candidates[index].ejection = out[candidates[index].address] }
    }
}

extension ServiceRecord {
    fileprivate func weight(
        of endpoint: ParsedSlice.Endpoint, in slice: ParsedSlice, _ weights: EndpointWeights?,
        _ labels: [String: String]?
    ) -> UInt16 {
        weights?.weight(
            of: endpoint.ip, zone: endpoint.zone == 0 ? nil : slice.zones[Int(endpoint.zone) - 1], labels: labels) ?? 1
    }
}
