import HeapModule
import KubeAPI

/// Pods that wait for a node, the most important first, the longer waiting first among equals. Pure: it is told the
/// time.
struct SchedulingQueue: Sendable {
    struct QueuedPod: Sendable {
        var info: PodInfo
        /// How often no node was found.
        var attempts = 0
        /// When it came into the queue, or failed last.
        var since: Duration
        /// When it came into the queue first.
        let enteredAt: Duration

        init(info: PodInfo, since: Duration) {
            self.info = info
            self.since = since
            enteredAt = since
        }
    }

    /// The pause after the first failure; it doubles with each further one.
    static let firstBackoff = Duration.seconds(1)
    static let longestBackoff = Duration.seconds(10)
    /// After this long a pod is tried again although nothing seems to have changed.
    static let longestWait = Duration.seconds(300)

    private enum Place: Hashable {
        case active
        /// Tried again when its pause is over.
        case backoff
        /// Tried again when one of these happens.
        case unschedulable(ClusterEvent)
        /// Held back by its schedulingGates.
        case gated
    }

    private struct Entry {
        var pod: QueuedPod
        var place: Place
        /// What stands in the heaps under another number is void.
        var number: Int
    }

    private struct ActiveItem: Comparable {
        var priority: Int32
        var since: Duration
        var number: Int
        var key: ObjectKey

        static func < (left: ActiveItem, right: ActiveItem) -> Bool {
            if left.priority != right.priority { return left.priority > right.priority }
            return (left.since, left.number) < (right.since, right.number)
        }
        static func == (left: ActiveItem, right: ActiveItem) -> Bool { left.number == right.number }
    }

    private struct DelayedItem: Comparable {
        var due: Duration
        var number: Int
        var key: ObjectKey

        static func < (left: DelayedItem, right: DelayedItem) -> Bool {
            (left.due, left.number) < (right.due, right.number)
        }
        static func == (left: DelayedItem, right: DelayedItem) -> Bool { left.number == right.number }
    }

    private var entries: [ObjectKey: Entry] = [:]
    /// The keys of the unschedulable ones: whatever happens in the cluster is held against them.
    private var unschedulable: Set<ObjectKey> = []
    private var active: Heap<ActiveItem> = []
    private var delayed: Heap<DelayedItem> = []
    private var nextNumber = 0

    var count: Int { entries.count }
    var activeCount: Int { counts.active }

    /// How many pods are in which place.
    struct Counts: Hashable, Sendable {
        var active = 0
        var backoff = 0
        var unschedulable = 0
        var gated = 0
    }

    var counts: Counts {
        entries.values.reduce(into: Counts()) { counts, entry in
            switch entry.place {
            case .active: counts.active += 1
            case .backoff: counts.backoff += 1
            case .unschedulable: counts.unschedulable += 1
            case .gated: counts.gated += 1
            }
        }
    }
    /// When the next waiting pod is due.
    var nextDue: Duration? { delayed.min?.due }

    subscript(key: ObjectKey) -> PodInfo? { entries[key]?.pod.info }

    /// Adds a pod, or takes note of how it changed: if it asks for something else now, it is tried again.
    mutating func set(_ info: PodInfo, now: Duration) {
        let place: Place = info.pod.spec.schedulingGates.isEmpty ? .active : .gated
        guard let entry = entries[info.key], entry.pod.info.pod.metadata.uid == info.pod.metadata.uid else {
            enter(QueuedPod(info: info, since: now), place)
            return
        }
        var pod = entry.pod
        let old = pod.info.pod
        pod.info = info
        let isChanged = old.spec != info.pod.spec || old.metadata.labels != info.pod.metadata.labels
        switch entry.place {
        case .gated where place == .active: enter(pod, .active)
        case .unschedulable where isChanged: retry(pod, now: now)
        default: entries[info.key]?.pod = pod
        }
    }

    mutating func remove(_ key: ObjectKey) {
        entries[key] = nil
        unschedulable.remove(key)
    }

    /// Takes the next pod out.
    mutating func pop(now: Duration) -> QueuedPod? {
        release(now: now)
        while let item = active.popMin() {
            guard let entry = entries[item.key], entry.number == item.number else { continue }
            entries[item.key] = nil
            return entry.pod
        }
        return nil
    }

    /// Puts a pod back that no node took.
    /// - Parameter events: what may help it; nil: it is tried again after its pause in any case.
    mutating func park(_ pod: QueuedPod, until events: ClusterEvent?, now: Duration) {
        var pod = pod
        pod.attempts += 1
        pod.since = now
        if let events {
            let number = enter(pod, .unschedulable(events))
            delayed.insert(DelayedItem(due: now + Self.longestWait, number: number, key: pod.info.key))
        } else {
            retry(pod, now: now)
        }
    }

    /// Something happened: those that it may help are tried again, when their pause is over.
    mutating func wake(_ events: ClusterEvent, now: Duration) {
        guard !events.isEmpty else { return }
        let helped = unschedulable.compactMap { key -> Entry? in
            guard let entry = entries[key], case .unschedulable(let wanted) = entry.place else { return nil }
            return wanted.isDisjoint(with: events) ? nil : entry
        }
        for entry in helped.sorted(by: { $0.number < $1.number }) { retry(entry.pod, now: now) }
    }

    /// Tries one pod again, when its pause is over.
    mutating func retry(_ key: ObjectKey, now: Duration) {
        guard let entry = entries[key], case .unschedulable = entry.place else { return }
        retry(entry.pod, now: now)
    }

    /// How long a pod pauses that failed so often.
    static func backoff(_ attempts: Int) -> Duration {
        min(firstBackoff * (1 << min(max(attempts - 1, 0), 30)), longestBackoff)
    }

    private mutating func retry(_ pod: QueuedPod, now: Duration) {
        let due = pod.attempts == 0 ? now : pod.since + Self.backoff(pod.attempts)
        guard due > now else {
            enter(pod, .active)
            return
        }
        let number = enter(pod, .backoff)
        delayed.insert(DelayedItem(due: due, number: number, key: pod.info.key))
    }

    private mutating func release(now: Duration) {
        while let first = delayed.min, first.due <= now {
            delayed.removeMin()
            guard let entry = entries[first.key], entry.number == first.number else { continue }
            enter(entry.pod, .active)
        }
    }

    @discardableResult
    private mutating func enter(_ pod: QueuedPod, _ place: Place) -> Int {
        let number = nextNumber
        nextNumber += 1
        entries[pod.info.key] = Entry(pod: pod, place: place, number: number)
        if case .unschedulable = place {
            unschedulable.insert(pod.info.key)
        } else {
            unschedulable.remove(pod.info.key)
        }
        if place == .active {
            active.insert(
                ActiveItem(priority: pod.info.priority, since: pod.since, number: number, key: pod.info.key))
        }
        return number
    }
}
