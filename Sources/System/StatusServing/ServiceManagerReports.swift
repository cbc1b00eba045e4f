import FoundationEssentials
import LinuxSystem
public import Logging
public import ServiceLifecycle

/// Reports to the service manager when this process is ready, that it is alive, and when it ends. Does nothing without
/// one.
public struct ServiceManagerReports: Service {
    private let manager: ServiceManager?
    private let ready: @Sendable () async throws -> String
    private let alive: @Sendable () async -> Void
    private let logger: Logger

    /// - Parameters:
    ///   - ready: returns, with a line for `systemctl status`, when the process first does its work.
    ///   - alive: returns if the process is able to work, and does not return if it is stuck.
    public init(
        logger: Logger, ready: @escaping @Sendable () async throws -> String,
        alive: @escaping @Sendable () async -> Void = {}
    ) {
        manager = ServiceManager(environment: ProcessInfo.processInfo.environment)
        self.logger = logger
        self.ready = ready
        self.alive = alive
    }

    public func run() async throws {
        defer { tell([.stopping]) }
        do {
            try await cancelWhenGracefulShutdown {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        tell([.ready, .status(try await ready())])
                        await untilCancelled()
                    }
                    group.addTask { await showLife() }
                    for try await _ in group {}
                }
            }
        } catch is CancellationError where Task.isShuttingDownGracefully {
            // It was not ready yet.
        }
    }

    private func showLife() async {
        guard let watchdog = manager?.watchdog else { return await untilCancelled() }
        while !Task.isCancelled {
            await alive()
            tell([.alive])
            do { try await Task.sleep(for: watchdog / 2) } catch { return }
        }
    }

    /// A service that ends would end the group.
    private func untilCancelled() async {
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
    }

    private func tell(_ states: [ServiceManager.State]) {
        guard let manager else { return }
        do throws(SystemError) {
            try manager.tell(states)
        } catch {
            logger.warning("the service manager does not listen", metadata: ["error": "\(error)"])
        }
    }
}
