import APISecurity
import APIServer
import ArgumentParser
import ProxyServer

/// How clients authenticate to the API server.
struct AuthenticationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Certificates of authorities whose client certificates are taken, besides the server's own; common name: "
                + "user, organizations: groups.", valueName: "file"))
    var clientCAFile: String?

    @Option(
        help: ArgumentHelp(
            "Bearer tokens: lines of token,user,uid,\"group1,group2\". Read again when it changes.", valueName: "file"))
    var tokenAuthFile: String?

    @Option(
        help: ArgumentHelp(
            "Take requests without credentials, as system:anonymous; the default is true on a loopback address and "
                + "false elsewhere.", valueName: "true|false"))
    var anonymousAuth: Bool?

    @Option(
        help: ArgumentHelp(
            "Private key (RSA or ECDSA, PEM) that signs service accounts' tokens; the default is one that the server "
                + "makes.", valueName: "file"))
    var serviceAccountSigningKeyFile: String?

    @Option(
        help: ArgumentHelp(
            "Further keys whose service account tokens are taken; may be given more than once.", valueName: "file"))
    var serviceAccountKeyFile: [String] = []

    @Option(
        help: ArgumentHelp(
            "Issuer of service accounts' tokens; the first issues, those of all are taken.", valueName: "url"))
    var serviceAccountIssuer: [String] = []

    @Option(
        name: .customLong("api-audiences"),
        help: ArgumentHelp(
            "Accepted audiences of tokens, separated by commas; the default is the issuer.", valueName: "strings"))
    var audiences: String?

    @Option(
        help: ArgumentHelp(
            "The longest time that a service account's token is valid, such as 24h.", valueName: "duration"))
    var serviceAccountMaxTokenExpiration: String?

    private static let defaultIssuer = "https://kubernetes.default.svc.cluster.local"

    func configuration(
        _ directory: CertificateDirectory, _ authority: CertificateAuthority, isLoopback: Bool
    ) throws -> APIServerConfiguration.Authentication {
        var authentication = APIServerConfiguration.Authentication()
        authentication.tokenFile = tokenAuthFile
        authentication.allowsAnonymous = anonymousAuth ?? isLoopback
        authentication.allowsAnonymousFromElsewhere = anonymousAuth ?? false
        var authorities = try authority.certificatePEM + "\n"
        if let clientCAFile {
            let text = try InputFile.readText(clientCAFile, flag: "--client-ca-file")
            try explained("--client-ca-file \(clientCAFile)") { _ = try ClientCertificates(authoritiesPEM: text) }
            authorities += text
        }
        authentication.clientCertificates = try ClientCertificates(authoritiesPEM: authorities)
        authentication.serviceAccounts = try serviceAccounts(directory)
        return authentication
    }

    private func serviceAccounts(_ directory: CertificateDirectory) throws -> ServiceAccountKeys {
        let signing =
            try serviceAccountSigningKeyFile.map {
                try InputFile.readText($0, flag: "--service-account-signing-key-file")
            }
            ?? directory.serviceAccountKeyPEM()
        var issuers = serviceAccountIssuer.filter { !$0.isEmpty }
        if issuers.isEmpty { issuers = [Self.defaultIssuer] }
        let audiences = (audiences ?? "").split(separator: ",").map(String.init)
        var keys = try explained("--service-account-signing-key-file \(serviceAccountSigningKeyFile ?? directory.path)")
        {
            try ServiceAccountKeys(signingKeyPEM: signing, issuers: issuers, audiences: audiences)
        }
        var further: [String] = []
        for path in serviceAccountKeyFile {
            further.append(try InputFile.readText(path, flag: "--service-account-key-file"))
            keys = try explained("--service-account-key-file \(path)") {
                try ServiceAccountKeys(signingKeyPEM: signing, keysPEM: further, issuers: issuers, audiences: audiences)
            }
        }
        if let text = serviceAccountMaxTokenExpiration {
            keys.maximumExpiration = try DurationText.parse(text, flag: "--service-account-max-token-expiration")
        }
        return keys
    }

    private func explained<Value>(_ place: String, _ work: () throws -> Value) throws -> Value {
        do {
            return try work()
        } catch {
            throw ValidationError("\(place): \(error)")
        }
    }
}
