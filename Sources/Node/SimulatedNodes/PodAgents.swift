import JSONStream
import KubeAPI
import KubeClient
import Logging
import NetworkAddress
import Synchronization

/// Runs the pods of all simulated nodes.
struct PodAgents: Sendable {
    private let worker: PodWorker
    private let controller: Controller<ObjectKey>
    private let pods: InformerCache<Pod>

    init(
        _ list: [SimulatedNode], client: KubeClient, informers: SharedInformers,
        configuration: SimulatedNodesConfiguration, runner: any PodRunner, clock: RetryClock,
        time: @escaping @Sendable () -> Timestamp, logger: Logger
    ) {
        let nodes = Dictionary(list.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        let pods = informers.informer(Pod.self, indexes: [.node])
        let nodeInformer = informers.informer(Node.self)
        let worker = PodWorker(
            nodes: nodes, client: client, pods: pods.cache, nodeObjects: nodeInformer.cache,
            configuration: configuration, runner: runner, clock: clock, time: time)
        self.worker = worker
        self.pods = pods.cache
        controller = Controller("simulated-pods", workers: 16, clock: clock, logger: logger) { key in
            try await worker.reconcile(key)
        }
        let queue = controller.queue
        worker.requeue.connect(queue)
        pods.onChange { change in
            guard let pod = change.latest, nodes[pod.spec.nodeName] != nil else { return }
            queue.add(pod.metadata.key)
        }
        nodeInformer.onChange { change in
            guard let node = change.new, nodes[node.metadata.name] != nil,
                change.old.map(SimulatedNode.isStopped) != SimulatedNode.isStopped(node)
                    || change.old?.podCIDRs != node.podCIDRs
            else { return }
            for pod in pods.cache.onNode(node.metadata.name) { queue.add(pod.metadata.key) }
        }
    }

    func run() async {
        worker.takeOver(pods.all)
        for pod in pods.all { controller.queue.add(pod.metadata.key) }
        await controller.run()
    }
}
