public import NetworkAddress

/// The configuration of a ``ServiceModel``, about its node and the proxy; fixed for its life.
public struct ServiceModelConfiguration: Sendable, Hashable {
    /// Which local addresses accept node ports (`nodePortAddresses`).
    public enum NodePortAddresses: Sendable, Hashable {
        /// The node's primary address of each family; all local addresses of a family in which the node has none.
        /// Upstream's default in nftables mode.
        case primary
        /// Every local address. The backend decides about loopback.
        case all
        /// The local addresses in these ranges. A family without a range accepts node ports on all its addresses, as
        /// does a family with a range of prefix length 0.
        case networks([IPNetwork])
        /// The local addresses in these ranges and, with `primary`, the node's primary address of each family; a family
        /// without any accepts no node ports.
        case chosen([IPNetwork], primary: Bool)

        /// Whether they change with the addresses of the host.
        public var followsLocalAddresses: Bool {
            switch self {
            case .primary, .all: false
            case .networks, .chosen: true
            }
        }
    }

    /// The name of the Node object that this proxy runs on; endpoints with it as `nodeName` are local.
    public var nodeName: String
    /// The families that are programmed; objects of others are ignored.
    public var families: Set<IPFamily>
    /// Only Services whose label `service.kubernetes.io/service-proxy-name` has this value are proxied; nil: only those
    /// without that label.
    public var serviceProxyName: String?
    public var nodePortAddresses: NodePortAddresses
    /// Whether IPv4 loopback addresses that `nodePortAddresses` names accept node ports.
    public var servesNodePortsOnLoopback: Bool
    /// Whether something other than the backend serves node ports on loopback addresses, so that `nodePortAddresses`
    /// may name them.
    public var relaysNodePortsOnLoopback: Bool
    /// Whether `spec.externalIPs` is honoured.
    public var servesExternalIPs: Bool
    /// Replaces the Node object's address of its family: `bindAddress`, unless that is 0.0.0.0 or ::.
    public var nodeIPOverride: IPAddress?
    /// How to recognise clients that are pods on this node.
    public var localTraffic: LocalTrafficDetector
    /// Whether all connections to cluster IPs are masqueraded.
    public var masqueradeAll: Bool
    /// Annotations of Services that the backend reads (``ServicePort/annotations``).
    public var annotations: Set<String>
    /// Annotations that give endpoints weights; the first one on a Service counts. Empty if the backend has no weights.
    public var weightAnnotations: [String]

    /// Whether deltas list endpoints that no longer get new connections.
    public var tracksDepartures: Bool

    public init(
        nodeName: String, families: Set<IPFamily> = [.ipv4, .ipv6], serviceProxyName: String? = nil,
        nodePortAddresses: NodePortAddresses = .primary, servesNodePortsOnLoopback: Bool = false,
        relaysNodePortsOnLoopback: Bool = false, servesExternalIPs: Bool = true, nodeIPOverride: IPAddress? = nil,
        localTraffic: LocalTrafficDetector = .none, masqueradeAll: Bool = false, annotations: Set<String> = [],
        weightAnnotations: [String] = [], tracksDepartures: Bool = false
    ) {
        self.nodeName = nodeName
        self.families = families
        self.serviceProxyName = serviceProxyName
        self.nodePortAddresses = nodePortAddresses
        self.servesNodePortsOnLoopback = servesNodePortsOnLoopback
        self.relaysNodePortsOnLoopback = relaysNodePortsOnLoopback
        self.servesExternalIPs = servesExternalIPs
        self.nodeIPOverride = nodeIPOverride
        self.localTraffic = localTraffic
        self.masqueradeAll = masqueradeAll
        self.annotations = annotations
        self.weightAnnotations = weightAnnotations
        self.tracksDepartures = tracksDepartures
    }

    /// The families in a fixed order.
    var orderedFamilies: [IPFamily] { IPFamily.allCases.filter(families.contains) }
}
