import ArgumentParser
import Foundation
import HostNode
import KubeClient
import Logging
import NetworkAddress
import PrometheusMetrics

/// `viaduct node`: what a kubelet does for its host.
struct NodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node", abstract: "Run the node agent: pods that are bound to this host become containers.",
        usage: "viaduct node --kubeconfig FILE [options]",
        discussion: """
            It needs a container runtime that speaks CRI v1, such as containerd 1.6 or later. Containers go on when it \
            ends, and it takes them over when it starts again.
            """)

    @OptionGroup var client: ClientOptions

    @Option(help: ArgumentHelp("Name of this host's Node; the default is the host name.", valueName: "string"))
    var hostnameOverride: String?

    @Option(
        help: ArgumentHelp(
            "Addresses of this host's Node, separated by commas; the default is those it sends from.",
            valueName: "ips"))
    var nodeIP: String?

    @OptionGroup(title: "Containers") var node: NodeOptions
    @OptionGroup(title: "Load balancers") var announcing: AnnouncingOptions

    func run() async throws {
        client.log.bootstrap()
        let logger = Logger(label: "node")
        do {
            let name = (hostnameOverride ?? ProcessInfo.processInfo.hostName).lowercased()
            let addresses = try nodeAddresses()
            let client = try client.client(MetricsRegistry(), logger)
            try await ClientService(client: client) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await node.run(
                            client, name: name, addresses: addresses,
                            authorities: client.configuration.certificateAuthorities, logger)
                    }
                    group.addTask { try await announcing.run(client, name, addresses) }
                    defer { group.cancelAll() }
                    try await group.next()
                }
            }.runUntilSignal(beside: nil)
        } catch let error as ValidationError {
            throw error
        } catch {
            try CommandFailure.fail("\(error)")
        }
    }

    private func nodeAddresses() throws -> [IPAddress] {
        guard let nodeIP else {
            let found = NodeRegistration.hostAddresses
            guard !found.isEmpty else {
                throw ValidationError("this host has no route by which its address could be told; give --node-ip")
            }
            return found
        }
        return try AddressList.parse(nodeIP, flag: "--node-ip")
    }
}
