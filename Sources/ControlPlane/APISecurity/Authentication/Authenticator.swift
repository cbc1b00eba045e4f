import HTTPTypes
import NetworkAddress
import Synchronization

/// Finds out who sent a request: client certificate, then bearer token, then nobody in particular.
package final class Authenticator: Sendable {
    private let certificates: ClientCertificates?
    private let fixedTokens: SecretTable<UserInfo>
    private let fileTokens = Mutex(SecretTable<UserInfo>())
    private let serviceAccounts: ServiceAccountTokens?
    private let bootstrapTokens: BootstrapTokens?
    private let allowsAnonymous: Bool
    private let allowsAnonymousFromElsewhere: Bool

    /// What everybody may ask who reaches the server, where anonymous requests are taken at all.
    private static let openPaths: Set = ["healthz", "livez", "readyz", "version"]

    package init(
        certificates: ClientCertificates?, tokens: [String: UserInfo], serviceAccounts: ServiceAccountTokens?,
        bootstrapTokens: BootstrapTokens? = nil, allowsAnonymous: Bool, allowsAnonymousFromElsewhere: Bool = true
    ) {
        self.certificates = certificates
        var table = SecretTable<UserInfo>()
        for (token, user) in tokens { table[token] = user.authenticated }
        fixedTokens = table
        self.serviceAccounts = serviceAccounts
        self.bootstrapTokens = bootstrapTokens
        self.allowsAnonymous = allowsAnonymous
        self.allowsAnonymousFromElsewhere = allowsAnonymousFromElsewhere
    }

    /// Takes the tokens of a file in place of those that it had before.
    func replaceFileTokens(_ file: TokenFile) {
        var table = SecretTable<UserInfo>()
        for (token, user) in file.users { table[token] = user.authenticated }
        fileTokens.withLock { [table] in $0 = table }
    }

    /// - Parameters:
    ///   - host: what the client called this server, a port included.
    ///   - path: what is asked for.
    /// - Throws: ``AuthenticationFailure`` if credentials are missing or wrong.
    package func user(
        _ authorization: String, host: String, path: [String] = [], _ connection: (any ClientConnection)?
    ) async throws(AuthenticationFailure) -> UserInfo {
        var failure: AuthenticationFailure?
        if let certificates, let leaf = await connection?.clientCertificate() {
            do {
                if let user = try await certificates.user(leaf) { return user.authenticated }
            } catch {
                failure = error
            }
        }
        if let token = BearerToken.parse(authorization) { return try await user(token: token, audiences: []).user }
        if let failure { throw failure }
        if connection?.isSecure == false {
            // A browser on this host must not be led here by a name of somebody else's.
            guard Self.isLoopback(host) else { throw AuthenticationFailure("plain HTTP for the host \(host)") }
            return .unsecured
        }
        if allowsAnonymous {
            let isOpen = path.first.map(Self.openPaths.contains) ?? false
            if allowsAnonymousFromElsewhere || isOpen || connection?.isToLoopback ?? true { return .anonymous }
        }
        throw AuthenticationFailure("no credentials")
    }

    static func isLoopback(_ host: String) -> Bool {
        var name = host[...]
        if name.first == "[" {
            name = name.dropFirst().prefix { $0 != "]" }
        } else if let colon = name.lastIndex(of: ":") {
            name = name[..<colon]
        }
        return name == "localhost" || IPAddress(String(name))?.isLoopback == true
    }

    /// The user of a token.
    /// - Parameter audiences: those that the token may be for; empty: the API server's own.
    package func user(
        token: String, audiences: [String]
    ) async throws(AuthenticationFailure) -> (user: UserInfo, audiences: [String]) {
        let fileTokens = fileTokens.withLock { $0 }
        if let user = fixedTokens[token] ?? fileTokens[token] { return (user, audiences) }
        if let user = try bootstrapTokens?.user(token) { return (user.authenticated, audiences) }
        guard let serviceAccounts else { throw AuthenticationFailure("unknown token", isForeign: true) }
        return try await serviceAccounts.user(token: token, audiences: audiences)
    }
}
