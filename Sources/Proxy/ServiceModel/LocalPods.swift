public import NetworkAddress

/// What tells pods on this node, in one IP family.
public struct LocalPods: Hashable, Sendable {
    public enum Match: Hashable, Sendable {
        case source(IPNetwork)
        /// By the name of the device that packets come in through, or what it begins with.
        case inputInterface(String, isPrefix: Bool)
    }

    /// What packets of a pod have in common; nil: nothing tells them.
    public var match: Match?
    /// Addresses of pods, for those who see no packets; nil: addresses do not tell.
    public var networks: [IPNetwork]?

    public init(match: Match? = nil, networks: [IPNetwork]? = []) {
        self.match = match
        self.networks = networks
    }

    /// Whose connections to cluster IPs are masqueraded, where not everybody's are.
    package var clusterIPMasquerading: Masquerading { match == nil ? .nobodys : .allButPodsHere }
}
