import JSONStream
public import KubeAPI
public import KubeClient
public import Logging
import NetworkAddress
import Synchronization

/// Many nodes in one process: they register, renew their leases, and run the pods that are bound to them, as far as the
/// API shows; what runs in truth is up to a ``PodRunner``.
///
/// The annotation `viaduct.io/simulated-node: stopped` on a Node object makes that node fail: it falls silent, and its
/// pods stay as they are, until the annotation is gone.
public struct SimulatedNodes: Sendable {
    private let client: KubeClient
    private let informers: SharedInformers
    private let clock: RetryClock
    private let time: @Sendable () -> Timestamp
    private let logger: Logger
    private let agents: NodeAgents
    private let pods: SimulatedPods
    private let runner: any PodRunner

    /// - Throws: ``SimulatedNodesConfiguration/Invalid``.
    public init(
        client: KubeClient, configuration: SimulatedNodesConfiguration, runner: any PodRunner = NothingRunner(),
        clock: RetryClock = .system, time: @escaping @Sendable () -> Timestamp = { .now() }, logger: Logger
    ) throws(SimulatedNodesConfiguration.Invalid) {
        try configuration.validate()
        self.client = client
        self.clock = clock
        self.time = time
        self.logger = logger
        self.runner = runner
        informers = SharedInformers(client: client, clock: clock, logger: logger)
        let nodes = (0..<configuration.count).map { SimulatedNode($0, configuration) }
        agents = NodeAgents(
            nodes, client: client, informers: informers, configuration: configuration, clock: clock, time: time,
            logger: logger)
        pods = SimulatedPods(
            nodes, client: client, informers: informers, configuration: configuration, runner: runner, clock: clock,
            time: time, logger: logger)
    }

    /// Works until the task is cancelled. Nodes and pods stay in the API as they are then; the next run takes them over.
    /// - Throws: what the runner's preparation throws.
    public func run() async throws {
        try await runner.prepare()
        await informers.run {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await agents.run() }
                group.addTask { await pods.run() }
            }
        }
        await runner.finish()
    }
}
