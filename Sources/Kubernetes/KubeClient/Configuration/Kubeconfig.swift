import KubeAPI

/// A kubeconfig file (client-go's `tools/clientcmd/api/v1` Config), YAML or JSON.
public struct Kubeconfig: Sendable {
    private let path: String
    private let root: ConfigNode

    /// - Throws: ``ConfigurationError`` if the file cannot be read or is neither YAML nor JSON.
    public init(path: String) throws(ConfigurationError) {
        let bytes: [UInt8]
        do {
            bytes = try FileReader.bytes(of: path)
        } catch {
            throw ConfigurationError(path, "cannot read the kubeconfig: \(error.reason)")
        }
        try self.init(parsing: bytes, path: path)
    }

    /// - Parameter path: for messages, and as the base of relative paths in the file.
    public init(parsing bytes: [UInt8], path: String) throws(ConfigurationError) {
        self.path = path
        root = try ConfigNode(parsing: bytes, file: path)
    }

    /// The configuration of one context.
    /// - Parameters:
    ///   - context: nil for the file's `current-context`.
    ///   - master: a server to use instead of the cluster's.
    /// - Throws: ``ConfigurationError``
    public func configuration(
        context name: String? = nil, master: String? = nil
    ) throws(ConfigurationError) -> ClientConfiguration {
        let file = try ConfigSection(root, place: path, isWholeFile: true)
        if let kind = try file.string("kind"), kind != "Config" {
            throw file.error("kind", "expected Config, found \(kind): this is no kubeconfig")
        }
        let fallback = try file.string("current-context")
        let current = name ?? fallback
        var cluster = try ConfigSection(.null, place: "\(path): clusters")
        var user = try ConfigSection(.null, place: "\(path): users")
        var namespace = ""
        if let current {
            let context = try entry(current, of: "contexts", holding: "context", in: file, namedBy: "current-context")
            if let name = try context.string("cluster") {
                cluster = try entry(name, of: "clusters", holding: "cluster", in: file, namedBy: context.place)
            } else if master == nil {
                throw context.error("cluster", "the field is missing; name one of the clusters")
            }
            if let name = try context.string("user") {
                user = try entry(name, of: "users", holding: "user", in: file, namedBy: context.place)
            }
            namespace = try context.string("namespace") ?? ""
        } else if master == nil {
            throw file.error("current-context", "the field is missing; run kubectl config use-context NAME")
        }
        var configuration = try self.cluster(cluster, master: master)
        configuration.namespace = namespace
        try apply(user, to: &configuration)
        return configuration
    }

    /// The element of a list of named entries: `clusters: [{name: a, cluster: {...}}]`.
    private func entry(
        _ name: String, of list: String, holding field: String, in file: ConfigSection, namedBy source: String
    ) throws(ConfigurationError) -> ConfigSection {
        var names: [String] = []
        for (index, node) in try file.sequence(list).enumerated() {
            let element = try ConfigSection(node, place: "\(path): \(list)[\(index)]")
            guard let found = try element.string("name") else {
                throw element.error("name", "the field is missing")
            }
            if found == name {
                var section = try element.section(field)
                section.place = "\(path): \(list)[\"\(name)\"]"
                return section
            }
            names.append("\"\(found)\"")
        }
        throw ConfigurationError(
            "\(path): \(list)",
            "there is no \"\(name)\", which \(shortened(source)) names; "
                + (names.isEmpty ? "the list is empty" : "it has \(names.joined(separator: ", "))"))
    }

    private func shortened(_ place: String) -> String {
        place.hasPrefix("\(path): ") ? String(place.dropFirst(path.count + 2)) : place
    }

    private func cluster(_ cluster: ConfigSection, master: String?) throws(ConfigurationError) -> ClientConfiguration {
        if cluster.has("proxy-url") {
            throw cluster.error("proxy-url", "proxies are not supported; name a server that is reachable directly")
        }
        let authority = try pem("certificate-authority", of: cluster)
        let skips = try cluster.bool("insecure-skip-tls-verify")
        let isSecure = authority != nil || skips
        var servers: (first: ServerAddress, others: [ServerAddress])
        if let master {
            servers = try ServerAddress.list(master, isSecureByDefault: isSecure, place: "--master")
        } else if let text = try cluster.string("server") {
            servers = try ServerAddress.list(text, isSecureByDefault: isSecure, place: "\(cluster.place).server")
            for other in try others(cluster, isSecure) where other != servers.first && !servers.others.contains(other) {
                servers.others.append(other)
            }
        } else {
            throw cluster.error("server", "the field is missing; write one like https://10.0.0.1:6443")
        }
        if skips, authority != nil {
            throw cluster.error(
                "insecure-skip-tls-verify", "it contradicts the certificate-authority; remove one of the two")
        }
        var configuration = ClientConfiguration(server: servers.first)
        configuration.others = servers.others
        configuration.certificateAuthorities = authority
        configuration.skipsServerVerification = skips
        configuration.tlsServerName = try cluster.string("tls-server-name")
        try configuration.checkCertificates(place: "\(cluster.place).certificate-authority")
        return configuration
    }

