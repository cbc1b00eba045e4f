public import KubeClient
import Logging

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

    /// Works until the task is cancelled.
    public func run() async {
        if let election {
            await election.run { await lead() }
        } else {
            await lead()
        }
    }

    private func lead() async {
        await context.informers.run {
            context.logger.info("running \(controllers.count) controllers")
            await withTaskGroup(of: Void.self) { group in
                for controller in controllers { group.addTask { await controller.run() } }
            }
        }
    }
}
