public import Dataplane
public import KubeClient
public import NetworkAddress
import NftablesDataplane
public import ServiceModel
public import SocketBalancing
public import StatusServing

/// Kernel limits for connection tracking; zero or false leaves the kernel's own value.
public struct ConntrackSettings: Hashable, Sendable {
    public var maxPerCore = 32 * 1024
    public var min = 128 * 1024
    public var tcpEstablishedTimeout = Duration.seconds(24 * 3600)
    public var tcpCloseWaitTimeout = Duration.seconds(3600)
    public var tcpBeLiberal = false
    public var udpTimeout = Duration.zero
    public var udpStreamTimeout = Duration.zero

    public init() {}
}

/// How to reach the API server.
public struct ClientSettings: Hashable, Sendable {
    /// Set by a process that embeds the proxy, instead of a kubeconfig.
    public var configuration: ClientConfiguration?
    /// Nil: in-cluster service account, unless `master` is set.
    public var kubeconfig: String?
    /// The API server's URL, from `--master`; overrides the kubeconfig's.
    public var master: String?
    /// Requests per second; below 0: no limit.
    public var qps = 5.0
    public var burst = 10

    public init() {}
}

/// The form of log lines.
public enum LogFormat: String, Sendable {
    case text
    case json
}

/// A validated configuration: the settings that `viaduct proxy` honours, in the types that it uses.
public struct ProxySettings: Hashable, Sendable {
    public var mode = Backend.nftables
    /// Nil: the host's name.
    public var nodeName: String?
    /// The node's primary address if the user gave one; nil: the Node object's.
    public var nodeAddress: IPAddress?
    public var healthzAddress: HostPort?
    public var metricsAddress: HostPort?
    /// Whether a failure to listen ends the process; it is retried otherwise.
    public var bindAddressHardFail = false
    /// The path of the status socket; nil: no socket.
    public var statusSocket: String?
    /// The number of endpoints whose connections are counted for metrics; 0: none.
    public var endpointMetrics = 0
    /// How long connections go on to an endpoint that gets no new ones; zero: until they end.
    public var drainTimeout = Duration.zero
    public var socketBalancing = SocketBalancingSettings()
    public var syncPeriod = Duration.seconds(30)
    public var minSyncPeriod = Duration.seconds(1)
    public var configSyncPeriod = Duration.seconds(900)
    public var masqueradeAll = false
    /// 0...31.
    public var masqueradeBit = 14
    /// Whether node ports are served on loopback addresses, too (iptables mode, IPv4).
    public var localhostNodePorts = true
    /// Fields of the mode's section that only its backend understands.
    public var options = BackendSettings.Options()
    public var detectLocal = LocalTrafficDetector.clusterCIDR([])
    public var nodePortAddresses = ServiceModelConfiguration.NodePortAddresses.primary
    /// Families for which a relay in this process serves node ports on loopback addresses.
    public var relayedLocalhostFamilies: Set<IPFamily> = []
    /// Whether `spec.externalIPs` of Services counts (the feature gate AllowServiceExternalIPs).
    public var servesExternalIPs = true
    public var servesFlagz = true
    public var servesStatusz = true
    /// -1000...1000.
    public var oomScoreAdj = -999
    public var conntrack = ConntrackSettings()
    public var client = ClientSettings()
    /// klog's verbosity: 0 is normal, 4 is debug.
    public var verbosity = 0
    public var logFormat = LogFormat.text

    /// The defaults of an empty configuration file.
    public init() {}

    /// Whether to serve node ports on IPv4 loopback addresses; in iptables mode the kernel must route them.
    public var servesNodePortsOnLoopback: Bool {
        let isAble =
            mode.capabilities.contains(.loopback)
            || mode.capabilities.contains(.localhostNodePorts) && localhostNodePorts
        return isAble && nodePortAddresses.includesLoopback(.ipv4)
    }

    /// The configuration of the service model.
    public func modelConfiguration(nodeName: String, families: Set<IPFamily>) -> ServiceModelConfiguration {
        ServiceModelConfiguration(
            nodeName: nodeName, families: families, nodePortAddresses: nodePortAddresses,
            servesNodePortsOnLoopback: servesNodePortsOnLoopback,
            relaysNodePortsOnLoopback: !relayedLocalhostFamilies.isEmpty, servesExternalIPs: servesExternalIPs,
            nodeIPOverride: nodeAddress, localTraffic: detectLocal, masqueradeAll: masqueradeAll,
            annotations: mode.annotations.union(socketBalancing.isEnabled ? SocketDecision.annotations : []),
            weightAnnotations: mode.weightAnnotations,
            tracksDepartures: drainTimeout > .zero)
    }

    /// A queued sync makes the proxy unhealthy after this long without success.
    public var healthTimeout: Duration { syncPeriod * 2 }
}
