import ContainerRuntime
import JSONStream
import KubeAPI
import KubeClient
import NetworkAddress
import NodeAgent
import Synchronization

/// Stands for the container runtime of one simulated node: its containers run until they are told to end, and those that
/// prepare others end at once.
///
/// Identifiers begin with their pod's: `UID/ATTEMPT` of sandboxes, `UID/NAME` of containers.
final class SimulatedRuntime: ContainerRuntime {
    /// As statuses name it.
    static let name = "simulated"

    private struct State {
        var pods: [String: SimulatedPodState] = [:]
        var addresses = PodAddresses([])
    }

    private let node: SimulatedNode
    private let runner: any PodRunner
    private let configuration: SimulatedNodesConfiguration
    private let clock: RetryClock
    private let time: @Sendable () -> Timestamp
    private let pod: @Sendable (ObjectKey) -> BoundPod?
    private let ranges: @Sendable () -> [IPNetwork]
    private let state = Mutex(State())

    /// - Parameters:
    ///   - pod: what the API has of a pod.
    ///   - ranges: the podCIDRs of the node, which may be given to it later.
    init(
        _ node: SimulatedNode, runner: any PodRunner, configuration: SimulatedNodesConfiguration, clock: RetryClock,
        time: @escaping @Sendable () -> Timestamp, pod: @escaping @Sendable (ObjectKey) -> BoundPod?,
        ranges: @escaping @Sendable () -> [IPNetwork]
    ) {
        self.node = node
        self.runner = runner
        self.configuration = configuration
        self.clock = clock
        self.time = time
        self.pod = pod
        self.ranges = ranges
    }

    var runsProcesses: Bool { false }

    func version() async throws(RuntimeFailure) -> RuntimeVersion { RuntimeVersion(name: Self.name, version: "1") }
    func status() async throws(RuntimeFailure) -> RuntimeStatus { RuntimeStatus() }

    /// Has a pod run that ran when an earlier process ended, as its status in the API says.
    func adopt(_ pod: BoundPod) async throws(RuntimeFailure) {
        let addresses = (pod.status["podIPs"]?.arrayValue ?? [])
            .compactMap { $0["ip"]?.stringValue }.compactMap { IPAddress($0) }
        guard !pod.isFinished, !addresses.isEmpty else { return }
        let identity = pod.identity
        let simulated = try await start(identity, isOnHostNetwork: pod.isOnHostNetwork, present: addresses)
        let adopted = SimulatedPodState(simulated, identity, attempt: 0, status: pod.status)
        state.withLock { $0.pods[identity.uid] = adopted }
    }

    // MARK: Sandboxes

    func runSandbox(_ configuration: SandboxConfiguration) async throws(RuntimeFailure) -> String {
        let identity = configuration.pod
        let pod = try await start(identity, isOnHostNetwork: configuration.namespaces.hostNetwork)
        let started = SimulatedPodState(pod, identity, attempt: configuration.attempt, createdAt: time())
        state.withLock { $0.pods[identity.uid] = started }
        return started.sandbox.id
    }

    /// - Parameter present: addresses that it has already.
    private func start(
        _ identity: PodIdentity, isOnHostNetwork: Bool, present: [IPAddress] = []
    ) async throws(RuntimeFailure) -> SimulatedPod {
        let key = ObjectKey(namespace: identity.namespace, name: identity.name)
        let addresses = isOnHostNetwork ? node.addresses : try allocate(identity.uid, present)
        let pod = SimulatedPod(
            uid: identity.uid, key: key, node: node.name, addresses: addresses, isOnHostNetwork: isOnHostNetwork,
            ports: pod(key)?.ports ?? [])
        do {
            try await runner.start(pod)
        } catch {
            state.withLock { $0.addresses.release(identity.uid) }
            throw RuntimeFailure(.refused, call: "RunPodSandbox", message: "\(error)")
        }
        return pod
    }

    private func allocate(_ uid: String, _ present: [IPAddress]) throws(RuntimeFailure) -> [IPAddress] {
        let ranges = ranges()
        let found = state.withLock { state in
            if state.addresses.isEmpty { state.addresses = PodAddresses(ranges) }
            return state.addresses.claim(present, uid) ? present : state.addresses.allocate(uid)
        }
        guard let found, !found.isEmpty else {
            let message = "no address is free in the pod ranges of node \(node.name): \(ranges)"
            throw RuntimeFailure(.refused, call: "RunPodSandbox", message: message)
        }
        return found
    }

    func stopSandbox(_ id: String) async throws(RuntimeFailure) {
        let now = time()
        let uid = Self.pod(of: id)
        let stopped = state.withLock { state -> SimulatedPod? in
            guard state.pods[uid]?.sandbox.isReady == true else { return nil }
            state.pods[uid]?.stop(at: now)
            return state.pods[uid]?.pod
        }
        guard let stopped else { return }
        await runner.stop(stopped)
        state.withLock { $0.addresses.release(uid) }
    }

