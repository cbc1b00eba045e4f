public import KubeClient

/// How a node agent runs.
public struct NodeAgentConfiguration: Sendable {
    public enum CgroupDriver: String, Hashable, Sendable {
        case cgroupfs
        case systemd
    }

    /// How the agent's HTTPS server shows who it is, and whose certificates it takes.
    public struct Serving: Sendable {
        public var host = "::"
        public var certificatePEM: String
        public var keyPEM: String
        /// A certificate with its key, in one PEM text, that takes the place of the first one from then on; nil: none yet.
        public var current: (@Sendable () -> String?)?
        /// PEM of the authorities of clients' certificates; nil: only tokens count.
        public var clientAuthorities: [UInt8]?

        public init(certificatePEM: String, keyPEM: String, clientAuthorities: [UInt8]? = nil) {
            self.certificatePEM = certificatePEM
            self.keyPEM = keyPEM
            self.clientAuthorities = clientAuthorities
        }
    }

    public var nodeName: String
    /// The addresses to report; the first is the primary one.
    public var nodeAddresses: [String]
    /// Labels of the Node besides those that every node has.
    public var labels: [String: String] = [:]
    /// Where pods' volumes lie.
    public var rootDirectory = "/var/lib/viaduct/node"
    public var logDirectory = "/var/log/pods"
    /// Static pods: a directory with a manifest of one Pod a file; nil: there are none.
    public var manifestDirectory: String?
    /// Addresses of the cluster's DNS; empty: pods resolve as the host does.
    public var clusterDNS: [String] = []
    public var clusterDomain = "cluster.local"
    public var resolverFile = "/etc/resolv.conf"
    public var cgroupDriver = CgroupDriver.cgroupfs
    public var maximumPods = 110
    /// The port of the agent's HTTPS server, as the Node tells it.
    public var port: UInt16 = 10250
    /// Nil: there is no server.
    public var serving: Serving?
    /// How often volumes are looked at although no pod changed.
    public var volumePeriod = Duration.seconds(10)
    public var heartbeat = NodeHeartbeat.Periods()

    public init(nodeName: String, nodeAddresses: [String]) {
        self.nodeName = nodeName
        self.nodeAddresses = nodeAddresses
    }
}
