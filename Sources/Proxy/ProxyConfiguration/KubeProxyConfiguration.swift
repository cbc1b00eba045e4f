/// The configuration file of kube-proxy: `KubeProxyConfiguration` of `kubeproxy.config.k8s.io/v1alpha1`, as written.
///
/// A new value has the defaults of kube-proxy v1.36 for Linux. ``ProxySettings`` is its validated form.
public struct KubeProxyConfiguration: Hashable, Sendable {
    /// The default path of the status socket.
    public static let defaultStatusSocket = "/run/viaduct/proxy.sock"

    public static let apiVersion = "kubeproxy.config.k8s.io/v1alpha1"
    public static let kind = "KubeProxyConfiguration"

    /// `clientConnection` (component-base ClientConnectionConfiguration).
    public struct ClientConnection: Hashable, Sendable {
        public var kubeconfig = ""
        public var acceptContentTypes = ""
        public var contentType = "application/vnd.kubernetes.protobuf"
        /// Requests a second.
        public var qps = 5.0
        public var burst: Int32 = 10
    }

    /// `logging` (component-base LoggingConfiguration).
    public struct Logging: Hashable, Sendable {
        /// `options.text` and `options.json`.
        public struct Routing: Hashable, Sendable {
            public var splitStream = false
            /// A quantity of bytes.
            public var infoBufferSize = "0"
        }

        public struct Options: Hashable, Sendable {
            public var text = Routing()
            public var json = Routing()
        }

        public struct ModulePattern: Hashable, Sendable {
            public var filePattern = ""
            public var verbosity: Int32 = 0
        }

        public var format = "text"
        public var flushFrequency = Duration.seconds(5)
        public var verbosity: Int32 = 0
        public var vmodule: [ModulePattern] = []
        public var options = Options()
    }

    public struct IPTables: Hashable, Sendable {
        public var masqueradeBit: Int32 = 14
        public var masqueradeAll = false
        public var localhostNodePorts = true
        /// `blob` or `libiptc`; a field that upstream does not have.
        public var engine = "blob"
        public var syncPeriod = Duration.seconds(30)
        public var minSyncPeriod = Duration.seconds(1)
    }

    public struct IPVS: Hashable, Sendable {
        public var syncPeriod = Duration.seconds(30)
        public var minSyncPeriod = Duration.zero
        public var scheduler = ""
        public var excludeCIDRs: [String] = []
        public var strictARP = false
        public var tcpTimeout = Duration.zero
        public var tcpFinTimeout = Duration.zero
        public var udpTimeout = Duration.zero
    }

    public struct NFTables: Hashable, Sendable {
        public var masqueradeBit: Int32 = 14
        public var masqueradeAll = false
        public var syncPeriod = Duration.seconds(30)
        /// 0: every change is applied at once. Unlike upstream, an explicit 0 is 0 and not the default.
        public var minSyncPeriod = Duration.seconds(1)
    }

    /// For Windows only; no effect here.
    public struct Winkernel: Hashable, Sendable {
        public var networkName = ""
        public var sourceVip = ""
        public var enableDSR = false
        public var rootHnsEndpointName = ""
        public var forwardHealthCheckVip = false
    }

    public struct DetectLocal: Hashable, Sendable {
        public var bridgeInterface = ""
        public var interfaceNamePrefix = ""
    }

    public struct Conntrack: Hashable, Sendable {
        public var maxPerCore: Int32 = 32 * 1024
        public var min: Int32 = 128 * 1024
        public var tcpEstablishedTimeout = Duration.seconds(24 * 3600)
        public var tcpCloseWaitTimeout = Duration.seconds(3600)
        public var tcpBeLiberal = false
        public var udpTimeout = Duration.zero
        public var udpStreamTimeout = Duration.zero
    }

    /// The balancing of sockets' connections by eBPF; a section that upstream does not have.
    public struct SocketBalancing: Hashable, Sendable {
        public var enabled = false
        /// Whether to go on without it where the kernel lacks something.
        public var fallback = false
        public var nodeOnly = false
        /// Empty: the root of the hierarchy.
        public var cgroup = ""
    }

    public var featureGates: [String: Bool] = [:]
    public var clientConnection = ClientConnection()
    public var logging = Logging()
    public var hostnameOverride = ""
    public var bindAddress = "0.0.0.0"
    /// Empty: no server. A file cannot set that, since empty there means the default; the flag can.
    public var healthzBindAddress = "0.0.0.0:10256"
    public var metricsBindAddress = "127.0.0.1:10249"
    public var bindAddressHardFail = false
    /// The path of the status socket; `none` or empty: no socket. A field that upstream does not have.
    public var statusSocket = KubeProxyConfiguration.defaultStatusSocket
    /// The number of endpoints whose connections are counted for metrics; 0: none. A field that upstream does not have.
    public var endpointMetrics: Int32 = 0
    /// How long connections go on to an endpoint that gets no new ones; 0: until they end. A field that upstream does not
    /// have.
    public var drainTimeout = Duration.zero
    public var socketBalancing = SocketBalancing()
    public var enableProfiling = false
    public var showHiddenMetricsForVersion = ""
    /// Empty: nftables. (Upstream: iptables.)
    public var mode = ""
    public var iptables = IPTables()
    public var ipvs = IPVS()
    public var nftables = NFTables()
    public var winkernel = Winkernel()
    /// Empty: ClusterCIDR.
    public var detectLocalMode = ""
    public var detectLocal = DetectLocal()
    public var clusterCIDR = ""
    /// Empty: `primary` in nftables mode, all local addresses in the others.
    public var nodePortAddresses: [String] = []
    public var oomScoreAdj: Int32 = -999
    public var conntrack = Conntrack()
    public var configSyncPeriod = Duration.seconds(15 * 60)
    public var portRange = ""
    public var windowsRunAsService = false

    public init() {}
}
