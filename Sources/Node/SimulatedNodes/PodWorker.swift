import JSONStream
import KubeAPI
import KubeClient
import NetworkAddress
import Synchronization

/// Brings one pod of a simulated node after the other to what the API says of it.
final class PodWorker: Sendable {
    private struct Entry {
        var pod: SimulatedPod
        var run: PodStep.Run
        var startedAt: Timestamp
    }

    private struct State {
        var entries: [ObjectKey: Entry] = [:]
        var addresses: [String: PodAddresses] = [:]
        /// Pods for which a node had no address.
        var waiting: [String: Set<ObjectKey>] = [:]
    }

    private let nodes: [String: SimulatedNode]
    private let client: KubeClient
    private let pods: InformerCache<Pod>
    private let nodeObjects: InformerCache<Node>
    private let configuration: SimulatedNodesConfiguration
    private let runner: any PodRunner
    private let clock: RetryClock
    private let time: @Sendable () -> Timestamp
    private let state = Mutex(State())
    /// For pods that wait for others' addresses.
    let requeue = Requeue<ObjectKey>()

    struct NoAddress: Error, CustomStringConvertible {
        var description: String
    }

    init(
        nodes: [String: SimulatedNode], client: KubeClient, pods: InformerCache<Pod>,
        nodeObjects: InformerCache<Node>, configuration: SimulatedNodesConfiguration, runner: any PodRunner,
        clock: RetryClock, time: @escaping @Sendable () -> Timestamp
    ) {
        self.nodes = nodes
        self.client = client
        self.pods = pods
        self.nodeObjects = nodeObjects
        self.configuration = configuration
        self.runner = runner
        self.clock = clock
        self.time = time
    }

    /// Reserves the addresses of pods that run already, before any new one gets some.
    func takeOver(_ pods: [Pod]) {
        for pod in pods where nodes[pod.spec.nodeName] != nil && !pod.spec.hostNetwork && !pod.isFinished {
            guard let node = nodeObject(pod.spec.nodeName) else { continue }
            let addresses = pod.status.podIPs.compactMap { IPAddress($0) }
            state.withLock { state in
                var pool = Self.pool(state, node)
                _ = pool.claim(addresses, pod.metadata.uid)
                state.addresses[node.metadata.name] = pool
            }
        }
    }

    private func nodeObject(_ name: String) -> Node? { nodeObjects[ObjectKey(namespace: "", name: name)] }

    private static func pool(_ state: State, _ node: Node) -> PodAddresses {
        // Ranges may be given to the node later.
        if let known = state.addresses[node.metadata.name], !known.isEmpty { return known }
        return PodAddresses(node.podCIDRs.compactMap { IPNetwork($0) })
    }

    func reconcile(_ key: ObjectKey) async throws -> Controller<ObjectKey>.Result {
        let pod = pods[key]
        let known = state.withLock { $0.entries[key] }
        if let known, known.pod.uid != pod?.metadata.uid {
            // It is gone, or another one has its name.
            await stop(key)
            return pod == nil ? .done : .again(after: .zero)
        }
        guard let pod, let node = nodeObject(pod.spec.nodeName), nodes[pod.spec.nodeName] != nil,
            !SimulatedNode.isStopped(node)
        else { return .done }
        switch PodStep.next(pod, run(of: pod, known), configuration, now: clock.now()) {
        case .nothing:
            return .done
        case .start:
            try await start(pod, on: node)
            return .again(after: .zero)
        case .report(let isServing, let again):
            if let known { try await report(pod, known, isServing: isServing) }
            return again.map { .again(after: $0) } ?? .done
        case .wait(let duration):
            return .again(after: duration)
        case .stop:
            await stop(key)
            return .done
        case .finish:
            await stop(key)
            try await remove(pod)
            return .done
        }
    }

    /// What is known of the pod; notes when it has to end, once it is told to.
    private func run(of pod: Pod, _ known: Entry?) -> PodStep.Run? {
        guard var entry = known else { return nil }
        if pod.metadata.isBeingDeleted {
            // Another deletion may ask for haste.
            let end = clock.now() + PodStep.shutdown(pod, configuration)
            entry.run.endsAt = min(entry.run.endsAt ?? end, end)
            let changed = entry
            state.withLock { $0.entries[pod.metadata.key] = changed }
        }
        return entry.run
    }

    private func start(_ pod: Pod, on node: Node) async throws {
        let addresses = try addresses(of: pod, on: node)
        let containers = pod.spec.containers + pod.spec.initContainers.filter { $0.restartPolicy == "Always" }
        let simulated = SimulatedPod(
            uid: pod.metadata.uid, key: pod.metadata.key, node: node.metadata.name, addresses: addresses,
            isOnHostNetwork: pod.spec.hostNetwork, ports: containers.flatMap(\.ports))
        do {
            try await runner.start(simulated)
        } catch {
            state.withLock { $0.addresses[node.metadata.name]?.release(pod.metadata.uid) }
            throw error
        }
        var run = PodStep.Run(startedAt: clock.now())
        run.wasReady = pod.status.conditions.contains { $0.type == "ContainersReady" && $0.isTrue }
        let started = Timestamp(pod.status.startTime) ?? time()
        let entry = Entry(pod: simulated, run: run, startedAt: started)
        state.withLock { $0.entries[pod.metadata.key] = entry }
    }

    private func addresses(of pod: Pod, on node: Node) throws -> [IPAddress] {
        if pod.spec.hostNetwork { return nodes[node.metadata.name]?.addresses ?? [] }
        let present = pod.status.podIPs.compactMap { IPAddress($0) }
        let found = state.withLock { state -> [IPAddress]? in
            var pool = Self.pool(state, node)
            defer { state.addresses[node.metadata.name] = pool }
            if pool.claim(present, pod.metadata.uid) { return present }
            return pool.allocate(pod.metadata.uid)
        }
        guard let found, !found.isEmpty else {
            state.withLock { _ = $0.waiting[node.metadata.name, default: []].insert(pod.metadata.key) }
            throw NoAddress(
                description: "no address is free in the pod ranges of node \(node.metadata.name): \(node.podCIDRs)")
        }
        return found
    }

    private func report(_ pod: Pod, _ entry: Entry, isServing: Bool) async throws(APIError) {
        let status = PodStatus(
            pod: pod, addresses: entry.pod.addresses, nodeAddresses: nodes[entry.pod.node]?.addresses ?? [],
            startedAt: entry.startedAt, isServing: isServing)
        guard let patch = status.patch(time: time()) else { return }
        do throws(APIError) {
            try await client.patchStatus(pod, patch)
        } catch {
            if !error.isNotFound { throw error }
        }
    }

    private func stop(_ key: ObjectKey) async {
        guard let entry = state.withLock({ $0.entries.removeValue(forKey: key) }) else { return }
        await runner.stop(entry.pod)
        let waiting = state.withLock { state in
            state.addresses[entry.pod.node]?.release(entry.pod.uid)
            return state.waiting.removeValue(forKey: entry.pod.node) ?? []
        }
        requeue.add(waiting.sorted())
    }

    private func remove(_ pod: Pod) async throws(APIError) {
        do throws(APIError) {
            try await client.delete(
                Pod.self, pod.metadata.key, DeleteOptions(gracePeriod: 0, uid: pod.metadata.uid))
        } catch {
            if !error.isNotFound { throw error }
        }
    }
}
