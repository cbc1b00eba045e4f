import KubeAPI
import KubeClient
import Logging
import NetworkAddress
import NodeAgent

/// Runs the pods of all simulated nodes, as a node agent does: only the container runtimes are simulated.
struct SimulatedPods: Sendable {
    private struct Place: Sendable {
        var runtime: SimulatedRuntime
        var keeper: PodKeeper
    }

    private let places: [String: Place]
    private let pods: Informer<BoundPod>
    private let logger: Logger

    init(
        _ list: [SimulatedNode], client: KubeClient, informers: SharedInformers,
        configuration: SimulatedNodesConfiguration, runner: any PodRunner, clock: RetryClock,
        time: @escaping @Sendable () -> Timestamp, logger: Logger
    ) {
        let nodes = informers.informer(Node.self)
        let pods = Informer(
            BoundPod.self, client: client, selector: ObjectSelector(fields: "spec.nodeName!="), clock: clock,
            logger: logger)
        informers.add(pods)
        self.pods = pods
        self.logger = logger
        let entries = list.map { node -> (String, Place) in
            let present: @Sendable () -> Node? = { nodes.cache[ObjectKey(namespace: "", name: node.name)] }
            let runtime = SimulatedRuntime(
                node, runner: runner, configuration: configuration, clock: clock, time: time,
                pod: { pods.cache[$0] },
                ranges: { (present()?.podCIDRs ?? []).compactMap { IPNetwork($0) } })
            let keeper = PodKeeper(
                client: client, runtime: runtime, runtimeName: SimulatedRuntime.name, nodeName: node.name,
                addresses: node.addresses.map(\.description), capacity: configuration.capacity, clock: clock,
                time: time,
                isSilent: { present().map(SimulatedNode.isStopped) ?? true }, logger: logger)
            return (node.name, Place(runtime: runtime, keeper: keeper))
        }
        let places = Dictionary(entries, uniquingKeysWith: { $1 })
        self.places = places
        pods.onChange { change in
            guard let name = change.latest?.nodeName else { return }
            places[name]?.keeper.take(change)
        }
        nodes.onChange { change in
            guard let node = change.new,
                change.old.map(SimulatedNode.isStopped) != SimulatedNode.isStopped(node)
                    || change.old?.podCIDRs != node.podCIDRs
            else { return }
            places[node.metadata.name]?.keeper.lookAtAll()
        }
    }

    func run() async {
        await adopt()
        await withDiscardingTaskGroup { group in
            for place in places.values { group.addTask { await place.keeper.run() } }
        }
    }

    /// Takes over what an earlier process ran, before any new pod gets an address.
    private func adopt() async {
        for pod in pods.cache.all {
            do {
                try await places[pod.nodeName]?.runtime.adopt(pod)
            } catch {
                logger.warning(
                    "a simulated pod is started anew", metadata: ["pod": "\(pod.metadata.key)", "error": "\(error)"])
            }
        }
    }
}
