import KubeAPI
import Logging
import NIOSSL

/// The credentials of a request, if they can change during a client's life.
struct RequestCredential: Sendable {
    /// A bearer token.
    var token: String?
    /// With the client certificate; nil: the client's own settings.
    var tls: TLSConfiguration?
    /// Tells it from earlier and later ones of a plugin.
    var number = 0
}

/// Where the credentials of requests come from.
enum CredentialSource: Sendable {
    case tokenFile(TokenFile)
    case plugin(CredentialPlugin)
    case certificateFiles(CertificateFiles)

    /// - Returns: the source, if credentials change, or the value of the Authorization header, if there is one.
    static func make(
        _ configuration: ClientConfiguration, logger: Logger
    ) throws(ConfigurationError) -> (CredentialSource?, authorization: String?) {
        switch configuration.credential {
        case .tokenFile(let path): (.tokenFile(try TokenFile(path: path)), nil)
        case .exec(let plugin): (.plugin(CredentialPlugin(plugin, configuration, logger: logger)), nil)
        case .token(let token): (nil, "Bearer \(token)")
        case .basic(let username, let password):
            (nil, "Basic " + Base64.encode(Array("\(username):\(password)".utf8)))
        case nil:
            (
                try configuration.clientCertificatePaths.map { paths throws(ConfigurationError) in
                    .certificateFiles(try CertificateFiles(paths, configuration))
                }, nil
            )
        }
    }

    func current() async throws(ExecPluginError) -> RequestCredential {
        switch self {
        case .tokenFile(let file): RequestCredential(token: file.token())
        case .plugin(let plugin): try await plugin.current()
        case .certificateFiles(let files): files.current()
        }
    }

    /// The server refused `used`. Returns another one, if there is one by now.
    func current(insteadOf used: RequestCredential) async throws(ExecPluginError) -> RequestCredential? {
        switch self {
        case .tokenFile(let file):
            guard let token = used.token else { return nil }
            return file.token(insteadOf: token).map { RequestCredential(token: $0) }
        case .plugin(let plugin): return try await plugin.current(insteadOf: used)
        case .certificateFiles(let files): return files.current(insteadOf: used)
        }
    }
}
