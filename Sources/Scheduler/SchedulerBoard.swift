import KubeAPI
import KubeClient
import Synchronization

/// The ``SchedulerState`` where informers' handlers and the scheduler's loop meet.
final class SchedulerBoard: Sendable {
    private struct State {
        var scheduler: SchedulerState
        var underWay = 0
        /// Of the loop that runs.
        var wakeUp: AsyncStream<Void>.Continuation?
    }

    private let state: Mutex<State>
    private let configuration: SchedulerConfiguration
    private let clock: RetryClock
    private let pods: Informer<Pod>
    private let nodes: Informer<Node>
    private let namespaces: Informer<Namespace>
    private let budgets: Informer<PodDisruptionBudget>

    init(configuration: SchedulerConfiguration, informers: SharedInformers, clock: RetryClock) {
        self.configuration = configuration
        self.clock = clock
        pods = informers.informer()
        nodes = informers.informer()
        namespaces = informers.informer()
        budgets = informers.informer()
        state = Mutex(State(scheduler: Self.empty(configuration)))
        listen()
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
            state = State(scheduler: Self.empty(configuration), wakeUp: wakeUp)
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

    /// Decisions that are being carried out.
    var underWay: Int { state.withLock { $0.underWay } }

    var nextDue: Duration? { state.withLock { $0.scheduler.queue.nextDue } }

    /// The next decision; ``done()`` must follow.
    func next() -> SchedulingDecision? {
        let now = clock.now()
        return state.withLock { state in
            guard let decision = state.scheduler.next(now: now) else { return nil }
            state.underWay += 1
            return decision
        }
    }

    func done() {
        state.withLock { $0.underWay = max(0, $0.underWay - 1) }
        wake()
    }

    func bindingFailed(_ pod: PodInfo) { take { $0.bindingFailed(pod, now: $1) } }
}
