import NetworkAddress

/// What the model was told of its node.
struct NodeState: Sendable, Equatable {
    /// Empty if unknown.
    var zone = ""
    /// The first InternalIP of each family, else the first ExternalIP.
    var addresses: [IPFamily: IPAddress] = [:]
    var podCIDRs: [IPNetwork] = []
    var serviceCIDRs: [IPNetwork] = []
    var localAddresses: [IPAddress] = []
    /// Not told yet.
    var problems: [ServiceProblem] = []
    var reported: Set<ServiceProblem> = []
}
