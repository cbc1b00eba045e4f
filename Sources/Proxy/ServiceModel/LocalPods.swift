public import NetworkAddress

/// How to recognise pods on this node, in one IP family.
public struct LocalPods: Hashable, Sendable {
    public enum Match: Hashable, Sendable {
        case source(IPNetwork)
        /// By the name of the input device, or its prefix.
        case inputInterface(String, isPrefix: Bool)
    }

    /// The match for packets of local pods; nil: they cannot be recognised.
    public var match: Match?
    /// Addresses of local pods, for code that sees no packets; nil: not recognisable by addresses.
    public var networks: [IPNetwork]?

    public init(match: Match? = nil, networks: [IPNetwork]? = []) {
        self.match = match
        self.networks = networks
    }

    /// Which connections to cluster IPs are masqueraded, unless all are.
    package var clusterIPMasquerading: Masquerading { match == nil ? .nobodys : .allButPodsHere }
}
