import APIObjects
import APIResources
import JSONStream
import KubeAPI
import Logging
import ObjectStore

/// When Events are to go. Pure: it is told the time.
struct EventDeadlines: Sendable {
    private struct Entry {
        var due: Duration
        var key: String
        var revision: Revision
    }

    let lifetime: Duration
    private var entries: [Entry] = []
    /// Those before it are done with.
    private var first = 0
    private var revisions: [String: Revision] = [:]

    init(lifetime: Duration) { self.lifetime = lifetime }

    /// Events that are there at the start.
    /// - Parameter ages: how long ago each was written last, as far as it says so itself.
    mutating func begin(_ ages: [(key: String, revision: Revision, age: Duration)], now: Duration) {
        (entries, first) = ([], 0)
        revisions = [:]
        for event in ages.sorted(by: { $0.age > $1.age }) {
            add(event.key, event.revision, due: now + lifetime - min(max(.zero, event.age), lifetime))
        }
    }

    /// An event was written: it begins to live anew.
    mutating func written(_ key: String, _ revision: Revision, now: Duration) {
        add(key, revision, due: now + lifetime)
    }

    mutating func forget(_ key: String) { revisions[key] = nil }

    /// Those whose time has come, at most so many; they are forgotten.
    mutating func due(now: Duration, limit: Int) -> [(key: String, revision: Revision)] {
        var due: [(key: String, revision: Revision)] = []
        while due.count < limit, first < entries.count, entries[first].due <= now {
            let entry = entries[first]
            first += 1
            guard revisions[entry.key] == entry.revision else { continue }
            revisions[entry.key] = nil
            due.append((entry.key, entry.revision))
        }
        if first > 1024, first > entries.count / 2 {
            entries.removeFirst(first)
            first = 0
        }
        return due
    }

    /// In the order of their times, for all live equally long.
    private mutating func add(_ key: String, _ revision: Revision, due: Duration) {
        revisions[key] = revision
        entries.append(Entry(due: due, key: key, revision: revision))
    }
}

/// Removes Events some time after they were written last (kube-apiserver's `--event-ttl`).
struct EventExpiry: Sendable {
    /// Events removed in a second at most: all of a start must not come at once.
    private static let burst = 500

    let cache: WatchCache
    let store: any ObjectStore
    let lifetime: Duration
    let logger: Logger

    /// Works until cancelled.
    func run() async throws {
        let clock = ContinuousClock()
        let start = clock.now
        while true {
            guard case .open(let id, _, let snapshot, let stream) = cache.watch(.events, from: .snapshot) else {
                return
            }
            defer { cache.endWatch(.events, id: id) }
            var deadlines = EventDeadlines(lifetime: lifetime)
            deadlines.begin((snapshot?.objects ?? []).map(Self.age), now: start.duration(to: clock.now))
            for await signal in stream {
                let now = start.duration(to: clock.now)
                switch signal {
                case .event(let event) where event.kind == .deleted: deadlines.forget(event.object.key)
                case .event(let event): deadlines.written(event.object.key, event.revision, now: now)
                case .tick:
                    for (key, revision) in deadlines.due(now: now, limit: Self.burst) {
                        let isGone = await remove(key, revision)
                        // It is tried again, if not soon.
                        if !isGone { deadlines.written(key, revision, now: now) }
                    }
                }
            }
            // The stream ends when the server stops, or when this fell behind.
            try await Task.sleep(for: .seconds(1))
        }
    }

    private func remove(_ key: String, _ revision: Revision) async -> Bool {
        do {
            // One that was written meanwhile lives on.
            _ = try await store.deleteIfExpected(key, .revision(revision))
            return true
        } catch {
            logger.warning(
                "an Event that has expired is not removed", metadata: ["key": "\(key)", "error": "\(error)"])
            return false
        }
    }

    /// By the latest time in it that has been.
    private static func age(_ object: CachedObject) -> (key: String, revision: Revision, age: Duration) {
        let event = try? object.decoded()
        let now = Timestamp.now()
        let texts = [
            event?["metadata"]?.text("creationTimestamp"), event?.text("lastTimestamp"), event?.text("eventTime"),
            event?["series"]?.text("lastObservedTime"),
        ]
        let last = texts.compactMap { $0.flatMap { Timestamp($0) } }.filter { $0 <= now }.max()
        return (object.key, object.revision, last.map { now - $0 } ?? .zero)
    }
}
