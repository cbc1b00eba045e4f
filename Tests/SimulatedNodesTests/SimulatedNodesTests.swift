import Controllers
import JSONStream
import KubeAPI
import KubeClient
import NetworkAddress
import Scheduler
import ServerTesting
import Synchronization
import Testing

@testable import SimulatedNodes

/// Simulated nodes, the scheduler and the node lifecycle controllers against the API server.
@Suite struct SimulatedNodesTests {
    /// Notes what is started and stopped.
    private final class Notes: PodRunner {
        let events = Mutex<[String]>([])

        func prepare() async throws {}
        func start(_ pod: SimulatedPod) async throws { events.withLock { $0.append("start \(pod.key.name)") } }
        func stop(_ pod: SimulatedPod) async { events.withLock { $0.append("stop \(pod.key.name)") } }
        func finish() async {}
    }

    private static func configuration(_ count: Int) -> SimulatedNodesConfiguration {
        var configuration = SimulatedNodesConfiguration(count: count)
        configuration.readyDelay = .milliseconds(50)
        configuration.shutdownTime = .milliseconds(100)
        configuration.heartbeat.renewal = .milliseconds(200)
        return configuration
    }

    /// A control plane that is impatient enough for tests.
    private static func controlPlane(_ server: LiveServer) -> ControllerManager {
        var lifecycle = NodeLifecycleConfiguration()
        lifecycle.monitorPeriod = .milliseconds(100)
        lifecycle.gracePeriod = .seconds(2)
        let context = ControllerContext(
            client: server.client, informers: SharedInformers(client: server.client, logger: server.logger),
            record: { _ in }, logger: server.logger)
        return ControllerManager(
            context: context,
            controllers: [
                NodeLifecycleController(context: context, configuration: lifecycle),
                TaintEvictionController(context: context),
            ])
    }

