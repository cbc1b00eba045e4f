import APISecurity
import APIServer
import ArgumentParser
import ClusterDNS
import Foundation
import HostNode
import KubeClient
import Logging
import NetworkAddress
import ObjectStore
import PrometheusMetrics
import ProxyConfiguration
import ProxyServer
import Scheduler
import ServiceLifecycle
import StatusServing
import UnixSignals

/// `viaduct up`: API server, store and proxy in one process.
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Run an API server and the service proxy: a host without a cluster gets Services.",
        usage: "viaduct up [options]",
        discussion: """
            kubectl --kubeconfig /var/lib/viaduct/admin.kubeconfig drives it. The host registers itself as a Node. The \
            rules stay in the kernel when the process ends; `viaduct proxy --cleanup` removes them.

            With --etcd-servers, several hosts are one cluster: each serves the API and has a proxy, one of them runs the \
            controllers and one the scheduler. They need the same authority and service account key: copy ca.crt, ca.key, \
            sa.key and sa.pub of the first host's /var/lib/viaduct/pki to the others before their first start.
            """)

    @OptionGroup var options: APIServerOptions

    @OptionGroup var host: HostOptions

    @Option(
        name: .customLong("proxy-config"),
        help: ArgumentHelp(
            "A KubeProxyConfiguration file for the proxy. Its clientConnection is ignored.", valueName: "file"))
    var proxyConfiguration: String?

    @Option(
        help: ArgumentHelp(
            "Ranges of pods' addresses, separated by commas; connections from elsewhere to cluster IPs are masqueraded.",
            valueName: "cidrs"))
    var clusterCIDR: String?

    @Option(
        name: .customLong("proxy-mode"),
        help: ArgumentHelp(
            "nftables, iptables, ipvs or userspace; a --proxy-config file says it itself.", valueName: "mode"))
    var proxyMode = "nftables"

    @Option(
        help: ArgumentHelp(
            "The path of a socket at which root's commands on this host ask the proxy; none: no socket. A --proxy-config "
                + "file says it itself.", valueName: "path"))
    var statusSocket = ProxySocket.defaultPath

    @Option(
        help: ArgumentHelp(
            "Count connections of so many endpoints for the proxy's metrics; a --proxy-config file says it itself.",
            valueName: "number"))
    var endpointMetrics: Int32 = 0

    @Option(
        help: ArgumentHelp(
            "Port on 127.0.0.1 for health and metrics of the controllers and the scheduler (HTTPS); 0: none.",
            valueName: "port"))
    var controlPlanePort: UInt16 = 10257

    @Flag(help: "Run containers on this host, by a container runtime: what `viaduct node` does.")
    var containers = false

    @OptionGroup(title: "Containers") var node: NodeOptions
    @OptionGroup(title: "Load balancers") var announcing: AnnouncingOptions
    @OptionGroup(title: "Cluster DNS, with --containers") var dns: DNSOptions
    @OptionGroup(title: "Controllers") var controllers: ControllerOptions
    @OptionGroup(title: "Leader election, with --etcd-servers") var election: LeaderElectionOptions
    @OptionGroup(title: "Simulated nodes") var simulation: SimulationOptions

    fileprivate static let proxyUser = "system:kube-proxy"

    func run() async throws {
        options.log.bootstrap()
        let logger = Logger(label: "up")
        do {
            let addresses = try host.knownAddresses()
            let proxyOptions = try proxyOptions()
            // What this host lacks is told before there is a server that somebody could rely on.
            let host = try ProxyHost(proxyOptions.settings, logger: Logger(label: "proxy"))
            var configuration = try options.configuration(addresses: addresses, servesOthers: true)
            if configuration.advertiseAddress == nil, configuration.secure != nil {
                logger.warning(
                    "the Service kubernetes has no endpoint: no address of this host is known to lead to the API server; give --advertise-address or --node-ip"
                )
            }
            let access = try LoopbackAccess(&configuration)
            let tokens = UpService.Tokens(
                components: LoopbackAccess.token(
                    for: UserInfo(name: "system:viaduct-up", groups: [UserInfo.privilegedGroup]), &configuration),
                proxy: LoopbackAccess.token(for: UserInfo(name: Self.proxyUser), &configuration))
            var controlPlane = try controllers.settings(
                clusterCIDR: podRanges, allocates: containers,
                authorityPEM: configuration.secure?.certificate.authorityPEM)
            if configuration.secure != nil {
                controlPlane.certificateAuthority = try options.certificateDirectory().authority()
            }
            if let keys = configuration.authentication.serviceAccounts {
                controlPlane.tokenSigner = await LegacyTokenSigner(keys)
            }
            let server = APIServer(configuration: configuration, logger: Logger(label: "apiserver"))
            let services = UpService(
                server: server, configuration: configuration, options: options, addresses: addresses, access: access,
                tokens: tokens, proxyOptions: proxyOptions, host: host,
                controlPlane: controlPlane, componentServer: try componentServer(),
                election: configuration.store.isShared ? election : nil, simulation: simulation,
                containers: containers ? node : nil, announcing: announcing, dns: dns,
                settings: joinedSettings(configuration),
                logger: logger)
            try await ServiceGroup(
                services: [server, services], gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }
            ).run()
        } catch let error as ExitCode {
            throw error
        } catch {
            try CommandFailure.fail("\(error)")
        }
    }

    /// With a certificate of the API server's authority, so that clients need to know no other.
    private func componentServer() throws -> ComponentServer {
        let names = ["localhost", "127.0.0.1", ProcessInfo.processInfo.hostName]
        let certificate = try options.certificateDirectory().authority().issue(.server(names))
        // Another instance on this host is no reason not to start.
        return ComponentServer(
            address: IPAddress(ipv4: 0x7F00_0001), port: controlPlanePort, certificate: certificate,
            isFailureFatal: false)
    }

    /// Ranges for pods that containers need in any case.
    private static let usualPodRanges = "10.244.0.0/16,fd00:10:244::/56"

    private var podRanges: String? { clusterCIDR ?? (containers ? Self.usualPodRanges : nil) }

    /// What hosts that join are told.
    private func joinedSettings(_ configuration: APIServerConfiguration) -> JoinedSettings {
        var settings = JoinedSettings()
        settings.clusterCIDR = podRanges ?? ""
        settings.clusterDomain = node.clusterDomain
        settings.proxyMode = proxyMode
        if let given = node.clusterDNS {
            settings.clusterDNS = given
        } else if containers {
            settings.clusterDNS = configuration.dnsAddresses.map(\.description).joined(separator: ",")
        }
        return settings
    }
    private func proxyOptions() throws -> ProxyOptions {
        var flags = ProxyFlags()
        if let hostnameOverride = host.hostnameOverride { flags.add("hostname-override", hostnameOverride) }
        if let proxyConfiguration { flags.add("config", proxyConfiguration) }
        if let clusterCIDR = podRanges ?? simulation.podCIDR { flags.add("cluster-cidr", clusterCIDR) }
        flags.add("proxy-mode", proxyMode)
        flags.add("status-socket", statusSocket)
        flags.add("endpoint-metrics", String(endpointMetrics))
        // A change is in force at once: it costs a millisecond there.
        if proxyMode == "nftables" || proxyMode == "userspace" { flags.add("iptables-min-sync-period", "0s") }
        var options = try ProxyOptions(flags: flags, read: ConfigurationFile.read)
        options.notices = []
        // The proxy in this process needs none; commands that ask it for one may do everything here.
        options.configuration.clientConnection.kubeconfig = self.options.kubeconfigPath
        return options
    }
}

