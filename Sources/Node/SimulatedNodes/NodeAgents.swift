import KubeAPI
import KubeClient
import Logging
import Synchronization

/// Keeps the Node objects and the leases of simulated nodes.
struct NodeAgents: Sendable {
    private final class Beats: Sendable {
        let byName = Mutex<[String: NodeHeartbeat]>([:])
    }

    private let names: [String]
    private let controller: Controller<String>

    init(
        _ list: [SimulatedNode], client: KubeClient, informers: SharedInformers,
        configuration: SimulatedNodesConfiguration, clock: RetryClock, time: @escaping @Sendable () -> Timestamp,
        logger: Logger
    ) {
        let nodes = Dictionary(list.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        let informer = informers.informer(Node.self)
        let beats = Beats()
        let periods = configuration.heartbeat
        names = list.map(\.name)
        controller = Controller("simulated-nodes", workers: 16, clock: clock, logger: logger) { name in
            guard let node = nodes[name] else { return .done }
            var beat = beats.byName.withLock { $0[name] ?? NodeHeartbeat(node, periods) }
            let current = informer.cache[ObjectKey(namespace: "", name: name)]
            let wait = try await beat.beat(node, current, client, clock: clock, time: time())
            let next = beat
            beats.byName.withLock { $0[name] = next }
            return wait.map { .again(after: $0) } ?? .done
        }
        let queue = controller.queue
        informer.onChange { change in
            guard let name = change.latest?.metadata.name, nodes[name] != nil else { return }
            queue.add(name)
        }
    }

    func run() async {
        for name in names { controller.queue.add(name) }
        await controller.run()
    }
}
