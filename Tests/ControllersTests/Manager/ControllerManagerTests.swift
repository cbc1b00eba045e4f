import JSONStream
import KubeClient
import Logging
import PrometheusMetrics
import StatusServing
import Testing

@testable import Controllers

@Suite struct ControllerManagerTests {
    private struct Once: ManagedController {
        let name: String
        let ran: @Sendable (String) -> Void

        func run() async { ran(name) }
    }

    private static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    @Test(.timeLimit(.minutes(30))) func everyControllerRuns() async throws {
        let logger = Self.logger
        let client = try KubeClient(
            configuration: ClientConfiguration(server: try ServerAddress("http://127.0.0.1:1", place: "test")),
            logger: logger)
        let context = ControllerContext(
            client: client, informers: SharedInformers(client: client, logger: logger), record: { _ in },
            logger: logger)
        let (names, ran) = AsyncStream<String>.makeStream()
        let manager = ControllerManager(
            context: context, controllers: ["a", "b"].map { Once(name: $0) { ran.yield($0) } })
        await manager.run()
        ran.finish()
        var seen: Set<String> = []
        for await name in names { seen.insert(name) }
        #expect(seen == ["a", "b"])
        #expect(manager.healthChecks.map(\.name) == ["a", "b"])
        await client.shutdown()
    }

    @Test("Health and metrics of controllers that run", .timeLimit(.minutes(30))) func healthAndMetrics() async throws {
        try await ControllerWorld.with { world in
            let registry = MetricsRegistry()
            let context = ControllerContext(
                client: world.client, informers: SharedInformers(client: world.client, logger: Self.logger),
                record: { _ in }, registry: registry, logger: Self.logger)
            let ended = Once(name: "ended") { _ in }
            let manager = ControllerManager(context: context, controllers: [EndpointSliceController(context), ended])
            #expect(manager.healthChecks.allSatisfy { $0.problem() == nil })
            #expect(manager.readinessCheck.problem() == nil)
            await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await manager.run() }
                group.addTask {
                    try await world.addNode("node1")
                    try await world.addService("web", ["selector": ["app": "web"], "ports": [["port": 80]]])
                    try await world.addPod("a", ip: "10.0.0.1")
                    try await world.addPod("b", ip: "10.0.0.2")
                    try await world.eventually {
                        registry.exposition().contains("endpoint_slice_controller_endpoints_desired 2\n")
                    }
                    try await world.eventually {
                        manager.healthChecks.map { $0.problem() } == [nil, "it has ended"]
                    }
                    try await world.delete("/api/v1/namespaces/default/services/web")
                    try await world.eventually {
                        registry.exposition().contains("endpoint_slice_controller_endpoints_desired 0\n")
                    }
                }
                _ = await group.nextResult()
                group.cancelAll()
            }
            let text = registry.exposition()
            for line in [
                "endpoint_slice_controller_changes{operation=\"create\"} 1",
                "endpoint_slice_controller_num_endpoint_slices 0",
                "endpoint_slice_controller_endpoints_removed_per_sync_sum 0",
                "endpoint_slice_controller_endpoints_added_per_sync_sum 2",
                "workqueue_depth{name=\"endpoint_slice\"} 0",
                "workqueue_unfinished_work_seconds{name=\"endpoint_slice\"} 0",
            ] {
                #expect(text.contains(line + "\n"), "\(line)")
            }
            let count = { (name: String) in
                text.split(separator: "\n").first { $0.hasPrefix(name + "{name=\"endpoint_slice\"} ") }
                    .flatMap { $0.split(separator: " ").last }.flatMap { Int($0) }
            }
            let adds = count("workqueue_adds_total")
            #expect((adds ?? 0) > 2 && count("workqueue_queue_duration_seconds_count") == adds)
            #expect(count("workqueue_work_duration_seconds_count") == adds)
        }
    }
}
