import ArgumentParser
import KubeClient
import Logging
import NetworkAddress
import SimulatedNodes

/// The flags of simulated nodes, which run pods without machines.
struct SimulationOptions: ParsableArguments {
    @Option(
        name: .customLong("simulated-nodes"),
        help: ArgumentHelp("Simulate this many nodes, which run pods as far as the API shows.", valueName: "count"))
    var count = 0

    @Flag(
        help: "Give each simulated pod a network namespace on a bridge of this host, with a server that says who it is."
    )
    var networkNamespaces = false

    @Option(
        help: ArgumentHelp("From the start of a simulated pod to its readiness.", valueName: "duration"))
    var podReadyDelay = "100ms"

    func validate() throws {
        guard count >= 0 else { throw ValidationError("--simulated-nodes: \(count) is not a number of nodes") }
        guard count > 0 || !networkNamespaces else {
            throw ValidationError("--network-namespaces needs --simulated-nodes")
        }
        _ = try configuration()
    }

    /// The ranges of simulated pods' addresses, separated by commas; nil without simulated nodes.
    var podCIDR: String? {
        guard count > 0 else { return nil }
        return SimulatedNodesConfiguration(count: count).podNetworks.map(\.description).joined(separator: ",")
    }

    private func configuration() throws -> SimulatedNodesConfiguration {
        var configuration = SimulatedNodesConfiguration(count: count)
        configuration.readyDelay = try DurationText.parse(podReadyDelay, flag: "--pod-ready-delay")
        return configuration
    }

    /// Runs the nodes, if there are any, until the task is cancelled.
    /// - Throws: ``NodesNotSimulated``
    func run(_ client: KubeClient, _ logger: Logger) async throws {
        guard count > 0 else { return }
        do {
            let configuration = try configuration()
            let runner: any PodRunner =
                networkNamespaces
                ? NamespacePodRunner(NamespaceNetwork(configuration), logger: logger) : NothingRunner()
            try await SimulatedNodes(client: client, configuration: configuration, runner: runner, logger: logger).run()
        } catch {
            if Task.isCancelled { return }
            throw NodesNotSimulated(description: "the nodes cannot be simulated: \(error)")
        }
    }

    /// The requested nodes cannot be created.
    struct NodesNotSimulated: Error, CustomStringConvertible {
        var description: String
    }
}