    /// Further servers of the cluster, where clients that know only one look past them: in the cluster's extension
    /// `viaduct`, whose `servers` are URLs.
    private func others(
        _ cluster: ConfigSection, _ isSecure: Bool
    ) throws(ConfigurationError) -> [ServerAddress] {
        var others: [ServerAddress] = []
        for (index, node) in try cluster.sequence("extensions").enumerated() {
            let entry = try ConfigSection(node, place: "\(cluster.place).extensions[\(index)]")
            guard try entry.string("name") == "viaduct" else { continue }
            let extra = try entry.section("extension")
            for (number, server) in try extra.sequence("servers").enumerated() {
                guard case .scalar(let text) = server else {
                    throw extra.error("servers[\(number)]", "expected a URL like https://10.0.0.2:6443")
                }
                others.append(
                    try ServerAddress(
                        text, isSecureByDefault: isSecure, place: "\(extra.place).servers[\(number)]"))
            }
        }
        return others
    }

    private func apply(_ user: ConfigSection, to configuration: inout ClientConfiguration) throws(ConfigurationError) {
        let remedy = "use a token, a tokenFile, a client certificate or an exec plugin"
        if user.has("auth-provider") { throw user.error("auth-provider", "it is not supported; \(remedy)") }
        for field in ["as", "as-uid", "as-groups", "as-user-extra"] where user.has(field) {
            throw user.error(field, "impersonation is not supported; use the credentials of that user")
        }
        try applyCertificate(user, to: &configuration)
        if let file = try user.string("tokenFile") {
            let path = resolved(file)
            _ = try TokenFile.read(path, place: "\(user.place).tokenFile")
            configuration.credential = .tokenFile(path)
        } else if let token = try user.string("token") {
            guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw user.error("token", "it holds white space or characters outside of ASCII")
            }
            configuration.credential = .token(token)
        } else if let username = try user.string("username") {
            guard let password = try user.string("password") else {
                throw user.error("password", "the field is missing, but there is a username")
            }
            configuration.credential = .basic(username: username, password: password)
        } else if user.has("exec") {
            configuration.credential = .exec(try execPlugin(user.section("exec")))
        }
    }

    /// Validates like client-go. There is no terminal here, so a plugin that needs one is refused.
    private func execPlugin(_ exec: ConfigSection) throws(ConfigurationError) -> ExecPlugin {
        guard let version = try exec.string("apiVersion"), ExecPlugin.apiVersions.contains(version) else {
            throw exec.error("apiVersion", "it must be \(ExecPlugin.apiVersions.joined(separator: " or "))")
        }
        guard let command = try exec.string("command") else {
            throw exec.error("command", "the field is missing; name the program")
        }
        switch try exec.string("interactiveMode") {
        case "Never", "IfAvailable": break
        case nil where version == ExecPlugin.apiVersions.last: break
        case nil: throw exec.error("interactiveMode", "the field is missing; write Never or IfAvailable")
        case "Always": throw exec.error("interactiveMode", "nobody can be asked here; write Never or IfAvailable")
        case let mode?: throw exec.error("interactiveMode", "\"\(mode)\" is none of Never, IfAvailable and Always")
        }
        var plugin = ExecPlugin(
            apiVersion: version, command: command.contains("/") ? resolved(command) : command, place: exec.place)
        for (index, node) in try exec.sequence("args").enumerated() {
            guard case .scalar(let text) = node else { throw exec.error("args[\(index)]", "expected a text") }
            plugin.arguments.append(text)
        }
        for (index, node) in try exec.sequence("env").enumerated() {
            let variable = try ConfigSection(node, place: "\(exec.place).env[\(index)]")
            guard let name = try variable.string("name") else {
                throw variable.error("name", "the field is missing")
            }
            plugin.environment.append(.init(name: name, value: try variable.string("value") ?? ""))
        }
        plugin.installHint = try exec.string("installHint") ?? ""
        plugin.providesClusterInfo = try exec.bool("provideClusterInfo")
        return plugin
    }

    private func applyCertificate(
        _ user: ConfigSection, to configuration: inout ClientConfiguration
    ) throws(ConfigurationError) {
        switch (try pem("client-certificate", of: user), try pem("client-key", of: user)) {
        case (nil, nil):
            break
        case (let certificates?, let key?):
            configuration.clientCertificate = .init(certificates: certificates, key: key)
            configuration.clientCertificatePaths = try certificatePaths(user)
            try configuration.checkCertificates(place: "\(user.place).client-certificate")
        case (nil, _):
            throw user.error("client-certificate", "the field is missing, but there is a client-key")
        case (_, nil):
            throw user.error("client-key", "the field is missing, but there is a client-certificate")
        }
    }

    /// Nil where the texts stand in the kubeconfig itself.
    private func certificatePaths(
        _ user: ConfigSection
    ) throws(ConfigurationError) -> ClientConfiguration.CertificatePaths? {
        guard !user.has("client-certificate-data"), !user.has("client-key-data"),
            let certificates = try user.string("client-certificate"), let key = try user.string("client-key")
        else { return nil }
        return .init(certificates: resolved(certificates), key: resolved(key))
    }

    /// `NAME-data` in base 64, or else the file `NAME`.
    private func pem(_ name: String, of section: ConfigSection) throws(ConfigurationError) -> [UInt8]? {
        if let text = try section.string("\(name)-data") {
            guard let bytes = Base64.decode(text, allowsSpace: true) else {
                throw section.error("\(name)-data", "it is not base 64")
            }
            return bytes
        }
        guard let file = try section.string(name) else { return nil }
        let path = resolved(file)
        do {
            return try FileReader.bytes(of: path)
        } catch {
            throw section.error(name, "cannot read \(path): \(error.reason)")
        }
    }

    /// Relative paths start at the directory of the kubeconfig.
    private func resolved(_ file: String) -> String {
        guard !file.hasPrefix("/"), let slash = path.lastIndex(of: "/") else { return file }
        return path[...slash] + file
    }
}
