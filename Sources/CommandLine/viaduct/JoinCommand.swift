import APIServer
import AddressAnnouncement
import ArgumentParser
import Foundation
import KubeAPI
import KubeClient
import Logging
import NetworkAddress
import NodeMembership
import PrometheusMetrics
import ProxyConfiguration
import ProxyServer
import ServiceLifecycle
import StatusServing
import UnixSignals

/// `viaduct join`: this host becomes a node of a cluster, with node agent and proxy.
struct JoinCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "join", abstract: "Make this host a node of a cluster, and run its node agent and proxy.",
        usage: "viaduct join [ADDRESS --token TOKEN --discovery-token-ca-cert-hash HASH] [options]",
        discussion: """
            `viaduct up` prints the whole command. The authority of the API server is known by the hash of its public key, \
            then the token gets this host a client certificate; both are kept, and renewed, so that later starts need \
            neither address nor token. `viaduct leave` is the way back.
            """)

    @Argument(help: ArgumentHelp("The API server: HOST or HOST:PORT.", valueName: "address"))
    var address: String?

    @Option(help: ArgumentHelp("A bootstrap token: abcdef.0123456789abcdef.", valueName: "token"))
    var token: String?

    @Option(
        help: ArgumentHelp(
            "Hash of the authority's public key (sha256:...); may be given more than once.", valueName: "hash"))
    var discoveryTokenCaCertHash: [String] = []

    @Flag(
        help:
            "Believe whoever answers at the address: everybody between here and there can pretend to be the API server."
    )
    var discoveryTokenUnsafeSkipCaVerification = false

    @Option(help: ArgumentHelp("Directory of this host's credentials.", valueName: "directory"))
    var dataDir = JoinCommand.defaultDirectory

    @OptionGroup var host: HostOptions

    @Option(
        name: .customLong("proxy-mode"),
        help: ArgumentHelp("nftables, iptables, ipvs or userspace; the default is the cluster's.", valueName: "mode"))
    var proxyMode: String?

    @Option(
        help: ArgumentHelp(
            "Ranges of pods' addresses, separated by commas; the default is the cluster's.", valueName: "cidrs"))
    var clusterCIDR: String?

    @Option(
        help: ArgumentHelp(
            "The path of a socket at which root's commands on this host ask the proxy; none: no socket.",
            valueName: "path"))
    var statusSocket = ProxySocket.defaultPath

    @OptionGroup(title: "Containers") var node: NodeOptions
    @OptionGroup(title: "Load balancers") var announcing: AnnouncingOptions
    @OptionGroup(title: "Log") var log: LogOptions

    static let defaultDirectory = "/var/lib/viaduct/join"
    private static let defaultPort: UInt16 = 6443

    func validate() throws {
        for hash in discoveryTokenCaCertHash where !AuthorityDiscovery.isHash(hash) {
            throw ValidationError(
                "--discovery-token-ca-cert-hash: \"\(hash)\" is not sha256: and 64 hexadecimal digits")
        }
        if let token, BootstrapToken(token) == nil {
            throw ValidationError("--token: a bootstrap token looks like abcdef.0123456789abcdef")
        }
    }

    func run() async throws {
        log.bootstrap()
        let logger = Logger(label: "join")
        do {
            // For this process alone; `viaduct leave` finds it by it.
            let claim = try DataDirectory(path: dataDir)
            let name = NodeCredentials.joinedName(dataDir) ?? host.name
            if host.hostnameOverride != nil, host.name != name {
                throw ValidationError(
                    "--hostname-override: this host has joined as \(name); `viaduct leave` first")
            }
            let credentials = NodeCredentials(directory: claim.path, nodeName: name, logger: logger)
            if !credentials.areHere { try await join(credentials, logger) }
            try await work(credentials, logger)
        } catch let error as ValidationError {
            throw error
        } catch {
            try CommandFailure.fail("\(error)")
        }
    }

    // MARK: The first start

    private func join(_ credentials: NodeCredentials, _ logger: Logger) async throws {
        guard let address, let token else {
            throw ValidationError(
                "this host has not joined yet (\(dataDir)): give the address and the token that `viaduct up` prints")
        }
        let pin: AuthorityDiscovery.Pin
        if !discoveryTokenCaCertHash.isEmpty {
            pin = .hashes(discoveryTokenCaCertHash)
        } else if discoveryTokenUnsafeSkipCaVerification {
            pin = .unsafe
        } else {
            throw ValidationError(
                "--discovery-token-ca-cert-hash is missing: without it the API server cannot be authenticated; "
                    + "--discovery-token-unsafe-skip-ca-verification does without")
        }
        let server = try ServerAddress(Self.url(address), place: "address")
        let authority = try await AuthorityDiscovery.discover(server, pin)
        var configuration = ClientConfiguration(server: server)
        configuration.certificateAuthorities = Array(authority.utf8)
        configuration.credential = .token(token)
        configuration.userAgent = ClientConfiguration.userAgent(version: BuildInformation.version)
        let client = try KubeClient(configuration: configuration, logger: logger)
        do {
            try await credentials.join(client, server: server.description, authorityPEM: authority)
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
        logger.info("this host has joined", metadata: ["node": "\(credentials.nodeName)", "server": "\(server)"])
    }

    /// With the scheme and port that are meant.
    static func url(_ address: String) -> String {
        if address.contains("://") { return address }
        if let ip = IPAddress(address), ip.family == .ipv6 { return "https://[\(ip)]:\(defaultPort)" }
        let hasPort = address.contains("]") ? address.contains("]:") : address.contains(":")
        return "https://\(address)" + (hasPort ? "" : ":\(defaultPort)")
    }

    // MARK: Work

    private func work(_ credentials: NodeCredentials, _ logger: Logger) async throws {
        var configuration = try Kubeconfig(path: credentials.kubeconfigPath).configuration(master: nil)
        configuration.userAgent = ClientConfiguration.userAgent(version: BuildInformation.version)
        let client = try KubeClient(configuration: configuration, logger: logger)
        let settings = try await settings(client, logger)
        let proxyOptions = try proxyOptions(settings, credentials)
        let proxy = try ProxyService(options: proxyOptions, logger: Logger(label: "proxy"))
        let addresses = try host.addresses()
        var node = node
        if node.clusterDNS == nil, !settings.clusterDNS.isEmpty { node.clusterDNS = settings.clusterDNS }
        node.clusterDomain = settings.clusterDomain
        let (options, announcing) = (node, announcing)
        let authorities = configuration.certificateAuthorities
        let serving = ServingSource()
        let names = [credentials.nodeName] + addresses.map(\.description)
        let agent = ClientService(client: client) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await options.run(
                        client, name: credentials.nodeName, addresses: addresses,
                        authorities: authorities, serving: serving, Logger(label: "node"))
                }
                group.addTask {
                    await credentials.renew(client, names: options.port == 0 ? [] : names) { serving.take($0) }
                }
                group.addTask { try await announcing.run(client, credentials.nodeName, addresses) }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
        let reports = ServiceManagerReports(logger: logger) {
            await proxy.programmed()
            return "node \(credentials.nodeName) is a member, the rules are in force"
        } alive: {
            await proxy.responds()
        }
        try await ServiceGroup(
            services: [proxy, agent, reports], gracefulShutdownSignals: [.sigterm, .sigint],
            logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }
        ).run()
    }

    /// What the cluster says; a server that is away now is waited for.
    private func settings(_ client: KubeClient, _ logger: Logger) async throws -> JoinedSettings {
        var hasTold = false
        while true {
            do throws(APIError) {
                return try await JoinedSettings.read(client)
            } catch {
                if error.isNotFound { return JoinedSettings() }
                if !hasTold {
                    logger.warning(
                        "cannot read the cluster's settings; trying again", metadata: ["error": "\(error)"])
                }
                hasTold = true
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    private func proxyOptions(_ settings: JoinedSettings, _ credentials: NodeCredentials) throws -> ProxyOptions {
        var flags = ProxyFlags()
        let mode = proxyMode ?? settings.proxyMode
        flags.add("kubeconfig", credentials.kubeconfigPath)
        flags.add("hostname-override", credentials.nodeName)
        flags.add("proxy-mode", mode)
        flags.add("status-socket", statusSocket)
        let ranges = clusterCIDR ?? settings.clusterCIDR
        if !ranges.isEmpty { flags.add("cluster-cidr", ranges) }
        if mode == "nftables" || mode == "userspace" { flags.add("iptables-min-sync-period", "0s") }
        var options = try ProxyOptions(flags: flags, read: ConfigurationFile.read)
        options.notices = []
        return options
    }
}
