import ArgumentParser
import ClusterDNS
import KubeClient
import Logging
import NetworkAddress
import PrometheusMetrics

/// `viaduct dns`: names of Services and pods.
struct DNSCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dns", abstract: "Serve the names of a cluster's Services and pods by DNS.",
        usage: "viaduct dns --kubeconfig FILE [options]")

    @OptionGroup var client: ClientOptions

    @Option(help: ArgumentHelp("Addresses to listen on, separated by commas.", valueName: "ips"))
    var bindAddress = "127.0.0.1"

    @Option(help: ArgumentHelp("The domain of the cluster.", valueName: "domain"))
    var clusterDomain = "cluster.local"

    @OptionGroup var dns: DNSOptions

    func run() async throws {
        client.log.bootstrap()
        let logger = Logger(label: "dns")
        do {
            let addresses = try AddressList.parse(bindAddress, flag: "--bind-address")
            let client = try client.client(MetricsRegistry(), logger)
            let server = try dns.server(client, addresses: addresses, domain: clusterDomain, logger)
            try await ClientService(client: client, work: server.run).runUntilSignal(beside: nil)
        } catch let error as ValidationError {
            throw error
        } catch {
            try CommandFailure.fail("\(error)")
        }
    }
}
