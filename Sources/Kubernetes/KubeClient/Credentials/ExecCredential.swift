import JSONStream
import KubeAPI

/// What a credential plugin answers (client.authentication.k8s.io ExecCredential).
struct ExecCredential: Hashable, Sendable {
    var token: String?
    var certificate: ClientConfiguration.ClientCertificate?
    /// Nil: never.
    var expires: Timestamp?

    /// Far above any real answer.
    static let maximumSize = 1 << 20

    /// The plugin's input, in KUBERNETES_EXEC_INFO.
    static func request(_ plugin: ExecPlugin, _ configuration: ClientConfiguration) -> String {
        var spec: JSONValue = ["interactive": false]
        if plugin.providesClusterInfo {
            var cluster: JSONValue = ["server": .string(configuration.server.description)]
            if let name = configuration.tlsServerName { cluster["tls-server-name"] = .string(name) }
            if configuration.skipsServerVerification { cluster["insecure-skip-tls-verify"] = true }
            if let authorities = configuration.certificateAuthorities {
                cluster["certificate-authority-data"] = .string(Base64.encode(authorities))
            }
            spec["cluster"] = cluster
        }
        let object: JSONValue = [
            "kind": "ExecCredential", "apiVersion": .string(plugin.apiVersion), "spec": spec,
        ]
        return String(decoding: object.serialized(), as: UTF8.self)
    }

    init(parsing bytes: [UInt8], of plugin: ExecPlugin) throws(ExecPluginError) {
        // What it wrote may be a secret, so that no message shows any of it.
        guard let object = try? JSONValue(parsing: bytes), Self.text(object, "kind") == "ExecCredential" else {
            throw ExecPluginError(plugin, "did not print an ExecCredential object in JSON")
        }
        let version = Self.text(object, "apiVersion") ?? ""
        guard version == plugin.apiVersion else {
            throw ExecPluginError(
                plugin,
                "is configured to use API version \(plugin.apiVersion), and answered with version "
                    + "\"\(version.prefix(80))\"")
        }
        guard let status = object["status"] else { throw ExecPluginError(plugin, "did not return a status field") }
        token = Self.text(status, "token")
        switch (Self.text(status, "clientCertificateData"), Self.text(status, "clientKeyData")) {
        case (nil, nil): certificate = nil
        case (let chain?, let key?):
            certificate = .init(certificates: Array(chain.utf8), key: Array(key.utf8))
        default: throw ExecPluginError(plugin, "returned only one of certificate and key; both are needed")
        }
        guard token != nil || certificate != nil else {
            throw ExecPluginError(plugin, "did not return a token or a certificate with its key")
        }
        if let token, !token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
            throw ExecPluginError(plugin, "returned a token with white space or characters outside of ASCII")
        }
        guard let text = Self.text(status, "expirationTimestamp") else { return }
        guard let time = Timestamp(text) else {
            throw ExecPluginError(plugin, "returned an expirationTimestamp that is no time in RFC 3339")
        }
        expires = time
    }

    private static func text(_ value: JSONValue, _ name: String) -> String? {
        guard case .string(let text)? = value[name], !text.isEmpty else { return nil }
        return text
    }
}
