/// Decides when to sync and when to verify one IP family. Pure: it gets the time as an argument.
///
/// Changes are batched: a sync begins at once if the last one began at least `minSyncPeriod` ago, else when that time
/// is over. A failed sync is retried after a growing pause, which begins when the failure is known. The kernel is
/// verified every `syncPeriod`, and at once when another program may have changed it.
public struct SyncSchedule: Sendable {
    /// A point in time, as the distance from any fixed point.
    public typealias Instant = Duration

    public enum Step: Hashable, Sendable {
        case sync
        case verify
        /// Nothing to do before then, unless a change comes.
        case wait(until: Instant)
    }

    /// The pause after the first failure; it doubles up to `syncPeriod`.
    public static let firstPause = Duration.milliseconds(100)

    public let minSyncPeriod: Duration
    public let syncPeriod: Duration
    private var isPending = false
    private var isDrifting = false
    /// When the last verification began, and when the next one may begin because of a drift.
    private var verificationBegan: Instant?
    private var driftReady: Instant?
    private var lastSync: Instant?
    private var syncBefore: Instant?
    private var lastFailure: Instant
    private var lastSuccess: Instant
    private var failures = 0

    public init(minSyncPeriod: Duration, syncPeriod: Duration, startingAt now: Instant) {
        self.minSyncPeriod = minSyncPeriod
        self.syncPeriod = syncPeriod
        lastSuccess = now
        lastFailure = now
    }

    /// Whether the last attempt failed.
    public var isFailing: Bool { failures > 0 }

    public mutating func changed() { isPending = true }

    /// Another program may have changed the kernel's state.
    public mutating func drifted() { isDrifting = true }

    public func step(at now: Instant) -> Step {
        // Who fights us for the same rules gets half of the time at most.
        let drift = isDrifting ? max(driftReady ?? now, retryTime ?? now) : nil
        if let drift, drift <= now { return .verify }
        let step = stepWithoutDrift(at: now)
        if let drift, case .wait(let due) = step { return .wait(until: min(drift, due)) }
        return step
    }

    private func stepWithoutDrift(at now: Instant) -> Step {
        if isPending || failures > 0 {
            let due = max(lastSync.map { $0 + minSyncPeriod } ?? now, retryTime ?? now)
            return due <= now ? (isPending ? .sync : .verify) : .wait(until: due)
        }
        let due = lastSuccess + syncPeriod
        return due <= now ? .verify : .wait(until: due)
    }

    private var retryTime: Instant? {
        guard failures > 0 else { return nil }
        return lastFailure + min(Self.firstPause * (1 << min(failures - 1, 16)), syncPeriod)
    }

    /// A verification begins. Changes still wait for their sync.
    public mutating func beganVerifying(at now: Instant) {
        isDrifting = false
        verificationBegan = now
        if !isPending { lastSync = now }
    }

    /// A sync begins: later changes are for the next one.
    public mutating func began(at now: Instant) {
        isPending = false
        syncBefore = lastSync
        lastSync = now
    }

    /// The sync that began had nothing to do: it neither delays a change nor ends a series of failures.
    public mutating func wasEmpty() { lastSync = syncBefore }

    public mutating func ended(at now: Instant, succeeded: Bool) {
        if let began = verificationBegan { driftReady = now + (now - began) }
        verificationBegan = nil
        if succeeded {
            failures = 0
            lastSuccess = now
        } else {
            failures += 1
            lastFailure = now
        }
    }
}
