public import NetworkAddress

/// What changed in one IP family since the delta before. The first delta of a model holds everything.
public struct FamilyDelta: Sendable, Hashable {
    /// New and changed ports, whole.
    public var updated: ServicePortStates
    public var removed: Set<ServicePortName>
    /// Facts of the node, if they changed; always there in the first delta.
    public var node: NodeFacts?

    public init(
        updated: ServicePortStates = [:], removed: Set<ServicePortName> = [], node: NodeFacts? = nil
    ) {
        self.updated = updated
        self.removed = removed
        self.node = node
    }

    public var isEmpty: Bool { updated.isEmpty && removed.isEmpty && node == nil }

    /// Makes this one change of two; what was removed may never have been there.
    public mutating func merge(_ later: FamilyDelta) {
        // The first one holds everything.
        guard !isEmpty else {
            self = later
            return
        }
        for (name, state) in later.updated {
            updated[name] = state
            removed.remove(name)
        }
        for name in later.removed {
            updated[name] = nil
            removed.insert(name)
        }
        node = later.node ?? node
    }
}

/// What backends need to know of the node and the cluster in one IP family.
public struct NodeFacts: Sendable, Hashable {
    /// Ranges of cluster IPs, from ServiceCIDR objects; empty if unknown.
    public var serviceCIDRs: [IPNetwork]
    /// Addresses that accept node ports; nil: every local address, with or without loopback as the
    /// backend has it.
    public var nodePortAddresses: [IPAddress]?
    /// What tells pods on this node.
    public var localPods: LocalPods
    /// Whose connections to cluster IPs are masqueraded.
    public var clusterIPMasquerading: Masquerading

    public init(
        serviceCIDRs: [IPNetwork] = [], nodePortAddresses: [IPAddress]? = nil, localPods: LocalPods = LocalPods(),
        clusterIPMasquerading: Masquerading = .nobodys
    ) {
        self.serviceCIDRs = serviceCIDRs
        self.nodePortAddresses = nodePortAddresses
        self.localPods = localPods
        self.clusterIPMasquerading = clusterIPMasquerading
    }

    /// What shapes rules: without what stands in sets.
    public var shape: NodeFacts {
        NodeFacts(
            nodePortAddresses: nodePortAddresses.map { _ in [] }, localPods: localPods,
            clusterIPMasquerading: clusterIPMasquerading)
    }
}

/// What changed since the delta before, in both families, with what has to follow the commit.
public struct ProxyDelta: Sendable {
    public var families: [IPFamily: FamilyDelta]
    /// Flows that may have to be forgotten after the commit.
    public var staleFlows: StaleFlows
    /// When the endpoints in this delta last changed (`endpoints.kubernetes.io/last-change-trigger-time`), in seconds
    /// since 1970, by the family of their slices, for the network programming latency.
    public var triggerTimes: [IPFamily: [Double]]

    public init(
        families: [IPFamily: FamilyDelta] = [:], staleFlows: StaleFlows = StaleFlows(),
        triggerTimes: [IPFamily: [Double]] = [:]
    ) {
        self.families = families
        self.staleFlows = staleFlows
        self.triggerTimes = triggerTimes
    }

    public var isEmpty: Bool { families.values.allSatisfy(\.isEmpty) }
}
