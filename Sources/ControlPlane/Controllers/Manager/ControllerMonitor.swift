import KubeClient
import Synchronization

/// Knows whether controllers do their work: whether their caches are filled, whether they run, and whether one of their
/// tasks hangs.
final class ControllerMonitor: Sendable {
    /// How long the work on one key may take, or one of a controller's rounds. Requests end after 30 s; the longest work
    /// is one of many requests.
    static let longestWork = Duration.seconds(300)
    /// How long the caches may take to fill.
    static let longestSync = Duration.seconds(60)

    private enum Phase {
        /// Another process leads.
        case idle
        case syncing(since: Duration)
        case running
    }

    private struct State {
        var phase = Phase.idle
        var queues: [String: [any MonitoredQueue]] = [:]
        /// When the rounds of those that go round have to be over.
        var rounds: [String: Duration] = [:]
        var ended: Set<String> = []
    }

    private let clock: RetryClock
    private let unsynced: @Sendable () -> [String]
    private let state = Mutex(State())

    /// - Parameter unsynced: the kinds whose caches are not filled.
    init(clock: RetryClock, unsynced: @escaping @Sendable () -> [String]) {
        self.clock = clock
        self.unsynced = unsynced
    }

    func watch(_ queue: any MonitoredQueue, of controller: String) {
        state.withLock { $0.queues[controller, default: []].append(queue) }
    }

    /// A controller that looks at everything now and then begins a round.
    /// - Parameter pause: how long it will wait after the round.
    func beginsRound(_ controller: String, pause: Duration) {
        let due = clock.now() + pause + Self.longestWork
        state.withLock { $0.rounds[controller] = due }
    }

    // MARK: Told by the manager

    func syncing() {
        let now = clock.now()
        state.withLock { state in
            state.phase = .syncing(since: now)
            state.ended = []
            state.rounds = [:]
        }
    }

    func running() { state.withLock { $0.phase = .running } }
    func idle() { state.withLock { $0.phase = .idle } }
    func ended(_ controller: String) { state.withLock { _ = $0.ended.insert(controller) } }

    // MARK: Health

    /// What keeps the controllers from beginning; nil: nothing.
    var syncProblem: String? {
        guard case .syncing = state.withLock({ $0.phase }) else { return nil }
        let unsynced = unsynced()
        return unsynced.isEmpty ? nil : "not listed yet: \(unsynced.joined(separator: ", "))"
    }

    /// What is wrong with a controller; nil: nothing.
    func problem(_ controller: String) -> String? {
        let now = clock.now()
        let (phase, queues, due, hasEnded) = state.withLock { state in
            (
                state.phase, state.queues[controller] ?? [], state.rounds[controller],
                state.ended.contains(controller)
            )
        }
        switch phase {
        case .idle:
            return nil
        case .syncing(let since):
            return now - since > Self.longestSync ? syncProblem : nil
        case .running:
            if hasEnded { return "it has ended" }
            let longest = queues.map(\.unfinishedWork.longest).max() ?? .zero
            if longest > Self.longestWork { return "work on one object has taken \(Self.seconds(longest)) s" }
            guard let due, now > due else { return nil }
            return "its round is \(Self.seconds(now - due + Self.longestWork)) s late"
        }
    }

    private static func seconds(_ duration: Duration) -> Int64 { duration.components.seconds }
}
