import KubeAPI

/// Decides which events go to the server: repeats become one event with a count, and a flood is cut. Pure.
struct EventAggregator {
    struct Limits {
        /// Events that may be sent at once, and how many a second after that.
        var burst = 25.0
        var perSecond = 1.0
        /// Repeats within this time are counted in one event.
        var seriesTime: Duration = .seconds(360)
        /// The time between two updates of one count.
        var updateInterval: Duration = .seconds(30)
        /// Kinds of events remembered; the oldest goes first.
        var maximumSeries = 512
    }

    enum Action: Hashable {
        case create(KubeEvent, name: String, at: Timestamp)
        /// The event `name` has come `count` times by now.
        case update(KubeEvent, name: String, count: Int, lastAt: Timestamp)
    }

    /// What makes two events the same: all but the note, as upstream's recorder has it.
    private struct Key: Hashable {
        var type: KubeEvent.EventType
        var reason: String
        var action: String
        var regarding: KubeEvent.Reference
    }

    private struct Series {
        var event: KubeEvent
        var name: String
        var count: Int
        var lastAt: Timestamp
        var sentCount: Int
        var sentAt: Duration
        var seenAt: Duration
    }

    private let limits: Limits
    private var series: [Key: Series] = [:]
    private var tokens: Double
    private var refilledAt: Duration?
    private(set) var dropped = 0

    init(limits: Limits = Limits()) {
        self.limits = limits
        tokens = limits.burst
    }

    /// - Parameters:
    ///   - now: on a clock that does not jump.
    ///   - time: what the event is stamped with.
    mutating func record(_ event: KubeEvent, now: Duration, time: Timestamp) -> Action? {
        let key = Key(type: event.type, reason: event.reason, action: event.action, regarding: event.regarding)
        if var known = series[key], now - known.seenAt <= limits.seriesTime {
            known.count += 1
            known.lastAt = time
            known.seenAt = now
            known.event = event
            series[key] = known
            return now - known.sentAt >= limits.updateInterval ? update(key, now: now) : nil
        }
        guard takeToken(now: now) else {
            dropped += 1
            return nil
        }
        makeRoom()
        let name = Self.name(for: event, at: time)
        series[key] = Series(
            event: event, name: name, count: 1, lastAt: time, sentCount: 1, sentAt: now, seenAt: now)
        return .create(event, name: name, at: time)
    }

    /// Counts that have grown since they were sent and whose time has come. Forgets series that have ended.
    mutating func due(now: Duration) -> [Action] {
        var actions: [Action] = []
        for (key, known) in series.sorted(by: { $0.value.name < $1.value.name }) {
            if known.count > known.sentCount, now - known.sentAt >= limits.updateInterval,
                let action = update(key, now: now)
            {
                actions.append(action)
            } else if known.count == known.sentCount, now - known.seenAt > limits.seriesTime {
                series[key] = nil
            }
        }
        return actions
    }

    private mutating func update(_ key: Key, now: Duration) -> Action? {
        guard var known = series[key], takeToken(now: now) else { return nil }
        known.sentCount = known.count
        known.sentAt = now
        series[key] = known
        return .update(known.event, name: known.name, count: known.count, lastAt: known.lastAt)
    }

    private mutating func takeToken(now: Duration) -> Bool {
        if let last = refilledAt { tokens = min(limits.burst, tokens + (now - last) / .seconds(1) * limits.perSecond) }
        refilledAt = now
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }

    private mutating func makeRoom() {
        guard series.count >= limits.maximumSeries else { return }
        if let oldest = series.min(by: { $0.value.seenAt < $1.value.seenAt })?.key { series[oldest] = nil }
    }

    /// `web.18a3f00d12`: the object's name, then the time.
    private static func name(for event: KubeEvent, at time: Timestamp) -> String {
        // A name has at most 253 bytes.
        event.regarding.key.name.prefix(230) + "." + String(time.microseconds, radix: 16)
    }
}
