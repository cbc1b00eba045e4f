import ContainerRuntime
import JSONStream
import KubeAPI
import KubeClient
import NetworkAddress
import Synchronization
import Testing

@testable import NodeAgent
@testable import SimulatedNodes

@Suite struct SimulatedRuntimeTests {
    private static let identity = PodIdentity(name: "web", namespace: "default", uid: "u")

    private static func pod(_ spec: String = "{}", status: String = "{}") throws -> BoundPod {
        try BoundPod(
            JSONValue(
                parsing: Array(
                    #"{"metadata": {"name": "web", "namespace": "default", "uid": "u"}, "spec": \#(spec), "status": \#(status)}"#
                        .utf8)))
    }

    private static func runtime(
        _ pod: BoundPod, ranges: [String] = ["10.244.0.0/30"]
    ) -> SimulatedRuntime {
        var configuration = SimulatedNodesConfiguration(count: 1)
        configuration.readyDelay = .zero
        configuration.shutdownTime = .zero
        return SimulatedRuntime(
            SimulatedNode(0, configuration), runner: NothingRunner(), configuration: configuration, clock: .system,
            time: { Timestamp(microseconds: 7_000_000) }, pod: { $0 == pod.metadata.key ? pod : nil },
            ranges: { ranges.compactMap { IPNetwork($0) } })
    }

    private static func sandbox(_ uid: String) -> SandboxConfiguration {
        SandboxConfiguration(pod: PodIdentity(name: uid, namespace: "default", uid: uid))
    }

    @Test("Containers run until they are told to end; those that prepare others end at once")
    func life() async throws {
        let runtime = Self.runtime(
            try Self.pod(#"{"initContainers": [{"name": "first"}, {"name": "side", "restartPolicy": "Always"}]}"#))
        let configuration = SandboxConfiguration(pod: Self.identity)
        let sandbox = try await runtime.runSandbox(configuration)
        var states: [String: ContainerState] = [:]
        for name in ["first", "side", "main"] {
            let id = try await runtime.createContainer(
                ContainerConfiguration(name: name, image: "i"), in: sandbox, configuration)
            #expect(try await runtime.container(id).state == .created)
            try await runtime.startContainer(id)
            states[name] = try await runtime.container(id).state
        }
        #expect(states == ["first": .exited, "side": .running, "main": .running])
        #expect(try await runtime.container("u/first").exitCode == 0)
        try await runtime.stopContainer("u/main", grace: .seconds(5))
        #expect(try await runtime.container("u/main").exitCode == 143)
        try await runtime.stopSandbox(sandbox)
        #expect(try await runtime.container("u/side").exitCode == 137)
        #expect(try await runtime.sandbox(sandbox).isReady == false)
        try await runtime.removeSandbox(sandbox)
        #expect(try await runtime.sandboxes(ofPod: nil).isEmpty)
    }

    @Test("Addresses that are used up are refused, and come back with a pod that ends")
    func addresses() async throws {
        let runtime = Self.runtime(try Self.pod())
        let first = try await runtime.runSandbox(Self.sandbox("a"))
        #expect(try await runtime.sandbox(first).addresses == ["10.244.0.2"])
        await #expect(throws: RuntimeFailure.self) { try await runtime.runSandbox(Self.sandbox("b")) }
        try await runtime.stopSandbox(first)
        let second = try await runtime.runSandbox(Self.sandbox("b"))
        #expect(try await runtime.sandbox(second).addresses == ["10.244.0.2"])
    }

    @Test("Without a range there is no pod; it may be given later") func noRange() async throws {
        let runtime = Self.runtime(try Self.pod(), ranges: [])
        await #expect(throws: RuntimeFailure.self) { try await runtime.runSandbox(Self.sandbox("a")) }
    }

    @Test("What ran before is taken over as its status says") func adoption() async throws {
        let pod = try Self.pod(
            status: """
                {"phase": "Running", "podIPs": [{"ip": "10.244.0.2"}], "startTime": "2026-01-01T00:00:00Z",
                 "initContainerStatuses": [{"name": "first", "containerID": "simulated://u/first",
                   "state": {"terminated": {"exitCode": 0, "startedAt": "2026-01-01T00:00:01Z", "finishedAt": "2026-01-01T00:00:02Z"}}}],
                 "containerStatuses": [
                   {"name": "c", "containerID": "simulated://u/c.2", "imageID": "i", "restartCount": 2,
                    "state": {"running": {"startedAt": "2026-01-01T00:00:03Z"}}},
                   {"name": "waits", "state": {"waiting": {"reason": "ContainerCreating"}}},
                   {"name": "other", "containerID": "containerd://1", "state": {"running": {}}}]}
                """)
        let runtime = Self.runtime(pod)
        try await runtime.adopt(pod)
        let sandboxes = try await runtime.sandboxes(ofPod: "u")
        #expect(sandboxes.map(\.id) == ["u/0"])
        #expect(try await runtime.sandbox("u/0").addresses == ["10.244.0.2"])
        let containers = try await runtime.containers(ofPod: "u").sorted { $0.id < $1.id }
        #expect(containers.map(\.id) == ["u/c.2", "u/first"])
        #expect(containers.map(\.state) == [.running, .exited])
        #expect(containers.first?.annotations[PodLabels.restartCount] == "2")
        let started = try #require(Timestamp("2026-01-01T00:00:03Z"))
        #expect(try await runtime.container("u/c.2").startedAt == started.microseconds * 1000)
        // Nobody else gets its address.
        await #expect(throws: RuntimeFailure.self) { try await runtime.runSandbox(Self.sandbox("b")) }
    }

    @Test(arguments: ["Succeeded", "Failed"]) func whatHasEndedIsNotTakenOver(_ phase: String) async throws {
        let pod = try Self.pod(status: #"{"phase": "\#(phase)", "podIPs": [{"ip": "10.244.0.2"}]}"#)
        let runtime = Self.runtime(pod)
        try await runtime.adopt(pod)
        #expect(try await runtime.sandboxes(ofPod: nil).isEmpty)
    }
}
