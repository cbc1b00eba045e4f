import Dataplane
public import ServiceModel

/// Whether connections of sockets to a frontend are translated when they are made, or packet by packet.
public enum SocketDecision: Hashable, Sendable {
    /// - Parameter onlyNode: only those of sockets in the node's own network namespace.
    case translated(EndpointList, onlyNode: Bool)
    case left(Reason)

    /// Why they are left to the packet rules.
    public enum Reason: String, Hashable, Sendable, CaseIterable {
        case transport = "the program translates TCP and UDP"
        case noEndpoints = "no endpoint gets new connections"
        case sourceRanges = "source ranges are checked by packets' sources"
        case nodePortEverywhere = "node ports are served on all local addresses, which are not known here"
        case ejection = "answers of its endpoints are watched, and those of sockets are not seen"
        case tooManyEndpoints = "the list has more endpoints than slots"
    }

    /// Annotations of Services that decide.
    public static let annotations: Set<String> = [EjectionRule.annotation]

    /// - Parameters:
    ///   - isOnlyNode: whether sockets of pods are left alone anyway.
    ///
    /// A socket knows in whose network namespace it is: in the node's own it is the node's. In any other it is taken for one of
    /// a pod here, but only where it would be led to the same endpoints if it were not.
    public init(_ frontend: Frontend, of state: ServicePortState, _ node: NodeFacts, isOnlyNode: Bool) {
        let transport = frontend.key.transport
        guard transport == .tcp || transport == .udp else {
            self = .left(.transport)
            return
        }
        if frontend.kind == .loadBalancerIP, state.service.sourceRanges != nil {
            self = .left(.sourceRanges)
            return
        }
        if frontend.kind == .nodePort, node.nodePortAddresses == nil {
            self = .left(.nodePortEverywhere)
            return
        }
        let list = frontend.list(for: .node)
        guard state.service.annotations[EjectionRule.annotation] == nil else {
            self = .left(.ejection)
            return
        }
        guard case .balance = state.outcome(of: list) else {
            self = .left(.noEndpoints)
            return
        }
        guard state.endpoints(list).count <= SlotAssignment.maximumCount else {
            self = .left(.tooManyEndpoints)
            return
        }
        // What pods send is masqueraded where their addresses mean nothing to endpoints.
        let isMasqueraded = frontend.kind == .clusterIP && node.clusterIPMasquerading.includes(.podHere)
        self = .translated(list, onlyNode: isOnlyNode || frontend.dependsOnOrigin || isMasqueraded)
    }
}
