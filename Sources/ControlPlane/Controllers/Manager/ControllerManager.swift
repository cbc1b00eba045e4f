public import KubeClient
import Logging
public import StatusServing

/// Runs controllers over shared informers, in one process at a time where it is told to elect a leader.
public struct ControllerManager: Sendable {
    private let context: ControllerContext
    private let controllers: [any ManagedController]
    private let election: LeaderElector?

    /// - Parameter election: nil: this process is the only one.
    public init(context: ControllerContext, controllers: [any ManagedController], election: LeaderElector? = nil) {
        self.context = context
        self.controllers = controllers
        self.election = election
    }

    /// A check of each controller, under its name.
    public var healthChecks: [HealthCheck] {
        controllers.map { controller in
            HealthCheck(controller.name) { [monitor = context.monitor] in monitor.problem(controller.name) }
        }
    }

    /// Whether what the controllers work with is there; also where another process leads.
    public var readinessCheck: HealthCheck {
        HealthCheck("informer-sync") { [monitor = context.monitor] in monitor.syncProblem }
    }

    /// Works until the task is cancelled.
    public func run() async {
        if let election {
            await election.run { await lead() }
        } else {
            await lead()
        }
    }

    private func lead() async {
        context.monitor.syncing()
        defer { context.monitor.idle() }
        await context.informers.run {
            context.monitor.running()
            context.logger.info("running \(controllers.count) controllers")
            await withTaskGroup(of: Void.self) { group in
                for controller in controllers {
                    group.addTask {
                        await controller.run()
                        guard !Task.isCancelled else { return }
                        context.monitor.ended(controller.name)
                        context.logger.error("a controller has ended", metadata: ["controller": "\(controller.name)"])
                    }
                }
            }
        }
    }
}
