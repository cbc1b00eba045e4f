public import ServiceModel

/// Decides when to search conntrack for the stale flows of one IP family. Pure: it gets the time as an argument.
///
/// Flows are searched for at once, and again a second or two after their change: a packet in flight when the rules
/// changed may enter its old translation into the table after the search, and a changing table can be listed with gaps.
/// Each search walks the whole table, so changes in quick succession share searches. Thus searches take a small part of
/// the time, however many changes there are, unless the table is huge.
public struct StaleFlowSchedule: Sendable {
    public typealias Instant = SyncSchedule.Instant

    /// The minimum time from a change to the second search for its flows.
    public static let secondLook = Duration.seconds(1)
    /// The pause after a look is as many times its length, but no longer than ``longestPause``: until then a client that
    /// asks an endpoint which is gone gets no answer.
    static let pauseFactor = 20
    static let longestPause = Duration.milliseconds(250)

    /// Flows without a search so far.
    private var fresh = StaleFamilyFlows()
    private var lastChange: Instant = .zero
    /// To look for again, by their change.
    private var known: [(flows: StaleFamilyFlows, change: Instant)] = []
    private var pauseEnd: Instant?
    private var isFailing = false
    private var current: (flows: StaleFamilyFlows, begin: Instant)?

    public init() {}

    /// When to search; nil if there is nothing to search for.
    public var due: Instant? {
        let first = fresh.isEmpty ? nil : max(lastChange, pauseEnd ?? lastChange)
        guard let oldest = known.first?.change, let newest = known.last?.change else { return first }
        let second = min(newest + Self.secondLook, oldest + Self.secondLook * 2)
        return first.map { min($0, second) } ?? second
    }

    /// Records flows that a change now in force made stale.
    public mutating func add(_ flows: StaleFamilyFlows, at now: Instant) {
        guard !flows.isEmpty else { return }
        lastChange = fresh.isEmpty ? now : lastChange
        fresh.merge(flows)
    }

    /// Begins a search, if it is time.
    ///
    /// - Returns: the flows to search for.
    public mutating func begin(at now: Instant) -> StaleFamilyFlows? {
        guard let due, due <= now else { return nil }
        var flows = StaleFamilyFlows()
        for (old, _) in known.prefix(while: { $0.change + Self.secondLook <= now }) { flows.merge(old) }
        known.removeAll { $0.change + Self.secondLook <= now }
        if !fresh.isEmpty {
            flows.merge(fresh)
            keep(fresh, change: now)
            fresh = StaleFamilyFlows()
        }
        current = (flows, now)
        return flows
    }

    /// - Parameter retry: the delay before the next search after several failures.
    public mutating func ended(at now: Instant, succeeded: Bool, retry: Duration) {
        guard let look = current else { return }
        current = nil
        pauseEnd = now + min((now - look.begin) * Self.pauseFactor, Self.longestPause)
        defer { isFailing = !succeeded }
        guard !succeeded else { return }
        known.removeAll { $0.change == look.begin }
        keep(look.flows, change: isFailing ? now + retry - Self.secondLook : now)
    }

    private mutating func keep(_ flows: StaleFamilyFlows, change: Instant) {
        known.insert((flows, change), at: known.firstIndex { $0.change > change } ?? known.endIndex)
    }
}
