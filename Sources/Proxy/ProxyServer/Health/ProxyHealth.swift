import FoundationEssentials
public import NetworkAddress
import StatusServing
import Synchronization

/// The health of the running proxy, told by the sync loop and asked by HTTP servers.
public final class ProxyHealth: Sendable {
    /// Where the time comes from; tests have their own.
    public struct Clock: Sendable {
        var now: @Sendable () -> ContinuousClock.Instant
        /// Nanoseconds since 1970.
        var wallTime: @Sendable () -> Int64

        public init(
            now: @escaping @Sendable () -> ContinuousClock.Instant, wallTime: @escaping @Sendable () -> Int64
        ) {
            self.now = now
            self.wallTime = wallTime
        }

        public static let system = Clock {
            ContinuousClock().now
        } wallTime: {
            Int64(Date().timeIntervalSince1970 * 1_000_000) * 1_000
        }
    }

    private let state: Mutex<ProxyHealthState>
    private let clock: Clock
    private let metrics: ProxyMetrics

    /// - Parameter timeout: ``ProxySettings/healthTimeout``.
    public init(timeout: Duration, metrics: ProxyMetrics, clock: Clock = .system) {
        state = Mutex(ProxyHealthState(timeout: timeout))
        self.metrics = metrics
        self.clock = clock
    }

    /// A change for this family arrived.
    public func queued(_ family: IPFamily) {
        let now = clock.now()
        state.withLock { $0.queue(family, at: now) }
    }

    /// Everything queued for this family is in force.
    public func updated(_ family: IPFamily) {
        let now = clock.now()
        state.withLock { $0.update(family, at: now) }
    }

    /// The Node object of this host changed. A missing Node counts as being deleted.
    public func nodeChanged(isBeingDeleted: Bool, taints: some Sequence<String>) {
        state.withLock { $0.setNode(isBeingDeleted: isBeingDeleted, taints: taints) }
    }

    /// Whether the kernel is up to date; the node's fate does not count.
    public var isHealthy: Bool {
        let now = clock.now()
        return state.withLock { $0.verdict(at: now).isHealthy }
    }

    /// `/healthz`: whether new connections should be sent to this node.
    func answerHealthz() -> HTTPAnswer {
        let (verdict, isEligible, times) = read()
        let status = verdict.isHealthy && isEligible ? 200 : 503
        metrics.healthzAnswered(code: status)
        let lastUpdated = status == 200 ? times.current : times.lastUpdated
        return HTTPAnswer(
            status: status, contentType: "application/json",
            body: "{\"lastUpdated\": \"\(lastUpdated)\",\"currentTime\": \"\(times.current)\", "
                + "\"nodeEligible\": \(isEligible)}")
    }

    /// `/livez`: whether the proxy itself works.
    func answerLivez() -> HTTPAnswer {
        let (verdict, _, times) = read()
        let status = verdict.isHealthy ? 200 : 503
        metrics.livezAnswered(code: status)
        let lastUpdated = status == 200 ? times.current : times.lastUpdated
        return HTTPAnswer(
            status: status, contentType: "application/json",
            body: "{\"lastUpdated\": \"\(lastUpdated)\",\"currentTime\": \"\(times.current)\"}")
    }

    private func read() -> (ProxyHealthState.Verdict, isEligible: Bool, (lastUpdated: String, current: String)) {
        let now = clock.now()
        let (verdict, isEligible) = state.withLock { ($0.verdict(at: now), $0.isNodeEligible) }
        let wallTime = clock.wallTime()
        let lastUpdated = verdict.lastUpdated.map { instant in
            let (seconds, attoseconds) = (now - instant).components
            return GoTime.format(nanoseconds: wallTime - seconds * 1_000_000_000 - attoseconds / 1_000_000_000)
        }
        return (verdict, isEligible, (lastUpdated ?? GoTime.zero, GoTime.format(nanoseconds: wallTime)))
    }
}
