import FoundationEssentials
import JSONStream
public import NetworkAddress
import ProxyConfiguration
import StatusServing
import Synchronization

/// The health of the running proxy: the sync loop reports it, HTTP servers query it.
public final class ProxyHealth: Sendable {
    /// The source of the time; tests have their own.
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

        /// Both times at one moment.
        struct Reading: Hashable, Sendable {
            var now: ContinuousClock.Instant
            /// Nanoseconds since 1970.
            var wallTime: Int64
        }

        func read() -> Reading { Reading(now: now(), wallTime: wallTime()) }

        public static let system = Clock {
            ContinuousClock().now
        } wallTime: {
            Int64(Date().timeIntervalSince1970 * 1_000_000) * 1_000
        }
    }

    private let state: Mutex<ProxyHealthState>
    private let clock: Clock
    private let metrics: ProxyMetrics
    private let start: ContinuousClock.Instant
    private let programmed: @Sendable (Duration) -> Void

    /// - Parameters:
    ///   - timeout: ``ProxySettings/healthTimeout``.
    ///   - families: the programmed families.
    ///   - programmed: called once, when all families are first in force, with the time since this object was created.
    public init(
        timeout: Duration, families: Set<IPFamily> = Set(IPFamily.allCases), metrics: ProxyMetrics,
        clock: Clock = .system, programmed: @escaping @Sendable (Duration) -> Void = { _ in }
    ) {
        state = Mutex(ProxyHealthState(timeout: timeout, families: families))
        self.metrics = metrics
        self.clock = clock
        self.programmed = programmed
        start = clock.now()
    }

    /// A change for this family arrived.
    public func queued(_ family: IPFamily) {
        let now = clock.now()
        state.withLock { $0.queue(family, at: now) }
    }

    /// Everything queued for this family is in force.
    public func updated(_ family: IPFamily) {
        let now = clock.now()
        let isFirst = state.withLock { state in
            let before = state.verdict(at: now).isProgrammed
            state.update(family, at: now)
            return !before && state.verdict(at: now).isProgrammed
        }
        if isFirst { programmed(now - start) }
    }

    /// The Node object of this host changed. A missing Node counts as being deleted.
    public func nodeChanged(isBeingDeleted: Bool, taints: some Sequence<String>) {
        state.withLock { $0.setNode(isBeingDeleted: isBeingDeleted, taints: taints) }
    }

    /// Whether the kernel is up to date; ignores a node that is being deleted.
    public var isHealthy: Bool {
        let now = clock.now()
        return state.withLock { $0.verdict(at: now).isHealthy }
    }

    /// `/healthz`: whether new connections should be sent to this node. Not before it has rules.
    func answerHealthz() -> HTTPAnswer {
        let reading = read()
        let isServing = reading.verdict.isHealthy && reading.verdict.isProgrammed
        let status = isServing && reading.isNodeEligible ? 200 : 503
        metrics.healthzAnswered(code: status)
        return answer(reading, status: status, isHealthy: isServing, isNodeEligible: reading.isNodeEligible)
    }

    /// `/livez`: whether the proxy itself works. While it waits for an API server, a restart would not help.
    func answerLivez() -> HTTPAnswer {
        let reading = read()
        let status = reading.verdict.isHealthy ? 200 : 503
        metrics.livezAnswered(code: status)
        return answer(reading, status: status, isHealthy: reading.verdict.isHealthy, isNodeEligible: nil)
    }

    /// The body of v1.36, members in its order. `lastUpdated` is the current time while all is well, as in older releases.
    private func answer(_ reading: Reading, status: Int, isHealthy: Bool, isNodeEligible: Bool?) -> HTTPAnswer {
        let current = RFC3339.format(nanoseconds: reading.wallTime)
        var body: JSONValue = [:]
        body["lastUpdated"] = .string(status == 200 ? current : reading.text(reading.verdict.lastUpdated))
        body["currentTime"] = .string(current)
        if let isNodeEligible { body["nodeEligible"] = .bool(isNodeEligible) }
        body["healthy"] = .bool(isHealthy)
        var families: JSONValue = [:]
        for (family, status) in reading.verdict.families.sorted(by: { $0.key < $1.key }) {
            families[family.rawValue] = [
                "lastUpdated": .string(reading.text(status.lastUpdated)),
                "healthy": .bool(!status.isLate && (isNodeEligible == nil || status.lastUpdated != nil)),
            ]
        }
        body["status"] = families
        return HTTPAnswer(
            status: status, contentType: "application/json", body: String(decoding: body.serialized(), as: UTF8.self))
    }

    private struct Reading {
        var verdict: ProxyHealthState.Verdict
        var isNodeEligible: Bool
        var now: ContinuousClock.Instant
        /// Nanoseconds since 1970.
        var wallTime: Int64

        func text(_ instant: ContinuousClock.Instant?) -> String {
            guard let instant else { return RFC3339.zero }
            let (seconds, attoseconds) = (now - instant).components
            return RFC3339.format(nanoseconds: wallTime - seconds * 1_000_000_000 - attoseconds / 1_000_000_000)
        }
    }

    private func read() -> Reading {
        let now = clock.now()
        let (verdict, isNodeEligible) = state.withLock { ($0.verdict(at: now), $0.isNodeEligible) }
        return Reading(verdict: verdict, isNodeEligible: isNodeEligible, now: now, wallTime: clock.wallTime())
    }
}
