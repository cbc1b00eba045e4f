import ContainerRuntime
import Foundation
import JSONStream
import KubeAPI
import KubeClient
import ServerTesting
import Synchronization
import Testing

@testable import NodeAgent

/// The agent against the API server, over a runtime that only keeps lists.
@Suite struct NodeAgentTests {
    private static func running(
        _ runtime: FakeContainerRuntime, _ body: @Sendable (LiveServer, URL) async throws -> Void
    ) async throws {
        try await LiveServer.with { live in
            let directory = FileManager.default.temporaryDirectory.appending(path: "agent-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: directory) }
            var configuration = NodeAgentConfiguration(nodeName: "here", nodeAddresses: ["192.0.2.7"])
            configuration.rootDirectory = directory.appending(path: "root").path
            configuration.logDirectory = directory.appending(path: "logs").path
            let agent = try await NodeAgent(
                client: live.client, runtime: runtime, configuration: configuration, logger: live.logger)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await agent.run() }
                try await live.wait(for: Node.self, "here") { $0?.readyCondition?.isTrue == true }
                try await body(live, directory)
                group.cancelAll()
            }
        }
    }

    private static func pod(_ name: String, _ spec: String = "") -> String {
        """
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"\(name)"},"spec":{"nodeName":"here",\(spec)
        "containers":[{"name":"c","image":"busybox:1","env":[{"name":"IP","valueFrom":{"fieldRef":{"fieldPath":"status.podIP"}}}]}]}}
        """
    }

    @Test("A pod that is bound runs, is started again when it ends, and leaves nothing when it is deleted")
    func life() async throws {
        let runtime = FakeContainerRuntime()
        try await Self.running(runtime) { live, directory in
            try await live.create(Pod.self, Self.pod("web"))
            let pod = try await live.wait(for: Pod.self, "web") { $0?.isReady == true }
            #expect(pod?.status.podIPs == ["10.0.0.1"])
            #expect(pod?.status.hostIP == "192.0.2.7")
            let environment = runtime.state.withLock { $0.configurations["c"]?.environment ?? [] }
            #expect(environment.contains(ContainerConfiguration.Variable("IP", "10.0.0.1")))
            runtime.exit("c", 3)
            try await live.wait(for: Pod.self, "web") { $0?.status.restarts == 1 && $0?.isReady == true }
            try await live.client.delete(Pod.self, ObjectKey(namespace: "default", name: "web"))
            try await live.wait(for: Pod.self, "web") { $0 == nil }
            for _ in 0..<6000 where runtime.state.withLock({ !$0.sandboxes.isEmpty || !$0.containers.isEmpty }) {
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(runtime.state.withLock { $0.sandboxes.isEmpty && $0.containers.isEmpty })
            let left = try FileManager.default.contentsOfDirectory(atPath: directory.path + "/root/pods")
            #expect(left.isEmpty)
        }
    }

    @Test("A pod that is done is told so, and is not started again")
    func completion() async throws {
        let runtime = FakeContainerRuntime()
        runtime.state.withLock { $0.exits["c"] = 0 }
        try await Self.running(runtime) { live, _ in
            try await live.create(Pod.self, Self.pod("job", #""restartPolicy":"Never","#))
            try await live.wait(for: Pod.self, "job") { $0?.status.phase == "Succeeded" }
            #expect(runtime.state.withLock { $0.calls.filter { $0 == "startContainer" }.count } == 1)
        }
    }

    @Test("An image of a private registry is pulled with the pod's login; without one the registry's words are told")
    func privateRegistry() async throws {
        let runtime = FakeContainerRuntime()
        let image = "registry.example/app:1"
        runtime.state.withLock { $0.passwords[image] = "secret" }
        try await Self.running(runtime) { live, _ in
            let login = #"{"auths":{"registry.example":{"username":"ann","password":"secret"}}}"#
            let data = Data(login.utf8).base64EncodedString()
            try await live.create(
                TokenSecret.self,
                #"{"metadata":{"name":"login"},"type":"kubernetes.io/dockerconfigjson","data":{".dockerconfigjson":"\#(data)"}}"#
            )
            func pod(_ name: String, _ spec: String) -> String {
                #"{"metadata":{"name":"\#(name)"},"spec":{"nodeName":"here",\#(spec)"containers":[{"name":"\#(name)","image":"\#(image)"}]}}"#
            }
            try await live.create(Pod.self, pod("stranger", ""))
            for _ in 0..<6000 {
                let body = try await live.client.send(
                    APIRequest(.get, "/api/v1/namespaces/default/pods/stranger"))
                let waiting = try JSONValue(parsing: body)["status"]?.list("containerStatuses").first?["state"]?[
                    "waiting"]
                if waiting?.text("message").contains("no basic auth credentials") == true { break }
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(runtime.state.withLock { !$0.images.contains(image) })
            try await live.create(Pod.self, pod("friend", #""imagePullSecrets":[{"name":"login"}],"#))
            try await live.wait(for: Pod.self, "friend") { $0?.isReady == true }
        }
    }

    @Test("Tokens are asked for anew when four fifths of their time are over")
    func tokenRenewal() async throws {
        try await LiveServer.with { live in
            try await live.create(ServiceAccount.self, #"{"metadata":{"name":"default"}}"#)
            try await live.create(
                Pod.self,
                #"{"metadata":{"name":"p"},"spec":{"serviceAccountName":"default","containers":[{"name":"c","image":"i"}]}}"#
            )
            let body = try await live.client.send(APIRequest(.get, "/api/v1/namespaces/default/pods/p"))
            let pod = try BoundPod(try JSONValue(parsing: body))
            let time = Mutex(Timestamp.now())
            let source = TokenSource(client: live.client) { time.withLock(\.self) }
            let key = VolumeFiles.TokenKey(audience: "", expiration: 3600)
            let first = try await source.token(key, pod)
            time.withLock { $0 = $0 + .seconds(2800) }
            #expect(try await source.token(key, pod) == first)
            time.withLock { $0 = $0 + .seconds(100) }
            #expect(try await source.token(key, pod) != first)
        }
    }

    @Test("An agent that starts again adopts what runs, and removes what nobody wants any more")
    func adoption() async throws {
        let runtime = FakeContainerRuntime()
        // Of a pod that was deleted while nobody was here.
        runtime.state.withLock { state in
            let identity = PodIdentity(name: "old", namespace: "default", uid: "gone")
            state.sandboxes = [.init(id: "s0", pod: identity, attempt: 0, isReady: true, createdAt: 0)]
        }
        try await Self.running(runtime) { live, _ in
            for _ in 0..<6000 where runtime.state.withLock({ !$0.sandboxes.isEmpty }) {
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(runtime.state.withLock { $0.sandboxes.isEmpty })
        }
    }

    @Test("An image that cannot be had is told in the runtime's words")
    func images() async throws {
        let runtime = FakeContainerRuntime()
        runtime.state.withLock { $0.images = [] }
        try await Self.running(runtime) { live, _ in
            try await live.create(Pod.self, Self.pod("web"))
            var reasons: Set<String> = []
            for _ in 0..<6000 where reasons.count < 2 {
                let body = try await live.client.send(APIRequest(.get, "/api/v1/namespaces/default/pods/web"))
                let status = try JSONValue(parsing: body)["status"]?.list("containerStatuses").first
                let waiting = status?["state"]?["waiting"]
                if let reason = waiting?.text("reason"), reason.contains("Pull") {
                    reasons.insert(reason)
                    #expect(waiting?.text("message").contains("no such host") == true)
                }
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(reasons == ["ErrImagePull", "ImagePullBackOff"])
        }
    }
}
