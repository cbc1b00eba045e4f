import Dataplane
import NetworkAddress
import Synchronization

/// The sync progress of each IP family, for the status socket. The sync loops report it.
final class SyncProgress: Sendable {
    typealias Instant = ContinuousClock.Instant

    struct Family: Sendable {
        /// The first success.
        var inForceSince: Instant?
        /// The last change that was committed, repairs included.
        var programmed: Instant?
        /// The last time that the kernel was known to hold what is wanted.
        var checked: Instant?
        /// Since when something waits that is not in force yet.
        var pendingSince: Instant?
        /// Why the last attempts failed.
        var failure: (since: Instant, attempts: Int, error: String)?
        var repairs = 0
    }

    private let clock: ProxyHealth.Clock
    private let states = Mutex<[IPFamily: Family]>([:])

    init(clock: ProxyHealth.Clock = .system) { self.clock = clock }

    var all: [IPFamily: Family] { states.withLock { $0 } }

    func queued(_ family: IPFamily) {
        let now = clock.now()
        states.withLock { states in
            if states[family]?.pendingSince == nil { states[family, default: Family()].pendingSince = now }
        }
    }

    func succeeded(_ family: IPFamily, _ report: ApplyReport) {
        let now = clock.now()
        states.withLock { states in
            var state = states[family] ?? Family()
            if state.inForceSince == nil { state.inForceSince = now }
            if report.messages > 0 || state.pendingSince != nil || state.programmed == nil { state.programmed = now }
            state.checked = now
            state.pendingSince = nil
            state.failure = nil
            if report.repaired { state.repairs += 1 }
            states[family] = state
        }
    }

    func failed(_ family: IPFamily, _ error: DataplaneError) {
        let now = clock.now()
        states.withLock { states in
            let before = states[family]?.failure
            states[family, default: Family()].failure = (
                before?.since ?? now, (before?.attempts ?? 0) + 1, "\(error)"
            )
        }
    }
}
