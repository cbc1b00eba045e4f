import NetworkAddress
import ServiceModel

/// The status of a running proxy, from its status socket (`GET /v1/proxy`). Members may be added; existing ones do not
/// change within v1.
public struct ProxyStatus: Codable, Hashable, Sendable {
    static let target = "/v1/proxy"

    /// The version of this program.
    public var version: String
    /// The version of Kubernetes whose kube-proxy it replaces.
    public var kubernetesVersion: String
    public var processID: Int32
    /// The number of the network namespace that it programs, as `stat -L -c %i /proc/PID/ns/net` says; 0: unknown.
    public var networkNamespace: UInt64
    /// RFC 3339.
    public var startTime: String
    public var uptimeSeconds: Double
    public var mode: String
    /// In iptables mode only.
    public var iptablesEngine: String?
    /// API servers.
    public var servers: [String]
    /// Whether all objects have been listed, for which the first sync waits.
    public var hasListed: Bool
    public var node: Node
    /// By `IPv4` and `IPv6`.
    public var families: [String: Family]
    /// Nil: of an older proxy.
    public var shares: Shares?
    /// The parts of the configuration that decide where connections go.
    public var model: Model

    /// The node, from its object and from the host.
    public struct Node: Codable, Hashable, Sendable {
        public var name: String
        /// Empty: unknown.
        public var zone: String
        /// The primary one of each family, by the Node object.
        public var addresses: [String]
        public var podCIDRs: [String]
        public var serviceCIDRs: [String]
        /// Those of the host's interfaces.
        public var localAddresses: [String]
    }

    public struct Family: Codable, Hashable, Sendable {
        /// Seconds since its rules were first in force; nil: never.
        public var inForceSeconds: Double?
        /// Seconds since the last change was committed.
        public var programmedSeconds: Double?
        /// Seconds since the kernel was last known to hold the desired state.
        public var checkedSeconds: Double?
        /// How long changes have been waiting; nil: none wait.
        public var pendingSeconds: Double?
        /// Nil: the last attempt succeeded.
        public var failure: Failure?
        /// How many times others had changed the kernel's state.
        public var repairs: Int
        public var facts: Facts
    }

    public struct Failure: Codable, Hashable, Sendable {
        public var error: String
        public var attempts: Int
        public var seconds: Double
    }

    /// The ``NodeFacts`` that the backend got.
    public struct Facts: Codable, Hashable, Sendable {
        /// The node's primary address.
        public var nodeAddress: String?
        public var serviceCIDRs: [String]
        /// Addresses that accept node ports; nil: all of the host.
        public var nodePortAddresses: [String]?
        /// What packets of pods on this node have in common: `source 10.0.0.0/24`, `interface cni0`,
        /// `interface-prefix veth`; nil: they cannot be recognised.
        public var localPods: String?
        /// Addresses of pods on this node; nil: not recognisable by addresses.
        public var localPodNetworks: [String]?
        /// `nobodys`, `everybodys`, `nodes`, `allButPodsHere`.
        public var clusterIPMasquerading: String
    }

    /// ``ServiceModelConfiguration``.
    public struct Model: Codable, Hashable, Sendable {
        public var families: [String]
        public var serviceProxyName: String?
        /// `primary`, `all`, `networks` or `chosen`.
        public var nodePortAddresses: String
        public var nodePortNetworks: [String]
        /// With `chosen`: the primary addresses, too.
        public var includesPrimary: Bool
        public var servesNodePortsOnLoopback: Bool
        public var relaysNodePortsOnLoopback: Bool
        public var servesExternalIPs: Bool
        public var nodeAddressOverride: String?
        /// As `detectLocalMode`; empty: pods are not recognised.
        public var detectLocalMode: String
        /// Ranges, or the name or the prefix of interfaces.
        public var detectLocal: [String]
        public var masqueradeAll: Bool
        public var annotations: [String]
        public var weightAnnotations: [String]
    }
}