    func removeSandbox(_ id: String) async throws(RuntimeFailure) {
        state.withLock { _ = $0.pods.removeValue(forKey: Self.pod(of: id)) }
    }

    func sandboxes(ofPod uid: String?) async throws(RuntimeFailure) -> [SandboxSummary] { pods(uid).map(\.sandbox) }

    func sandbox(_ id: String) async throws(RuntimeFailure) -> SandboxDetail {
        guard let known = pods(Self.pod(of: id)).first else {
            throw RuntimeFailure(.notFound, call: "PodSandboxStatus", message: "there is no sandbox \(id)")
        }
        let addresses = known.pod.isOnHostNetwork ? [] : known.pod.addresses.map(\.description)
        return SandboxDetail(id: id, isReady: known.sandbox.isReady, addresses: addresses)
    }

    private static func pod(of id: String) -> String { String(id.prefix { $0 != "/" }) }

    private func pods(_ uid: String?) -> [SimulatedPodState] {
        state.withLock { state in
            guard let uid else { return Array(state.pods.values) }
            return state.pods[uid].map { [$0] } ?? []
        }
    }

    // MARK: Containers

    func createContainer(
        _ configuration: ContainerConfiguration, in sandbox: String, _ sandboxConfiguration: SandboxConfiguration
    ) async throws(RuntimeFailure) -> String {
        let uid = Self.pod(of: sandbox)
        let now = time()
        let id = state.withLock { $0.pods[uid]?.create(configuration, at: now) }
        guard let id else {
            throw RuntimeFailure(.notFound, call: "CreateContainer", message: "there is no sandbox \(sandbox)")
        }
        return id
    }

    func startContainer(_ id: String) async throws(RuntimeFailure) {
        guard let known = pods(Self.pod(of: id)).first, let container = known.containers[id] else { return }
        let ends = pod(known.pod.key)?.isInitializer(container.summary.name) ?? false
        if !ends { try await sleep(configuration.readyDelay, "StartContainer") }
        change(id) { $0.start(at: $1) }
        if ends { change(id) { $0.end(0, at: $1) } }
    }

    func stopContainer(_ id: String, grace: Duration) async throws(RuntimeFailure) {
        guard pods(Self.pod(of: id)).first?.containers[id]?.detail.state == .running else { return }
        try await sleep(min(configuration.shutdownTime, grace), "StopContainer")
        // Ended by SIGTERM.
        change(id) { $0.end(143, at: $1) }
    }

    private func sleep(_ duration: Duration, _ call: String) async throws(RuntimeFailure) {
        guard duration > .zero else { return }
        do {
            try await clock.sleep(duration)
        } catch {
            throw RuntimeFailure(.cancelled, call: call, message: "the node ended")
        }
    }

    private func change(_ id: String, _ body: (inout SimulatedPodState.Container, Timestamp) -> Void) {
        let now = time()
        state.withLock { state in
            guard var container = state.pods[Self.pod(of: id)]?.containers[id] else { return }
            body(&container, now)
            state.pods[Self.pod(of: id)]?.containers[id] = container
        }
    }

    func removeContainer(_ id: String) async throws(RuntimeFailure) {
        state.withLock { state in state.pods[Self.pod(of: id)]?.containers[id] = nil }
    }

    func containers(ofPod uid: String?) async throws(RuntimeFailure) -> [ContainerSummary] {
        pods(uid).flatMap { $0.containers.values.map(\.summary) }
    }

    func container(_ id: String) async throws(RuntimeFailure) -> ContainerDetail {
        guard let found = pods(Self.pod(of: id)).first?.containers[id] else {
            throw RuntimeFailure(.notFound, call: "ContainerStatus", message: "there is no container \(id)")
        }
        return found.detail
    }

    func statistics() async throws(RuntimeFailure) -> [ContainerStatistics] { [] }
    func reopenLog(_ id: String) async throws(RuntimeFailure) {}

    /// Every command succeeds, as hooks and probes want it.
    func execute(
        _ command: [String], in id: String, timeout: Duration
    ) async throws(RuntimeFailure) -> CommandResult { CommandResult() }

    func sessionURL(_ session: StreamingSession) async throws(RuntimeFailure) -> String {
        throw RuntimeFailure(.refused, call: "Exec", message: "nothing runs in the containers of a simulated node")
    }

    // MARK: Images

    /// None is root's: pods that must not be root run.
    private static let user: Int64 = 65_532

    func images() async throws(RuntimeFailure) -> [RuntimeImage] { [] }

    /// Every image is here.
    func image(_ name: String) async throws(RuntimeFailure) -> RuntimeImage? {
        RuntimeImage(id: name, uid: Self.user)
    }

    func pullImage(_ name: String, _ credentials: ImageCredentials?) async throws(RuntimeFailure) -> String { name }
    func removeImage(_ name: String) async throws(RuntimeFailure) {}
    func imageFileSystem() async throws(RuntimeFailure) -> (path: String, usedBytes: UInt64)? { nil }
}
