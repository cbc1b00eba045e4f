/// The endpoints of a Service port that a connection may go to.
public enum EndpointList: UInt8, Hashable, Sendable, CaseIterable {
    /// The endpoints for the traffic policy Cluster, after topology.
    case cluster
    /// The endpoints for the traffic policy Local: on this node.
    case local
}

/// What happens to a new connection to a frontend. Other connections are not the proxy's.
public enum Outcome: Hashable, Sendable {
    /// It goes to one endpoint of the list, by weight; the list is not empty.
    case balance(EndpointList)
    /// It is refused: no endpoint exists anywhere.
    case reject
    /// It gets no answer: endpoints exist, but the traffic policy excludes all of them.
    case drop
}
