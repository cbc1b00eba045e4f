/// How an ``EtcdStore`` reaches etcd and where it keeps its keys.
public struct EtcdConfiguration: Sendable {
    /// Files in PEM, read when the store is made.
    public struct TLSFiles: Hashable, Sendable {
        /// Certificates of the authorities that servers' certificates are to be of; nil: the system's.
        public var authorities: String?
        /// The client's certificate chain, leaf first; nil, as the key is: none.
        public var certificate: String?
        public var key: String?

        public init(authorities: String? = nil, certificate: String? = nil, key: String? = nil) {
            self.authorities = authorities
            self.certificate = certificate
            self.key = key
        }
    }

    /// kube-apiserver's default.
    public static let defaultPrefix = "/registry"

    /// Members of one cluster, at least one. One after the other is asked, beginning with the first.
    public var endpoints: [EtcdEndpoint]
    public var tls: TLSFiles
    /// What stands before all keys in etcd.
    public var prefix: String
    /// The beginning of all keys of this store, which `prefix` takes the place of in etcd.
    public var root: String
    /// When a request is given up.
    public var requestTimeout = Duration.seconds(10)
    /// When a read is tried with another member. A write is not, once it has been sent: it may be done.
    public var attemptTimeout = Duration.seconds(2)
    /// How often the member in use is asked whether it still works with the others, where there are several.
    public var probeInterval = Duration.milliseconds(500)

    public init(
        endpoints: [EtcdEndpoint], tls: TLSFiles = TLSFiles(), prefix: String = defaultPrefix, root: String = ""
    ) {
        self.endpoints = endpoints
        self.tls = tls
        self.prefix = prefix
        self.root = root
    }
}
