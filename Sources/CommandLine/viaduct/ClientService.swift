import KubeClient
import Logging
import ServiceLifecycle
import StatusServing
import UnixSignals

/// Runs work with a client until the process is asked to end.
struct ClientService: Service {
    let client: KubeClient
    let work: @Sendable () async throws -> Void

    init(client: KubeClient, work: @escaping @Sendable () async throws -> Void) {
        self.client = client
        self.work = work
    }

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await work() }
        } catch is CancellationError where Task.isShuttingDownGracefully {
            // An error would have the service group cut off the others instead of letting them end in order.
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
    }

    /// As a process of its own.
    /// - Parameter server: runs beside it.
    func runUntilSignal(beside server: StatusServer?) async throws {
        var services: [any Service] = [self]
        // What is first ends last: the health can be asked for to the end.
        if let server { services.insert(server, at: 0) }
        try await ServiceGroup(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint],
            logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }
        ).run()
    }
}
