/// How to reach an API server, and with which credentials.
public struct ClientConfiguration: Hashable, Sendable {
    public enum Credential: Hashable, Sendable {
        case token(String)
        /// A file that another program rotates; read again at least every minute.
        case tokenFile(String)
        case basic(username: String, password: String)
        /// A credential plugin.
        case exec(ExecPlugin)
    }

    /// PEM texts.
    public struct ClientCertificate: Hashable, Sendable {
        public var certificates: [UInt8]
        public var key: [UInt8]

        public init(certificates: [UInt8], key: [UInt8]) {
            self.certificates = certificates
            self.key = key
        }
    }

    /// Files with PEM texts; both may be in one.
    public struct CertificatePaths: Hashable, Sendable {
        public var certificates: String
        public var key: String

        public init(certificates: String, key: String) {
            self.certificates = certificates
            self.key = key
        }
    }

    public var server: ServerAddress
    /// Servers over the same store, tried one after the other when ``server`` does not answer.
    public var others: [ServerAddress] = []
    /// PEM texts of the authorities to trust; nil means the system's.
    public var certificateAuthorities: [UInt8]?
    public var skipsServerVerification = false
    /// The name the server's certificate must have, if it is not the server's host.
    public var tlsServerName: String?
    public var clientCertificate: ClientCertificate?
    /// Where ``clientCertificate`` was read from; it is read again when it is renewed there.
    public var clientCertificatePaths: CertificatePaths?
    public var credential: Credential?
    /// The default namespace; empty if the context names none.
    public var namespace = ""
    public var userAgent = ClientConfiguration.userAgent(version: "0.1.0")
    /// The time until the response begins and, unless it is a stream, ends.
    public var requestTimeout: Duration = .seconds(30)

    /// Limits requests other than lists and watches, which wait for the server anyway; nil: no limit.
    public var requestRate: RequestRate?

    public init(server: ServerAddress) {
        self.server = server
    }

    /// All servers, in the order in which they are tried.
    public var servers: [ServerAddress] { [server] + others }

    /// - Parameter servers: several URLs, separated by commas.
    /// - Throws: ``ConfigurationError`` at `place`.
    public init(servers text: String, place: String) throws(ConfigurationError) {
        let list = try ServerAddress.list(text, place: place)
        self.init(server: list.first)
        others = list.others
    }

    /// `viaduct/1.0.0 (linux/amd64)`
    public static func userAgent(version: String) -> String {
        #if arch(x86_64)
            let architecture = "amd64"
        #elseif arch(arm64)
            let architecture = "arm64"
        #else
            let architecture = "unknown"
        #endif
        return "viaduct/\(version) (linux/\(architecture))"
    }
}
