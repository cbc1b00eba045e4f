/// The endpoints of a Service port that a connection may go to.
public enum EndpointList: UInt8, Hashable, Sendable, CaseIterable {
    /// Those for the traffic policy Cluster, topology applied.
    case cluster
    /// Those for the traffic policy Local: on this node.
    case local
}

/// What becomes of a new connection to a frontend. One that no frontend names is not ours.
public enum Outcome: Hashable, Sendable {
    /// It goes to one endpoint of the list, by weight; the list is not empty.
    case balance(EndpointList)
    /// It is refused: there is no endpoint anywhere.
    case reject
    /// It gets no answer: endpoints exist, and the traffic policy keeps it from all of them.
    case drop
}
