import APIServer
import ArgumentParser
import Foundation
import KubeClient
import Logging
import NetworkAddress
import ObjectStore
import ProxyServer
import ServiceLifecycle
import UnixSignals

/// `viaduct up`: API server, store and proxy in one process.
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Run an API server and the service proxy: a host without a cluster gets Services.",
        discussion: """
            kubectl --server http://127.0.0.1:8001 drives it. The host registers itself as a Node. The rules stay in the \
            kernel when the process ends; `viaduct proxy --cleanup` removes them.
            """)

    @OptionGroup var options: APIServerOptions

    @Option(help: ArgumentHelp("Name of this host's Node; the default is the host name.", valueName: "string"))
    var hostnameOverride: String?

    @Option(
        help: ArgumentHelp(
            "Addresses of this host's Node, separated by commas; the default is those it sends from.",
            valueName: "ips"))
    var nodeIP: String?

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

    func run() async throws {
        LogOutput.bootstrap(verbosity: options.verbosity, isJSON: false)
        let logger = Logger(label: "up")
        do {
            let addresses = try nodeAddresses()
            let server = APIServer(configuration: try options.configuration(), logger: Logger(label: "apiserver"))
            let services = UpService(
                server: server, options: options, addresses: addresses, proxyOptions: proxyOptions, logger: logger)
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

    private func nodeAddresses() throws -> [IPAddress] {
        guard let nodeIP else { return NodeRegistration.hostAddresses }
        return try nodeIP.split(separator: ",").map { text in
            guard let address = IPAddress(String(text)) else {
                throw ValidationError("--node-ip: \"\(text)\" is not an IP address")
            }
            return address
        }
    }

    /// The proxy's options for the server that answers there.
    private func proxyOptions(master: String) throws -> ProxyOptions {
        var flags = ProxyFlags()
        flags.add("master", master)
        if let hostnameOverride { flags.add("hostname-override", hostnameOverride) }
        if let proxyConfiguration { flags.add("config", proxyConfiguration) }
        if let clusterCIDR { flags.add("cluster-cidr", clusterCIDR) }
        flags.add("proxy-mode", "nftables")
        var options = try ProxyOptions(flags: flags, read: ConfigurationFile.read)
        options.settings.client.kubeconfig = nil
        options.notices = []
        return options
    }
}

/// What follows when the API server answers: the Node of this host, then the proxy.
private struct UpService: Service {
    let server: APIServer
    let options: APIServerOptions
    let addresses: [IPAddress]
    let proxyOptions: @Sendable (String) throws -> ProxyOptions
    let logger: Logger

    func run() async throws {
        let url = try await options.announce(server, logger)
        let proxy = try ProxyService(options: try proxyOptions(url), logger: Logger(label: "proxy"))
        try await register(proxy.nodeName, url)
        try await proxy.run()
    }

    private func register(_ name: String, _ url: String) async throws {
        let client = try KubeClient(
            configuration: ClientConfiguration(server: try ServerAddress(url, place: "viaduct up")), logger: logger)
        do throws(APIError) {
            try await NodeRegistration(client: client, name: name, addresses: addresses, logger: logger).run()
        } catch {
            logger.error("cannot register this host's node", metadata: ["error": "\(error)"])
        }
        await client.shutdown()
    }
}
