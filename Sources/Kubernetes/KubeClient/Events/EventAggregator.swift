import KubeAPI

/// Decides which events go to the server: it turns repeats into one event with a count, combines similar events, and
/// limits floods. Pure. (The rules of client-go's recorder, with the series of events.k8s.io in place of counts.)
struct EventAggregator {
    struct Limits {
        /// Events about one object that may be sent at once, and how many a second after that.
        var objectBurst = 25.0
        var objectRate = 1.0 / 300
        /// Of all objects together: what keeps a large cluster's bad day from becoming the API server's.
        var burst = 500.0
        var rate = 50.0
        /// Events that differ in the note alone, within ``similarTime``: from this one on they are combined into one.
        var similar = 10
        var similarTime: Duration = .seconds(600)
        /// Repeats within this time are counted in one event.
        var seriesTime: Duration = .seconds(360)
        /// The time between two updates of one count. The first repeat is sent at once.
        var updateInterval: Duration = .seconds(30)
        /// How many series, kinds of events and objects to remember; the oldest is dropped first.
        var maximumSeries = 4096
    }

    enum Action: Hashable {
        case create(KubeEvent, name: String, at: Timestamp)
        /// The event `name` has come `count` times by now.
        case update(KubeEvent, name: String, count: Int, lastAt: Timestamp)
    }

    /// What makes two events alike: all but the note.
    private struct Kind: Hashable {
        var type: KubeEvent.EventType
        var reason: String
        var action: String
        var regarding: KubeEvent.Reference
    }

    private struct Key: Hashable {
        var kind: Kind
        /// Nil: events that are combined.
        var note: String?
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

    private struct Notes {
        var notes: Set<String> = []
        var seenAt: Duration
    }

    private struct Bucket {
        var tokens: Double
        var seenAt: Duration

        mutating func take(_ burst: Double, _ rate: Double, now: Duration) -> Bool {
            tokens = min(burst, tokens + (now - seenAt) / .seconds(1) * rate)
            seenAt = now
            guard tokens >= 1 else { return false }
            tokens -= 1
            return true
        }
    }

    private let limits: Limits
    private var series: [Key: Series] = [:]
    private var notes: [Kind: Notes] = [:]
    private var objects: [KubeEvent.Reference: Bucket] = [:]
    private var all: Bucket
    private(set) var dropped = 0

    init(limits: Limits = Limits()) {
        self.limits = limits
        all = Bucket(tokens: limits.burst, seenAt: .zero)
    }

    /// - Parameters:
    ///   - now: on a clock that does not jump.
    ///   - time: what the event is stamped with.
    mutating func record(_ event: KubeEvent, now: Duration, time: Timestamp) -> Action? {
        let (event, key) = combined(event, now: now)
        if var known = series[key], now - known.seenAt <= limits.seriesTime {
            known.count += 1
            known.lastAt = time
            known.seenAt = now
            known.event = event
            series[key] = known
            guard known.count == 2 || now - known.sentAt >= limits.updateInterval else { return nil }
            return update(key, now: now)
        }
        guard takeToken(event.regarding, now: now) else {
            dropped += 1
            return nil
        }
        Self.makeRoom(&series, limits) { $0.seenAt }
        let name = Self.name(for: event, at: time, isTaken: series.values)
        series[key] = Series(
            event: event, name: name, count: 1, lastAt: time, sentCount: 1, sentAt: now, seenAt: now)
        return .create(event, name: name, at: time)
    }

    /// The event as it is sent, and the key of its count.
    private mutating func combined(_ event: KubeEvent, now: Duration) -> (KubeEvent, Key) {
        let kind = Kind(type: event.type, reason: event.reason, action: event.action, regarding: event.regarding)
        if notes[kind] == nil { Self.makeRoom(&notes, limits) { $0.seenAt } }
        var known = notes[kind] ?? Notes(seenAt: now)
        if now - known.seenAt > limits.similarTime { known.notes = [] }
        known.seenAt = now
        known.notes.insert(event.note)
        let isOneOfMany = known.notes.count >= limits.similar
        if isOneOfMany { known.notes.remove(event.note) }
        notes[kind] = known
        guard isOneOfMany else { return (event, Key(kind: kind, note: event.note)) }
        var combined = event
        combined.note = "(combined from similar events): " + event.note
        return (combined, Key(kind: kind, note: nil))
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
        guard var known = series[key], takeToken(key.kind.regarding, now: now) else { return nil }
        known.sentCount = known.count
        known.sentAt = now
        series[key] = known
        return .update(known.event, name: known.name, count: known.count, lastAt: known.lastAt)
    }

    private mutating func takeToken(_ object: KubeEvent.Reference, now: Duration) -> Bool {
        if objects[object] == nil { Self.makeRoom(&objects, limits) { $0.seenAt } }
        var bucket = objects[object] ?? Bucket(tokens: limits.objectBurst, seenAt: now)
        defer { objects[object] = bucket }
        return bucket.take(limits.objectBurst, limits.objectRate, now: now)
            && all.take(limits.burst, limits.rate, now: now)
    }

    /// Drops a tenth of the remembered entries at a time, so that a flood of new ones does not cost a search for each.
    private static func makeRoom<Key, Value>(
        _ known: inout [Key: Value], _ limits: Limits, _ seenAt: (Value) -> Duration
    ) {
        guard known.count >= limits.maximumSeries else { return }
        let oldest = known.sorted { seenAt($0.value) < seenAt($1.value) }.prefix(max(1, limits.maximumSeries / 10))
        for (key, _) in oldest { known[key] = nil }
    }

    /// `web.18a3f00d12`: the object's name, then the time; a later one if there is an event of this name.
    private static func name(
        for event: KubeEvent, at time: Timestamp, isTaken series: Dictionary<Key, Series>.Values
    ) -> String {
        // A name has at most 253 bytes.
        let base = event.regarding.key.name.prefix(230) + "."
        var moment = time.microseconds
        let taken = Set(series.lazy.filter { $0.event.regarding == event.regarding }.map(\.name))
        while taken.contains(base + String(moment, radix: 16)), moment < .max { moment += 1 }
        return base + String(moment, radix: 16)
    }
}