extension APIServerConfiguration {
    /// Where installers of clusters have the Service kube-dns.
    fileprivate var dnsAddresses: [IPAddress] {
        serviceCIDRs.map { IPAddress(family: $0.family, value: $0.address.value + 10) }
    }
}

/// Starts when the API server answers: this host's Node, the controllers and the scheduler, simulated nodes if
/// requested, and the proxy.
private struct UpService: Service {
    /// Bearer tokens that this process made for itself.
    struct Tokens: Sendable {
        /// Of what may do everything: registration, controllers, scheduler.
        var components: String
        var proxy: String
    }

    let server: APIServer
    let configuration: APIServerConfiguration
    let options: APIServerOptions
    let addresses: [IPAddress]
    let access: LoopbackAccess
    let tokens: Tokens
    let proxyOptions: ProxyOptions
    let host: ProxyHost
    let controlPlane: ControlPlane.Settings
    let componentServer: ComponentServer
    /// Nil: no other process has the same store.
    let election: LeaderElectionOptions?
    let simulation: SimulationOptions
    /// Nil: no containers run on this host.
    let containers: NodeOptions?
    let announcing: AnnouncingOptions
    let dns: DNSOptions
    let settings: JoinedSettings
    let logger: Logger

    func run() async throws {
        let url: String
        do {
            url = try await options.announce(server, configuration, logger)
        } catch is CancellationError where Task.isShuttingDownGracefully {
            return
        }
        var options = proxyOptions
        options.settings.client.configuration = try client(url, tokens.proxy)
        let proxy = try ProxyService(options: options, host: host, logger: Logger(label: "proxy"))
        let registry = MetricsRegistry()
        let access = try client(url, tokens.components)
        let client = try KubeClient(
            configuration: access, logger: logger, observer: ClientMetrics.observer(registry))
        let registration = NodeRegistration(client: client, name: proxy.nodeName, addresses: addresses, logger: logger)
        // A node agent registers the node itself.
        if containers == nil { await registration.register() }
        await DrainPermissions.grant(to: UpCommand.proxyUser, client, logger)
        let plane = ControlPlane(client: client, registry: registry, logger: Logger(label: "controlplane"))
        let parts = [
            plane.controllers(
                controlPlane, election: try election?.elector(client, lease: "kube-controller-manager", logger)),
            plane.scheduler(
                SchedulerConfiguration(), election: try election?.elector(client, lease: "kube-scheduler", logger)),
        ]
        let status = try componentServer.server(parts, registry, logger: logger)
        let components = ClientService(client: client) { try await run(parts, client, registration, proxy.nodeName) }
        let reports = ServiceManagerReports(logger: logger) {
            await proxy.programmed()
            return "serving \(url), the rules are in force"
        } alive: {
            await proxy.responds()
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await reports.run() }
            group.addTask { try await proxy.run() }
            group.addTask { try await components.run() }
            if let status { group.addTask { try await status.run() } }
            // Who fails ends all: with waitForAll the others would go on for ever.
            for try await _ in group {}
        }
    }

    private func run(
        _ parts: [ControlPlane.Component], _ client: KubeClient, _ registration: NodeRegistration, _ name: String
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                guard let containers else { return await registration.run() }
                try await run(containers, client, name)
            }
            group.addTask { try await announcing.run(client, name, addresses) }
            if let invitation = try invitation(client) { group.addTask { try await invite(invitation) } }
            for part in parts { group.addTask { await part.run() } }
            group.addTask { try await simulation.run(client, Logger(label: "nodes")) }
            for try await _ in group {}
        }
    }

    /// Nil where nobody else reaches the API server.
    private func invitation(_ client: KubeClient) throws -> JoinInvitation? {
        guard let address = configuration.advertiseAddress, let port = configuration.secure?.port else { return nil }
        let host = address.family == .ipv6 ? "[\(address)]" : "\(address)"
        return JoinInvitation(
            client: client, server: "\(host):\(port)",
            authorityHash: try options.certificateDirectory().authority().publicKeyHash, settings: settings,
            logger: logger)
    }

    /// What ends early would end all.
    private func invite(_ invitation: JoinInvitation) async throws {
        try await invitation.run()
        while true { try await Task.sleep(for: .seconds(86_400)) }
    }

    /// The node agent of this host, and names for its pods.
    private func run(_ containers: NodeOptions, _ client: KubeClient, _ name: String) async throws {
        let authorities = configuration.secure.map { Array($0.certificate.authorityPEM.utf8) }
        var containers = containers
        let servers = configuration.dnsAddresses
        let ofCluster = containers.clusterDNS == nil
        if ofCluster { containers.clusterDNS = servers.map(\.description).joined(separator: ",") }
        let settings = containers
        let logger = Logger(label: "dns")
        let server = try dns.server(client, addresses: addresses, domain: settings.clusterDomain, logger)
        let registration = DNSRegistration(
            host: name, serviceAddresses: servers, addresses: addresses, port: dns.port)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await settings.run(
                    client, name: name, addresses: addresses, authorities: authorities, Logger(label: "node"))
            }
            if ofCluster {
                group.addTask { try await server.run() }
                group.addTask { try await register(registration, client, logger) }
            }
            for try await _ in group {}
        }
    }

    /// Until it is done once: the namespace may not be there yet.
    private func register(_ registration: DNSRegistration, _ client: KubeClient, _ logger: Logger) async throws {
        while true {
            do throws(APIError) {
                return try await registration.register(client)
            } catch {
                logger.debug("the cluster's DNS is not registered yet", metadata: ["error": "\(error)"])
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    private func client(_ url: String, _ token: String) throws -> ClientConfiguration {
        var client = ClientConfiguration(server: try ServerAddress(url, place: "viaduct up"))
        client.credential = .token(token)
        if configuration.secure != nil {
            client.certificateAuthorities = Array(access.authorityPEM.utf8)
            client.tlsServerName = SecureServing.loopbackName
        }
        return client
    }
}
