public import ContainerRuntime
public import KubeAPI
public import KubeClient
public import Logging

/// Brings the pods of one node to what the API says of them, by a container runtime.
public struct PodKeeper: Sendable {
    let context: AgentContext
    let table: PodTable
    private let syncing: Controller<String>
    private let hastening: Controller<String>
    private let probing: Controller<ProbeRunner.Key>

    /// Pods that are worked on at the same time; ending one may take as long as it likes.
    private static let workers = 256
    private static let probeWorkers = 64

    /// - Parameters:
    ///   - requeue: of identifiers of pods that somebody else wants looked at.
    ///   - isSilent: whether nothing is to be done now.
    ///   - isComplete: whether all pods of the node are known. Only then is what nobody knows an orphan.
    ///   - mirror: the copy in the API of a pod from a file.
    init(
        context: AgentContext, table: PodTable = PodTable(), clock: RetryClock,
        requeue: Requeue<String> = Requeue(), isSilent: @escaping @Sendable () -> Bool = { false },
        isComplete: @escaping @Sendable () -> Bool = { true },
        mirror: @escaping @Sendable (ObjectKey) -> BoundPod? = { _ in nil }
    ) {
        self.context = context
        self.table = table
        let probes = ProbeRunner(
            runtime: context.runtime, clock: clock, time: context.time, record: context.record
        ) { requeue.add([$0]) }
        probing = Controller("probes", workers: Self.probeWorkers, clock: clock, logger: context.logger) {
            await probes.probe($0)
        }
        probes.connect(probing.queue)
        let sync = PodSync(context: context, table: table, probes: probes, mirror: mirror)
        syncing = Controller("pods", workers: Self.workers, clock: clock, logger: context.logger) { uid in
            guard !isSilent() else { return .done }
            if table[uid] == nil {
                if isComplete() { try await Orphans(context: context).remove(uid) }
                return .done
            }
            return try await sync.reconcile(uid)
        }
        requeue.connect(syncing.queue)
        hastening = Controller("haste", workers: Self.workers, clock: clock, logger: context.logger) { uid in
            if !isSilent() { try await Self.hasten(uid, context, table) }
            return .done
        }
    }

    /// For a node without a machine, which has no files and tells nothing of Services to its containers.
    /// - Parameters:
    ///   - addresses: of the node.
    ///   - capacity: amounts by name.
    ///   - isSilent: whether the node has failed: its pods stay as they are.
    public init(
        client: KubeClient, runtime: any ContainerRuntime, runtimeName: String, nodeName: String, addresses: [String],
        capacity: [String: String], clock: RetryClock, time: @escaping @Sendable () -> Timestamp,
        isSilent: @escaping @Sendable () -> Bool, logger: Logger
    ) {
        var configuration = NodeAgentConfiguration(nodeName: nodeName, nodeAddresses: addresses)
        configuration.resolverFile = ""
        let context = AgentContext(
            client: client, runtime: runtime, configuration: configuration,
            facts: NodeFacts(runtimeName: runtimeName, capacity: capacity),
            objects: ObjectSource(client: client, clock: clock), tokens: TokenSource(client: client, time: time),
            services: nil, time: time, record: { _ in }, logger: logger)
        self.init(context: context, clock: clock, isSilent: isSilent)
    }

    /// Works until the task is cancelled. Containers stay as they are then.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await syncing.run() }
            group.addTask { await hastening.run() }
            group.addTask { await probing.run() }
        }
    }

    /// Has a pod looked at.
    func look(_ uid: String) { syncing.queue.add(uid) }

    /// Has all pods looked at.
    public func lookAtAll() { for uid in table.identifiers { look(uid) } }

    /// Takes a change of a pod of this node.
    public func take(_ change: ObjectTransition<BoundPod>) {
        guard let pod = change.new else {
            if let pod = change.old { leave(pod.metadata.uid) }
            return
        }
        let uid = pod.metadata.uid
        // Another pod has the name: the one before is gone.
        if let old = change.old, old.metadata.uid != uid { leave(old.metadata.uid) }
        table.put(pod, .api)
        look(uid)
        if pod.metadata.isBeingDeleted { hastening.queue.add(uid) }
    }

    private func leave(_ uid: String) {
        table.change(uid) { $0.isGone = true }
        look(uid)
    }

    /// Ends containers sooner than they were first told, where a second deletion asks for it.
    private static func hasten(_ uid: String, _ context: AgentContext, _ table: PodTable) async throws {
        guard let record = table[uid], record.pod.metadata.isBeingDeleted else { return }
        let end = context.time() + record.pod.gracePeriod
        let before = record.endsAt
        table.change(uid) { $0.endsAt = min($0.endsAt ?? end, end) }
        // The first deletion is the worker's own.
        guard let before, end < before else { return }
        for container in record.observation.running {
            try await context.runtime.stopContainer(container.id, grace: record.pod.gracePeriod)
        }
    }
}
