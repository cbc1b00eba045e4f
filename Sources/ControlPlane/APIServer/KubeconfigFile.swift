public import APISecurity
import FoundationEssentials
import JSONStream
import KubeAPI

/// The text of a kubeconfig for one server.
public struct KubeconfigFile: Sendable {
    /// Such as `https://127.0.0.1:6443`.
    public var server: String
    /// The name of the user's entry.
    public var user: String
    /// PEM of the authority that the server's certificate is of.
    public var authorityPEM: String?
    public var clientCertificate: CertificateAuthority.Issued?
    public var token: String?

    public init(
        server: String, user: String = "admin", authorityPEM: String? = nil,
        clientCertificate: CertificateAuthority.Issued? = nil, token: String? = nil
    ) {
        self.server = server
        self.user = user
        self.authorityPEM = authorityPEM
        self.clientCertificate = clientCertificate
        self.token = token
    }

    /// YAML, for `kubectl --kubeconfig`.
    public var text: String {
        var cluster: JSONValue = ["server": .string(server)]
        if let authorityPEM { cluster["certificate-authority-data"] = Self.data(authorityPEM) }
        var credentials: JSONValue = [:]
        if let clientCertificate {
            credentials["client-certificate-data"] = Self.data(clientCertificate.certificatePEM)
            credentials["client-key-data"] = Self.data(clientCertificate.keyPEM)
        }
        if let token { credentials["token"] = .string(token) }
        return """
            apiVersion: v1
            kind: Config
            clusters:
            - name: viaduct
              cluster: \(Self.flow(cluster))
            users:
            - name: \(Self.flow(.string(user)))
              user: \(Self.flow(credentials))
            contexts:
            - name: viaduct
              context: {cluster: viaduct, user: \(Self.flow(.string(user)))}
            current-context: viaduct

            """
    }

    private static func data(_ pem: String) -> JSONValue { .string(Base64.encode(pem.utf8)) }

    /// JSON is YAML.
    private static func flow(_ value: JSONValue) -> String { String(decoding: value.serialized(), as: UTF8.self) }
}
