import ArgumentParser
import Foundation
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

    @OptionGroup var host: HostOptions

    @OptionGroup(title: "Containers") var node: NodeOptions
    @OptionGroup(title: "Load balancers") var announcing: AnnouncingOptions

    func run() async throws {
        client.log.bootstrap()
        let logger = Logger(label: "node")
        do {
            let name = host.name
            let addresses = try host.addresses()
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
}
