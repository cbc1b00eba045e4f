public import NetworkAddress

/// The model's input about its node.
public struct NodeState: Sendable, Equatable {
    /// Empty if unknown.
    public var zone = ""
    /// The first InternalIP of each family, else the first ExternalIP.
    public var addresses: [IPFamily: IPAddress] = [:]
    public var podCIDRs: [IPNetwork] = []
    public var serviceCIDRs: [IPNetwork] = []
    /// The addresses of this host's interfaces.
    public var localAddresses: [IPAddress] = []
    /// Not told yet.
    var problems: [ServiceProblem] = []
    var reported: Set<ServiceProblem> = []

    public init() {}
}
