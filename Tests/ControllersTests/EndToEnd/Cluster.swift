import APIServer
import JSONStream
import KubeAPI
import KubeClient
import Logging
import NetworkAddress
import ObjectStore
import Synchronization

@testable import Controllers

/// An API server with an empty store, a client, and somebody who starts all pods.
struct Cluster: Sendable {
    let client: KubeClient
    /// Requests that the client has sent.
    let requests: Counter
    /// What the controllers told the users.
    let events = Events()

    final class Events: Sendable {
        private let recorded = Mutex<[KubeEvent]>([])
        func record(_ event: KubeEvent) { recorded.withLock { $0.append(event) } }
        func count(_ reason: String) -> Int { recorded.withLock { $0.count { $0.reason == reason } } }
    }

    final class Counter: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func increment() { count.withLock { $0 += 1 } }
    }

    static let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    static func with(_ body: @escaping @Sendable (Cluster) async throws -> Void) async throws {
        let configuration = APIServerConfiguration(
            serviceCIDRs: [IPNetwork("10.96.0.0/12")].compactMap { $0 }, nodePortRange: 30000...32767,
            store: MemoryStore())
        let server = APIServer(configuration: configuration, logger: silent)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let address = "http://127.0.0.1:\(try await server.boundPort())"
            let requests = Counter()
            let client = try KubeClient(
                configuration: ClientConfiguration(server: try ServerAddress(address, place: "test")), logger: silent,
                observer: { _, _ in requests.increment() })
            let cluster = Cluster(client: client, requests: requests)
            let outcome: Result<Void, any Error>
            do {
                try await body(cluster)
                outcome = .success(())
            } catch {
                outcome = .failure(error)
            }
            await client.shutdown()
            group.cancelAll()
            // The server ends by cancellation.
            _ = await group.nextResult()
            try outcome.get()
        }
    }

    /// Runs controllers, with caches of their own, until the task is cancelled.
    func run(_ controllers: @Sendable (ControllerContext) -> [any ManagedController]) async {
        let context = ControllerContext(
            client: client, informers: SharedInformers(client: client, logger: Self.silent),
            record: { events.record($0) }, logger: Self.silent)
        await ControllerManager(context: context, controllers: controllers(context)).run()
    }

    /// Runs controllers while `body` runs.
    func running<Value: Sendable>(
        _ controllers: @escaping @Sendable (ControllerContext) -> [any ManagedController],
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                await run(controllers)
                return nil
            }
            group.addTask { try await body() }
            defer { group.cancelAll() }
            while let value = try await group.next() {
                if let value { return value }
            }
            throw CancellationError()
        }
    }

    /// Says of all pods that they are ready. Returns them.
    @discardableResult
    func startPods() async throws -> [Pod] {
        let pods = try await client.list(Pod.self).items
        for pod in pods where pod.isActive && !pod.isReady { try await start(pod) }
        return pods
    }

    private func start(_ pod: Pod) async throws(APIError) {
        let patch: JSONValue = [
            "metadata": ["uid": .string(pod.metadata.uid)],
            "status": [
                "phase": "Running",
                "conditions": [
                    ["type": "Ready", "status": "True", "lastTransitionTime": .string(Timestamp.now().text())]
                ],
            ],
        ]
        do throws(APIError) {
            let _: Pod = try await client.patch(
                Pod.self, pod.metadata.key, subresource: "status", .merge, patch.serialized())
        } catch {
            // It went meanwhile.
            guard error.isNotFound || error.isConflict else { throw error }
        }
    }

    /// Starts pods until something holds. Returns whether it came to hold within the time.
    func wait(_ limit: Duration = .seconds(60), until isTrue: @Sendable () async throws -> Bool) async throws -> Bool {
        let end = ContinuousClock.now + limit
        repeat {
            try await startPods()
            if try await isTrue() { return true }
            try await Task.sleep(for: .milliseconds(20))
        } while ContinuousClock.now < end
        return false
    }

    func createDeployment(_ name: String, replicas: Int, image: String) async throws {
        let labels: JSONValue = ["app": .string(name)]
        let body: JSONValue = [
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": ["name": .string(name), "namespace": "default"],
            "spec": [
                "replicas": .integer(Int64(replicas)), "selector": ["matchLabels": labels],
                "template": [
                    "metadata": ["labels": labels],
                    "spec": ["containers": [["name": "main", "image": .string(image)]]],
                ],
            ],
        ]
        let _: Deployment = try await client.create(Deployment.self, namespace: "default", body.serialized())
    }

    @discardableResult
    func edit(_ deployment: String, _ spec: JSONValue) async throws -> Deployment {
        let patch: JSONValue = ["spec": spec]
        return try await client.patch(
            Deployment.self, ObjectKey(namespace: "default", name: deployment), .strategicMerge, patch.serialized())
    }

    func setImage(_ image: String, of deployment: String) async throws {
        try await edit(
            deployment, ["template": ["spec": ["containers": [["name": "main", "image": .string(image)]]]]])
    }
}
