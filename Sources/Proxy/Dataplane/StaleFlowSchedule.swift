public import ServiceModel

/// Decides when conntrack is looked through for the stale flows of one IP family. Pure: it is told the time.
///
/// Flows are looked for at once, and again a second or two after their change: a packet that was on its way when the
/// rules changed may enter its old translation into the table after we have looked there, and a table that changes can
/// be listed with gaps. A look goes through the whole table of connections, whatever it is for, so that changes which
/// follow each other share looks: they take a small part of the time, however many changes there are, as long as the table is not huge.
public struct StaleFlowSchedule: Sendable {
    public typealias Instant = SyncSchedule.Instant

    /// The least time from a change to the second look for its flows.
    public static let secondLook = Duration.seconds(1)
    /// The pause after a look is as many times its length, but no longer than ``longestPause``: until then a client that
    /// asks an endpoint which is gone gets no answer.
    static let pauseFactor = 20
    static let longestPause = Duration.milliseconds(250)

    /// Nobody has looked for these.
    private var fresh = StaleFamilyFlows()
    private var lastChange: Instant = .zero
    /// To look for again, by their change.
    private var known: [(flows: StaleFamilyFlows, change: Instant)] = []
    private var pauseEnd: Instant?
    private var isFailing = false
    private var current: (flows: StaleFamilyFlows, begin: Instant)?

    public init() {}

    /// When to look; nil: there is nothing to look for.
    public var due: Instant? {
        let first = fresh.isEmpty ? nil : max(lastChange, pauseEnd ?? lastChange)
        guard let oldest = known.first?.change, let newest = known.last?.change else { return first }
        let second = min(newest + Self.secondLook, oldest + Self.secondLook * 2)
        return first.map { min($0, second) } ?? second
    }

    /// A change is in force that made flows stale.
    public mutating func add(_ flows: StaleFamilyFlows, at now: Instant) {
        guard !flows.isEmpty else { return }
        lastChange = fresh.isEmpty ? now : lastChange
        fresh.merge(flows)
    }

    /// A look begins, if it is time.
    ///
    /// - Returns: the flows to look for.
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

    /// - Parameter retry: how much later to look again where looks fail one after another.
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
