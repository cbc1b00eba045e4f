import KubeAPI
public import NetworkAddress

/// Why an endpoint is not in a list.
public enum EndpointExclusion: String, Hashable, Sendable, CaseIterable {
    case notReady
    /// It shuts down, and others are ready.
    case terminating
    /// It shuts down and does not serve any more.
    case notServing
    /// Its topology hints are for other nodes.
    case hintedForOtherNode
    /// Its topology hints are for other zones.
    case hintedForOtherZone
    /// The list is for endpoints on this node.
    case otherNode
    /// Somebody asked for it to be drained.
    case drained
    /// Its new connections stay unanswered (`viaduct.io/eject`).
    case ejected
    /// Its weight is 0, or its group has no share.
    case weightless

    /// Nil if nothing is missing.
    init?(_ flags: EndpointFlags, needed: EndpointFlags) {
        let missing = needed.subtracting(flags)
        if missing.isEmpty { return nil }
        if missing.contains(.local) {
            self = .otherNode
        } else if missing.contains(.ready) {
            self = flags.contains(.terminating) ? .terminating : .notReady
        } else if missing.contains(.hintedForNode) {
            self = .hintedForOtherNode
        } else if missing.contains(.hintedForZone) {
            self = .hintedForOtherZone
        } else {
            self = flags.contains(.terminating) ? .notServing : .notReady
        }
    }
}

/// An endpoint that some slice of a Service names, whether or not it is used.
public struct EndpointStanding: Hashable, Sendable {
    public var endpoint: Endpoint
    public var isReady: Bool
    public var isServing: Bool
    public var isTerminating: Bool
    /// Why it gets no new connections by a list; lists by which it gets some are left out.
    public var exclusions: [EndpointList: EndpointExclusion]
}

extension ServiceModel {
    /// All endpoints of a Service port, sorted by address, as of the last delta; those that get new connections by a list
    /// are those without an exclusion from it. Empty for a port that is not known.
    public func endpointStandings(of name: ServicePortName, family: IPFamily) -> [EndpointStanding] {
        guard let slot = slots[ObjectKey(namespace: name.namespace, name: name.name)] else { return [] }
        let candidates = candidates(slot, name, family)
        let state = state(of: name, family: family)
        let needed = EndpointList.allCases.map { ($0, EndpointSelection.requirement(of: $0, candidates)) }
        return candidates.map { candidate in
            var exclusions: [EndpointList: EndpointExclusion] = [:]
            for (list, flags) in needed {
                let weight = state?.endpoints(list).endpoint(at: candidate.address)?.weight
                exclusions[list] =
                    EndpointExclusion(candidate.flags, needed: flags)
                    ?? ((weight ?? candidate.weight) > 0
                        ? nil
                        : candidate.flags.contains(.drained)
                            ? .drained : candidate.ejection != nil ? .ejected : .weightless)
            }
            return EndpointStanding(
                endpoint: candidate.endpoint, isReady: candidate.flags.contains(.ready),
                isServing: candidate.flags.contains(.serving), isTerminating: candidate.flags.contains(.terminating),
                exclusions: exclusions)
        }
    }

    /// This node's zone; empty if it is not known.
    public var zone: String { node.zone }

    /// The node's primary address of a family, if it has one.
    public func primaryAddress(_ family: IPFamily) -> IPAddress? { nodeIP(family) }
}
