public import KubeAPI
public import KubeClient
public import Logging
public import PrometheusMetrics
public import StatusServing
import Synchronization

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
    private let informers: SharedInformers
    private let phase: Phase

    private final class Phase: Sendable {
        enum Value: Sendable {
            case idle
            case syncing
            case running
        }

        let value = Mutex(Value.idle)

        func set(_ new: Value) { value.withLock { $0 = new } }
    }

    /// How long one decision may take to be carried out. Requests end after 30 s.
    private static let longestWork = Duration.seconds(300)

    /// - Parameters:
    ///   - informers: those of pods, nodes, namespaces and PodDisruptionBudgets are used.
    ///   - record: told to the users of pods.
    ///   - time: what is written into objects.
    public init(
        client: KubeClient, informers: SharedInformers, record: @escaping @Sendable (KubeEvent) -> Void,
        configuration: SchedulerConfiguration = SchedulerConfiguration(), clock: RetryClock = .system,
        time: @escaping @Sendable () -> Timestamp = { .now() }, registry: MetricsRegistry = MetricsRegistry(),
        logger: Logger
    ) {
        self.clock = clock
        self.configuration = configuration
        self.informers = informers
        phase = Phase()
        board = SchedulerBoard(configuration: configuration, informers: informers, clock: clock, registry: registry)
        effects = SchedulerEffects(client: client, record: record, time: time, logger: logger)
    }

    /// Whether it does its work.
    public var healthCheck: HealthCheck {
        HealthCheck(name) { [board] in
            let longest = board.longestUnderWay
            guard longest > Self.longestWork else { return nil }
            return "a decision has been carried out for \(longest.components.seconds) s"
        }
    }

    /// Whether it knows the cluster; also where another process leads.
    public var readinessCheck: HealthCheck {
        HealthCheck("informer-sync") { [phase, informers] in
            guard phase.value.withLock({ $0 }) == .syncing else { return nil }
            return "not listed yet: \(informers.unsynced.joined(separator: ", "))"
        }
    }

    /// Runs the informers and works with them until the task is cancelled.
    public func runWithInformers() async {
        phase.set(.syncing)
        defer { phase.set(.idle) }
        await informers.run {
            phase.set(.running)
            await run()
        }
    }

    /// Works until the task is cancelled. The informers' caches are complete when it begins.
    public func run() async {
        let wakes = board.begin()
        await withDiscardingTaskGroup { group in
            var timers = ArmedTimers()
            for await _ in wakes {
                guard !Task.isCancelled else { break }
                while board.underWay < configuration.concurrentRequests, let task = board.next() {
                    group.addTask {
                        await carryOut(task)
                        board.done(task)
                    }
                    await Task.yield()
                }
                let now = clock.now()
                guard let due = board.nextDue, timers.arm(for: max(due, now), now: now) else { continue }
                group.addTask {
                    if (try? await clock.sleep(max(.zero, due - clock.now()))) != nil { board.wake() }
                }
            }
            group.cancelAll()
        }
    }

    private func carryOut(_ task: SchedulerBoard.Assignment) async {
        switch task.trial.decision {
        case .bind(let pod, let node):
            guard await effects.bind(pod, to: node) else {
                board.metrics.attempted(.error, in: clock.now() - task.startedAt)
                board.bindingFailed(pod)
                return
            }
            let now = clock.now()
            board.metrics.attempted(.scheduled, in: now - task.startedAt)
            board.metrics.scheduled(after: task.trial.pod.attempts, in: now - task.trial.pod.enteredAt)
        case .fail(let pod, let failure):
            await effects.report(failure, pod)
        }
    }
}
