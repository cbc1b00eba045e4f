/// The running timers of a loop. Before starting a timer, a caller asks here whether a new one is needed: an earlier
/// timer is enough, since the caller asks again when it fires. So there are few timers, however many keys wait.
public struct ArmedTimers: Sendable {
    /// When they fire, the next one last.
    private var times: [Duration] = []

    public init() {}

    /// How many timers have not fired.
    public var count: Int { times.count }

    /// Returns whether a timer has to be started for this time.
    public mutating func arm(for time: Duration, now: Duration) -> Bool {
        while let last = times.last, last <= now { times.removeLast() }
        if let last = times.last, last <= time { return false }
        times.append(time)
        return true
    }
}
