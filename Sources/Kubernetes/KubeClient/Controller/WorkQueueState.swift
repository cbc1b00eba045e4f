import DequeModule
import HeapModule

/// Which keys to work on, and when, and how long they wait and take. Pure: it gets the time as an argument.
///
/// A key waits at most once, and only one worker handles it at a time: a key that is added meanwhile waits until that
/// is done. (The rules of client-go's workqueue.)
struct WorkQueueState<Key: Hashable & Sendable>: Sendable {
    private struct Delayed: Comparable, Sendable {
        var due: Duration
        /// Keeps keys of one time in the order in which they were added.
        var number: Int
        var key: Key

        static func < (left: Delayed, right: Delayed) -> Bool { (left.due, left.number) < (right.due, right.number) }
        static func == (left: Delayed, right: Delayed) -> Bool { left.number == right.number }
    }

    /// The waiting time after the first failure; it doubles with each further one.
    static var firstDelay: Duration { .milliseconds(5) }
    static var longestDelay: Duration { .seconds(1000) }

    private var queue: Deque<Key> = []
    /// Those to be worked on, with the time since when.
    private var dirty: [Key: Duration] = [:]
    /// Those that are worked on, with the time since when.
    private var processing: [Key: Duration] = [:]
    private var delayed: Heap<Delayed> = []
    private var due: [Key: Duration] = [:]
    private var failures: [Key: Int] = [:]
    private var nextNumber = 0

    /// Keys that could be worked on now.
    var depth: Int { queue.count }
    var isIdle: Bool { queue.isEmpty && processing.isEmpty && due.isEmpty }
    /// When the next delayed key is due.
    var nextDue: Duration? { delayed.min?.due }

    /// What is worked on: the times of all keys together, and the longest.
    func unfinishedWork(now: Duration) -> UnfinishedWork {
        processing.values.reduce(into: UnfinishedWork()) { work, start in
            let time = max(.zero, now - start)
            work.total += time
            work.longest = max(work.longest, time)
        }
    }

    /// Whether the key was not waiting already.
    @discardableResult
    mutating func add(_ key: Key, now: Duration) -> Bool {
        guard dirty[key] == nil else { return false }
        dirty[key] = now
        if processing[key] == nil { queue.append(key) }
        return true
    }

    /// Adds the key at a time. Of several times for one key, the earliest counts.
    mutating func add(_ key: Key, at time: Duration) {
        if let present = due[key], present <= time { return }
        due[key] = time
        delayed.insert(Delayed(due: time, number: nextNumber, key: key))
        nextNumber += 1
    }

    /// Adds what is due by now. Returns how many keys did not wait already.
    @discardableResult
    mutating func release(at now: Duration) -> Int {
        var count = 0
        while let first = delayed.min, first.due <= now {
            delayed.removeMin()
            // A later entry of a key that was given an earlier time meanwhile is void.
            guard due[first.key] == first.due else { continue }
            due[first.key] = nil
            if add(first.key, now: now) { count += 1 }
        }
        return count
    }

    /// The next key to work on and how long it has waited, unless that many are worked on already;
    /// ``done(_:now:)`` must follow.
    mutating func take(limit: Int, now: Duration) -> (key: Key, waited: Duration)? {
        guard processing.count < limit, let key = queue.popFirst() else { return nil }
        let since = dirty.removeValue(forKey: key) ?? now
        processing[key] = now
        return (key, max(.zero, now - since))
    }

    /// Returns how long the work took.
    @discardableResult
    mutating func done(_ key: Key, now: Duration) -> Duration {
        let start = processing.removeValue(forKey: key) ?? now
        if dirty[key] != nil { queue.append(key) }
        return max(.zero, now - start)
    }

    /// Counts a failure and returns how long to wait before the next try.
    mutating func failed(_ key: Key) -> Duration {
        let count = failures[key, default: 0]
        failures[key] = count + 1
        return min(Self.firstDelay * (1 << min(count, 30)), Self.longestDelay)
    }

    func failureCount(_ key: Key) -> Int { failures[key] ?? 0 }

    /// The key was worked on without failure.
    mutating func forget(_ key: Key) { failures[key] = nil }
}