    private static func running(
        _ server: LiveServer, _ configuration: SimulatedNodesConfiguration, _ runner: any PodRunner,
        _ body: () async throws -> Void
    ) async throws {
        let informers = SharedInformers(client: server.client, logger: server.logger)
        let scheduler = Scheduler(client: server.client, informers: informers, record: { _ in }, logger: server.logger)
        let nodes = try SimulatedNodes(
            client: server.client, configuration: configuration, runner: runner, logger: server.logger)
        let manager = controlPlane(server)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await nodes.run() }
            group.addTask { await manager.run() }
            group.addTask { await informers.run { await scheduler.run() } }
            try await body()
            group.cancelAll()
        }
    }

    private static func pod(_ name: String, _ more: String = "") -> String {
        """
        {"metadata": {"name": "\(name)"}, "spec": {"containers": [{"name": "c", "image": "i"}]\(more)}}
        """
    }

    @Test(.timeLimit(.minutes(30))) func podsRunAndEnd() async throws {
        try await LiveServer.with { server in
            let notes = Notes()
            try await Self.running(server, Self.configuration(3), notes) {
                let node = try await server.wait(for: Node.self, "node-3") {
                    $0?.readyCondition?.isTrue == true && $0?.taints.isEmpty == true
                }
                #expect(node?.metadata.labels[Node.zoneLabel] == "c")
                try await server.create(Pod.self, Self.pod("web"))
                let pod = try await server.wait(for: Pod.self, "web") { $0?.isReady == true }
                #expect(pod?.status.phase == "Running" && pod?.status.podIPs.count == 2)
                let network = try #require(IPNetwork("10.244.0.0/16"))
                #expect(pod?.status.podIPs.first.flatMap { IPAddress($0) }.map(network.contains) == true)
                try await server.client.delete(Pod.self, ObjectKey(namespace: "default", name: "web"))
                try await server.wait(for: Pod.self, "web") { $0 == nil }
            }
            #expect(notes.events.withLock { $0 } == ["start web", "stop web"])
        }
    }

    @Test("A second process takes running pods over as they are", .timeLimit(.minutes(30)))
    func restart() async throws {
        try await LiveServer.with { server in
            var before: Pod?
            try await Self.running(server, Self.configuration(1), NothingRunner()) {
                try await server.create(Pod.self, Self.pod("web"))
                before = try await server.wait(for: Pod.self, "web") { $0?.isReady == true }
            }
            let notes = Notes()
            try await Self.running(server, Self.configuration(1), notes) {
                try await server.create(Pod.self, Self.pod("other"))
                try await server.wait(for: Pod.self, "other") { $0?.isReady == true }
                let after = try await server.wait(for: Pod.self, "web") { $0?.isReady == true }
                #expect(after?.metadata.resourceVersion == before?.metadata.resourceVersion)
            }
            #expect(Set(notes.events.withLock { $0 }) == ["start web", "start other"])
        }
    }

    @Test("Init containers end, hooks and probes succeed, and a pod too many is refused", .timeLimit(.minutes(30)))
    func podsAreKeptAsByANodeAgent() async throws {
        try await LiveServer.with { server in
            var configuration = Self.configuration(1)
            configuration.capacity["pods"] = "1"
            try await Self.running(server, configuration, NothingRunner()) {
                let spec = """
                    {"nodeName": "node-1", "initContainers": [{"name": "first", "image": "i"}], "containers": [
                      {"name": "c", "image": "i", "readinessProbe": {"httpGet": {"port": 80}},
                       "lifecycle": {"preStop": {"exec": {"command": ["true"]}}}}]}
                    """
                try await server.create(Pod.self, #"{"metadata": {"name": "web"}, "spec": \#(spec)}"#)
                let pod = try await server.wait(for: Pod.self, "web") { $0?.isReady == true }
                #expect(pod?.status.conditions.first { $0.type == "Initialized" }?.isTrue == true)
                try await server.create(Pod.self, #"{"metadata": {"name": "more"}, "spec": \#(spec)}"#)
                let refused = try await server.wait(for: Pod.self, "more") { $0?.status.phase == "Failed" }
                #expect(refused?.status.podIPs == [])
                try await server.client.delete(Pod.self, ObjectKey(namespace: "default", name: "web"))
                try await server.wait(for: Pod.self, "web") { $0 == nil }
            }
        }
    }

    @Test("A node that is stopped falls silent; its pods leave it", .timeLimit(.minutes(30)))
    func failure() async throws {
        try await LiveServer.with { server in
            try await Self.running(server, Self.configuration(3), NothingRunner()) {
                let tolerations =
                    #", "tolerations": [{"key": "node.kubernetes.io/unreachable", "operator": "#
                    + #""Exists", "effect": "NoExecute", "tolerationSeconds": 1}]"#
                try await server.create(Pod.self, Self.pod("web", tolerations))
                let pod = try await server.wait(for: Pod.self, "web") { $0?.isReady == true }
                let name = try #require(pod?.spec.nodeName)
                let key = ObjectKey(namespace: "", name: name)
                func annotate(_ value: JSONValue) async throws {
                    let patch: JSONValue = ["metadata": ["annotations": [SimulatedNode.annotation: value]]]
                    _ = try await server.client.patch(Node.self, key, .merge, patch.serialized())
                }
                try await annotate("stopped")
                let silent = try await server.wait(for: Node.self, name) { $0?.readyCondition?.status == "Unknown" }
                #expect(silent?.readyCondition?.message == "Kubelet stopped posting node status.")
                try await server.wait(for: Pod.self, "web") { $0?.isReady == false }
                try await server.wait(for: Node.self, name) { node in
                    node?.taints.contains { $0.key == NodeTaintKeys.unreachable && $0.effect == .noExecute } ?? false
                }
                // It is told to go, but nobody is there to end it.
                try await server.wait(for: Pod.self, "web") { $0?.metadata.isBeingDeleted == true }
                try await annotate(.null)
                try await server.wait(for: Node.self, name) {
                    $0?.readyCondition?.isTrue == true && $0?.taints.isEmpty == true
                }
                try await server.wait(for: Pod.self, "web") { $0 == nil }
            }
        }
    }

    private enum NodeTaintKeys {
        static let unreachable = "node.kubernetes.io/unreachable"
    }
}
