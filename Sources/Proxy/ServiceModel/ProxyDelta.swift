public import NetworkAddress

/// The changes in one IP family since the previous delta. The first delta of a model holds everything.
public struct FamilyDelta: Sendable, Hashable {
    /// New and changed ports, whole.
    public var updated: ServicePortStates
    public var removed: Set<ServicePortName>
    /// The node's facts, if they changed; always set in the first delta.
    public var node: NodeFacts?

    public init(
        updated: ServicePortStates = [:], removed: Set<ServicePortName> = [], node: NodeFacts? = nil
    ) {
        self.updated = updated
        self.removed = removed
        self.node = node
    }

    public var isEmpty: Bool { updated.isEmpty && removed.isEmpty && node == nil }

    /// Returns the delta and empties it.
    public mutating func take() -> FamilyDelta {
        defer { self = FamilyDelta() }
        return self
    }

    /// Merges a later change into this one; a removed port may never have existed.
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

/// An endpoint of a Service port that gets no new connections by it any more.
public struct Departure: Hashable, Sendable {
    public var port: ServicePortKey
    public var endpoint: EndpointAddress
    /// As they were.
    public var frontends: [FrontendKey]
}

/// The changes in both families since the previous delta, and the work after the commit.
public struct ProxyDelta: Sendable {
    public var families: [IPFamily: FamilyDelta]
    /// Flows that may have to be deleted after the commit.
    public var staleFlows: StaleFlows
    /// When the endpoints in this delta last changed (`endpoints.kubernetes.io/last-change-trigger-time`), in seconds
    /// since 1970, by the family of their slices, for the network programming latency.
    public var triggerTimes: [IPFamily: [Double]]
    /// Empty unless the model is to tell.
    public var departures: [Departure] = []

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
