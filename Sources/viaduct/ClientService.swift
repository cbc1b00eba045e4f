import KubeClient
import Logging
import ServiceLifecycle
import UnixSignals

/// Work with a client that goes on until the process is told to end.
struct ClientService: Service {
    let client: KubeClient
    let work: @Sendable () async -> Void

    init(client: KubeClient, work: @escaping @Sendable () async -> Void) {
        self.client = client
        self.work = work
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { await work() }
        await client.shutdown()
    }

    /// As a process of its own.
    func runUntilSignal() async throws {
        try await ServiceGroup(
            services: [self], gracefulShutdownSignals: [.sigterm, .sigint],
            logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }
        ).run()
    }
}
