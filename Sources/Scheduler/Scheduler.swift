public import KubeAPI
public import KubeClient
public import Logging

/// Gives pods a node (kube-scheduler). It decides about one pod after the other, against what the informers know and
/// what it decided itself; requests about pods are sent meanwhile.
///
/// Its initializer asks for informers and adds handlers to them; nothing happens before ``run()``. Only one may run in a
/// cluster at a time: its caller sees to that.
public struct Scheduler: Sendable {
    public let name = "scheduler"
    private let clock: RetryClock
    private let configuration: SchedulerConfiguration
    private let board: SchedulerBoard
    private let effects: SchedulerEffects

    /// - Parameters:
    ///   - informers: those of pods, nodes, namespaces and PodDisruptionBudgets are used.
    ///   - record: told to the users of pods.
    ///   - time: what is written into objects.
    public init(
        client: KubeClient, informers: SharedInformers, record: @escaping @Sendable (KubeEvent) -> Void,
        configuration: SchedulerConfiguration = SchedulerConfiguration(), clock: RetryClock = .system,
        time: @escaping @Sendable () -> Timestamp = { .now() }, logger: Logger
    ) {
        self.clock = clock
        self.configuration = configuration
        board = SchedulerBoard(configuration: configuration, informers: informers, clock: clock)
        effects = SchedulerEffects(client: client, record: record, time: time, logger: logger)
    }

    /// Works until the task is cancelled. The informers' caches are complete when it begins.
    public func run() async {
        let wakes = board.begin()
        await withDiscardingTaskGroup { group in
            var armed: Duration?
            for await _ in wakes {
                guard !Task.isCancelled else { break }
                while board.underWay < configuration.concurrentRequests, let decision = board.next() {
                    group.addTask {
                        await carryOut(decision)
                        board.done()
                    }
                    await Task.yield()
                }
                // One timer for the next pod that is due, not one for each.
                guard let due = board.nextDue, armed.map({ $0 > due || $0 <= clock.now() }) ?? true else { continue }
                armed = due
                group.addTask {
                    if (try? await clock.sleep(max(.zero, due - clock.now()))) != nil { board.wake() }
                }
            }
            group.cancelAll()
        }
    }

    private func carryOut(_ decision: SchedulingDecision) async {
        switch decision {
        case .bind(let pod, let node):
            if await !effects.bind(pod, to: node) { board.bindingFailed(pod) }
        case .fail(let pod, let failure):
            await effects.report(failure, pod)
        }
    }
}
