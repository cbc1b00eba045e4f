/// One port of a Service with the endpoints that this node sends its traffic to: the unit that backends program.
///
/// Addresses and node ports that another Service claims already are taken out (see ``ServiceModel``), so that no two
/// states of one family share one.
public struct ServicePortState: Hashable, Sendable {
    public var service: ServicePort
    /// Endpoints for the Cluster traffic policy, topology applied, sorted, without duplicates; empty if unused.
    public var clusterEndpoints: [EndpointAddress]
    /// Endpoints for the Local traffic policy, sorted, without duplicates; empty if unused.
    public var localEndpoints: [EndpointAddress]
    /// Those of either list that run on this node, or may do so since their slice names no node: they can reach
    /// themselves through the Service.
    public var endpointsOnThisNode: Set<EndpointAddress>
    /// Whether there is a usable endpoint on any node.
    public var hasAnyEndpoints: Bool

    public init(
        service: ServicePort, clusterEndpoints: [EndpointAddress] = [], localEndpoints: [EndpointAddress] = [],
        endpointsOnThisNode: Set<EndpointAddress> = [], hasAnyEndpoints: Bool? = nil
    ) {
        self.service = service
        self.clusterEndpoints = clusterEndpoints
        self.localEndpoints = localEndpoints
        self.endpointsOnThisNode = endpointsOnThisNode
        self.hasAnyEndpoints = hasAnyEndpoints ?? !(clusterEndpoints.isEmpty && localEndpoints.isEmpty)
    }

    /// For connections to the cluster IP.
    public var internalEndpoints: [EndpointAddress] {
        service.internalPolicyLocal ? localEndpoints : clusterEndpoints
    }

    /// For connections to node ports, external and load balancer addresses that come from outside.
    public var externalEndpoints: [EndpointAddress] {
        service.externalPolicyLocal ? localEndpoints : clusterEndpoints
    }
}
