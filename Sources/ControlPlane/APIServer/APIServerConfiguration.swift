public import APISecurity
public import NetworkAddress
public import ObjectStore

/// How an ``APIServer`` runs.
public struct APIServerConfiguration: Sendable {
    /// Plain HTTP, for a loopback address: whoever comes there without credentials may do everything.
    public struct PlainServing: Hashable, Sendable {
        public var host: String
        /// 0 lets the system choose.
        public var port: Int

        public init(host: String = "127.0.0.1", port: Int = 0) {
            self.host = host
            self.port = port
        }
    }

    /// Who is known, and how they show who they are.
    public struct Authentication: Sendable {
        /// Nil: client certificates are not asked for.
        public var clientCertificates: ClientCertificates?
        /// Users by bearer token.
        public var tokens: [String: UserInfo] = [:]
        /// A file of further tokens; see `TokenFile`. Read again when it changes.
        public var tokenFile: String?
        /// Nil: no tokens for service accounts.
        public var serviceAccounts: ServiceAccountKeys?
        /// Whether hosts that join may show a bootstrap token.
        public var takesBootstrapTokens = false
        /// Whether requests without credentials are taken, as those of `system:anonymous`.
        public var allowsAnonymous = false
        /// Whether they are on connections to other addresses than loopback ones. If not, they learn there whether the
        /// server is well, and its version.
        public var allowsAnonymousFromElsewhere = true

        public init() {}
    }

    /// HTTPS; nil: none.
    public var secure: SecureServing?
    public var plain: PlainServing?
    /// Ranges of cluster IPs, at most one of each family; the first is the default family.
    public var serviceCIDRs: [IPNetwork]
    /// Node ports, both ends included; within 1...65535.
    public var nodePortRange: ClosedRange<Int>
    public var store: any ObjectStore
    /// Claimed as long as the server is; nil: it has none.
    public var dataDirectory: DataDirectory?
    public var authentication = Authentication()
    public var authorizationModes: [AuthorizationMode] = [.rbac]
    /// Whether pods get a service account and its token, as the admission plugin ServiceAccount has it. Somebody has to
    /// make the accounts then.
    public var admitsServiceAccounts = false
    public var limits = ServerLimits()
    /// How the server shows node agents who it is; nil: it does not, and they answer nothing that needs a user.
    public var nodeAccess: NodeAccess?
    /// Nil: no audit log.
    public var audit: AuditLog.Configuration?
    /// Where others reach the server, of the first service range's family: what the Service `kubernetes` leads to. If the
    /// server listens on loopback only, it listens there, too. Nil: nowhere.
    public var advertiseAddress: IPAddress?
    /// How long Events live after they were written last; zero: for ever.
    public var eventLifetime = Duration.seconds(3600)
    /// How long versions of objects that were changed or deleted stay watchable, at least; zero: for ever.
    public var compactionInterval = Duration.seconds(300)

    public init(
        secure: SecureServing? = nil, plain: PlainServing? = nil, serviceCIDRs: [IPNetwork],
        nodePortRange: ClosedRange<Int> = 30000...32767, store: any ObjectStore
    ) {
        self.secure = secure
        self.plain = plain
        self.serviceCIDRs = serviceCIDRs
        self.nodePortRange = nodePortRange
        self.store = store
    }

    /// What is wrong with the configuration.
    public struct Invalid: Error, CustomStringConvertible {
        public var description: String
    }

    func validate() throws {
        guard !serviceCIDRs.isEmpty, serviceCIDRs.count <= 2 else {
            throw Invalid(description: "one or two service cluster IP ranges are needed, got \(serviceCIDRs.count)")
        }
        guard Set(serviceCIDRs.map(\.family)).count == serviceCIDRs.count else {
            throw Invalid(description: "the two service cluster IP ranges must be of different IP families")
        }
        for range in serviceCIDRs where range.family.bitWidth - range.prefixLength < 3 {
            throw Invalid(
                description: "the service cluster IP range \(range) is too small: at least 8 addresses are needed")
        }
        guard nodePortRange.lowerBound >= 1, nodePortRange.upperBound <= 65535 else {
            throw Invalid(description: "node ports must be within 1-65535")
        }
        guard secure != nil || plain != nil else {
            throw Invalid(description: "neither HTTPS nor plain HTTP is to be served")
        }
        if let plain, IPAddress(plain.host)?.isLoopback != true {
            throw Invalid(
                description:
                    "plain HTTP is served on loopback addresses only, since everybody there may do everything; "
                    + "\(plain.host) is none")
        }
        guard !authorizationModes.isEmpty else { throw Invalid(description: "no authorization mode is given") }
    }
}
