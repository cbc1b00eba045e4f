import KubeClient
import Logging
import Testing

@testable import Controllers

@Suite struct ControllerManagerTests {
    private struct Once: ManagedController {
        let name: String
        let ran: @Sendable (String) -> Void

        func run() async { ran(name) }
    }

    @Test(.timeLimit(.minutes(1))) func everyControllerRuns() async throws {
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
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
        await client.shutdown()
    }
}
