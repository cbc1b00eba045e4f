import KubeAPI
import KubeClient
import PrometheusMetrics
import Synchronization

/// The ``SchedulerState`` where informers' handlers and the scheduler's loop meet.
final class SchedulerBoard: Sendable {
    /// A decision to be carried out.
    struct Assignment: Sendable {
        let id: Int
        let trial: SchedulingTrial
        let startedAt: Duration
    }

    private struct State {
        var scheduler: SchedulerState
        /// Since when decisions are being carried out.
        var underWay: [Int: Duration] = [:]
        var nextID = 0
        /// Of the loop that runs.
        var wakeUp: AsyncStream<Void>.Continuation?
    }

    let metrics: SchedulerMetrics
    private let state: Mutex<State>
    private let configuration: SchedulerConfiguration
    private let clock: RetryClock
    private let pods: Informer<Pod>
    private let nodes: Informer<Node>
    private let namespaces: Informer<Namespace>
    private let budgets: Informer<PodDisruptionBudget>

    init(
        configuration: SchedulerConfiguration, informers: SharedInformers, clock: RetryClock, registry: MetricsRegistry
    ) {
        metrics = SchedulerMetrics(registry, profile: configuration.schedulerName)
        self.configuration = configuration
        self.clock = clock
        pods = informers.informer()
        nodes = informers.informer()
        namespaces = informers.informer()
        budgets = informers.informer()
        state = Mutex(State(scheduler: Self.empty(configuration)))
        listen()
        registry.collect { [weak self] in
            guard let self else { return }
            self.state.withLock { self.metrics.show($0.scheduler) }
        }
    }

    private static func empty(_ configuration: SchedulerConfiguration) -> SchedulerState {
        SchedulerState(
            schedulerName: configuration.schedulerName, seed: configuration.seed ?? .random(in: .min ... .max))
    }

    private func listen() {
        nodes.onChange { [weak self] change in
            self?.take { $0.nodeChanged(change.old, change.new, now: $1) }
        }
        pods.onChange { [weak self] change in
            guard let key = change.latest?.metadata.key else { return }
            self?.take { $0.podChanged(key, change.new, now: $1) }
        }
        namespaces.onChange { [weak self] change in
            guard let name = change.latest?.metadata.name else { return }
            self?.take { $0.namespaceChanged(name, labels: change.new?.metadata.labels, now: $1) }
        }
        budgets.onChange { [weak self] change in
            guard let key = change.latest?.metadata.key else { return }
            self?.take { state, _ in state.budgetChanged(key, change.new) }
        }
    }

    private func take(_ change: (inout SchedulerState, Duration) -> Void) {
        let now = clock.now()
        state.withLock { change(&$0.scheduler, now) }
        wake()
    }

    func wake() { state.withLock { $0.wakeUp }?.yield() }

    /// Begins anew with what the informers' caches hold: while another process was the leader, they may have been empty.
    /// Returns what wakes the loop.
    func begin() -> AsyncStream<Void> {
        let now = clock.now()
        // A stream ends with the task that reads it, so each run has its own.
        let (wakes, wakeUp) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { state in
            state = State(scheduler: Self.empty(configuration), nextID: state.nextID, wakeUp: wakeUp)
            for namespace in namespaces.cache.all {
                state.scheduler.namespaceChanged(
                    namespace.metadata.name, labels: namespace.metadata.labels, now: now)
            }
            for node in nodes.cache.all { state.scheduler.nodeChanged(nil, node, now: now) }
            for budget in budgets.cache.all { state.scheduler.budgetChanged(budget.metadata.key, budget) }
            let byAge = pods.cache.all.sorted {
                ($0.metadata.creationTimestamp, $0.metadata.key) < ($1.metadata.creationTimestamp, $1.metadata.key)
            }
            for pod in byAge { state.scheduler.podChanged(pod.metadata.key, pod, now: now) }
        }
        wakeUp.yield()
        return wakes
    }

    /// How many decisions are being carried out.
    var underWay: Int { state.withLock { $0.underWay.count } }

    /// How long the oldest of these has taken so far.
    var longestUnderWay: Duration {
        let now = clock.now()
        return state.withLock { state in state.underWay.values.min().map { now - $0 } ?? .zero }
    }

    var nextDue: Duration? { state.withLock { $0.scheduler.queue.nextDue } }

    /// The next decision; ``done(_:)`` must follow.
    func next() -> Assignment? {
        let start = clock.now()
        let task = state.withLock { state -> Assignment? in
            guard let trial = state.scheduler.trial(now: start) else { return nil }
            let task = Assignment(id: state.nextID, trial: trial, startedAt: start)
            state.underWay[task.id] = start
            state.nextID += 1
            return task
        }
        if let task { metrics.decided(task.trial.decision, in: clock.now() - start) }
        return task
    }

    func done(_ task: Assignment) {
        state.withLock { _ = $0.underWay.removeValue(forKey: task.id) }
        wake()
    }

    func bindingFailed(_ pod: PodInfo) { take { $0.bindingFailed(pod, now: $1) } }
}
