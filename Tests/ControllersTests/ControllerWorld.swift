import JSONStream
import KubeAPI
import KubeClient
import Logging
import ServerTesting
import Synchronization

@testable import Controllers

/// An API server in this process, and controllers that work on it.
struct ControllerWorld: Sendable {
    /// What controllers told.
    final class Events: Sendable {
        private let recorded = Mutex<[KubeEvent]>([])

        var reasons: [String] { recorded.withLock { $0.map(\.reason) } }
        func record(_ event: KubeEvent) { recorded.withLock { $0.append(event) } }
    }

    /// Addresses that pods have got.
    final class Addresses: Sendable {
        private let given = Mutex(0)

        func next() -> String {
            let number = given.withLock { given in
                given += 1
                return given
            }
            return "10.\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)"
        }
    }

    /// Requests that were sent.
    final class Requests: Sendable {
        private let sent = Mutex(0)

        var count: Int { sent.withLock { $0 } }
        func note() { sent.withLock { $0 += 1 } }
    }

    let client: KubeClient
    let events: Events
    let requests: Requests
    private let addresses = Addresses()
    private let logger: Logger

    private init(_ live: LiveServer, _ requests: Requests) {
        client = live.client
        events = Events()
        self.requests = requests
        logger = live.logger
    }

    static func with(_ body: @Sendable (ControllerWorld) async throws -> Void) async throws {
        let requests = Requests()
        try await LiveServer.with(observer: { _, _, _, _ in requests.note() }) { live in
            try await body(ControllerWorld(live, requests))
        }
    }

    /// Runs controllers as long as `body` runs.
    func run(
        _ controllers: (ControllerContext) throws -> [any ManagedController],
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let context = ControllerContext(
            client: client, informers: SharedInformers(client: client, logger: logger),
            record: { [events] in events.record($0) }, logger: logger)
        let manager = ControllerManager(context: context, controllers: try controllers(context))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await manager.run() }
            group.addTask { try await body() }
            // Whatever ends first: the controllers never do.
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    func nextAddress() -> String { addresses.next() }

    // MARK: Objects

    @discardableResult
    func create(_ path: String, _ body: JSONValue) async throws -> JSONValue {
        try JSONValue(parsing: try await client.send(APIRequest(.post, path, body: body.serialized())))
    }

    func patch(_ path: String, _ patch: JSONValue) async throws {
        _ = try await client.send(.patch(path, .merge, patch.serialized()))
    }

    func delete(_ path: String, _ options: JSONValue = [:]) async throws {
        _ = try await client.send(APIRequest(.delete, path, body: options.serialized()))
    }

    func get(_ path: String) async throws -> JSONValue {
        try JSONValue(parsing: try await client.send(APIRequest(.get, path)))
    }

    func list<Object: APIObject>(_ type: Object.Type, in namespace: String = "") async throws -> [Object] {
        try await client.list(type, ObjectSelector(namespace: namespace)).items
    }

    /// Returns once the condition holds. The test's time limit ends the wait.
    func eventually(_ condition: @Sendable () async throws -> Bool) async throws {
        while try await !condition() { try await Task.sleep(for: .milliseconds(20)) }
    }

    func addNode(_ name: String, zone: String = "z1") async throws {
        try await create(
            "/api/v1/nodes",
            [
                "apiVersion": "v1", "kind": "Node",
                "metadata": ["name": .string(name), "labels": ["topology.kubernetes.io/zone": .string(zone)]],
            ])
    }

    /// A pod `app=APP` that runs and is ready.
    func addPod(_ name: String, app: String = "web", ip: String, node: String = "node1") async throws {
        let pods = "/api/v1/namespaces/default/pods"
        try await create(
            pods,
            [
                "apiVersion": "v1", "kind": "Pod",
                "metadata": ["name": .string(name), "labels": ["app": .string(app)]],
                "spec": ["nodeName": .string(node), "containers": [["name": "c", "image": "i"]]],
            ])
        try await patch(
            "\(pods)/\(name)/status",
            [
                "status": [
                    "phase": "Running", "podIP": .string(ip), "podIPs": [["ip": .string(ip)]],
                    "conditions": [["type": "Ready", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"]],
                ]
            ])
    }

    func addService(_ name: String, _ spec: JSONValue) async throws {
        try await create(
            "/api/v1/namespaces/default/services",
            ["apiVersion": "v1", "kind": "Service", "metadata": ["name": .string(name)], "spec": spec])
    }
}
