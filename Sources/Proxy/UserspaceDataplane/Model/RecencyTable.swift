/// A bounded dictionary that orders entries by their last use: when full, it drops the entry that was idle longest, and
/// it finds idle entries without scanning others. Pure: it gets the time as an argument.
struct RecencyTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// A point in time, as the distance from any fixed one.
    typealias Instant = Duration

    private struct Slot {
        var key: Key
        var value: Value
        var used: Instant
        /// Neighbours by time of use; -1: none.
        var older = -1
        var newer = -1
    }

    let limit: Int
    private var slots: [Slot?] = []
    private var free: [Int] = []
    private var places: [Key: Int] = [:]
    private var oldest = -1
    private var newest = -1

    /// - Parameter limit: entries at most; at least 1.
    init(limit: Int) {
        self.limit = max(1, limit)
    }

    var count: Int { places.count }
    var isEmpty: Bool { places.isEmpty }
    var keys: some Sequence<Key> { places.keys }

    /// Without counting as use.
    func value(of key: Key) -> Value? { places[key].flatMap { slots[$0]?.value } }

    /// Hands over all entries, in no order, without counting as use.
    func forEach(_ body: (Key, Value) -> Void) {
        for case let slot? in slots { body(slot.key, slot.value) }
    }

    /// Counts as use.
    mutating func use(_ key: Key, at now: Instant) -> Value? {
        guard let place = places[key] else { return nil }
        unlink(place)
        slots[place]?.used = now
        linkAsNewest(place)
        return slots[place]?.value
    }

    /// Adds an entry or replaces its value; counts as use.
    ///
    /// - Returns: the entry that had to go.
    mutating func set(_ key: Key, _ value: Value, at now: Instant) -> (key: Key, value: Value)? {
        if let place = places[key] {
            slots[place]?.value = value
            _ = use(key, at: now)
            return nil
        }
        let evicted = places.count >= limit ? removeOldest() : nil
        let place = free.popLast() ?? slots.count
        let slot = Slot(key: key, value: value, used: now)
        if place == slots.count { slots.append(slot) } else { slots[place] = slot }
        places[key] = place
        linkAsNewest(place)
        return evicted
    }

    /// Changes a value without counting as use.
    mutating func update(_ key: Key, _ body: (inout Value) -> Void) {
        guard let place = places[key], var slot = slots[place] else { return }
        slots[place] = nil
        body(&slot.value)
        slots[place] = slot
    }

    @discardableResult
    mutating func remove(_ key: Key) -> Value? {
        guard let place = places.removeValue(forKey: key) else { return nil }
        unlink(place)
        let value = slots[place]?.value
        slots[place] = nil
        free.append(place)
        return value
    }

    /// Removes what was not used since `limit`, the limit excluded, the oldest first.
    mutating func removeIdle(since limit: Instant) -> [(key: Key, value: Value)] {
        var removed: [(key: Key, value: Value)] = []
        while oldest >= 0, let slot = slots[oldest], slot.used < limit {
            if let entry = removeOldest() { removed.append(entry) }
        }
        return removed
    }

    private mutating func removeOldest() -> (key: Key, value: Value)? {
        guard oldest >= 0, let slot = slots[oldest] else { return nil }
        remove(slot.key)
        return (slot.key, slot.value)
    }

    private mutating func linkAsNewest(_ place: Int) {
        slots[place]?.older = newest
        slots[place]?.newer = -1
        if newest >= 0 { slots[newest]?.newer = place } else { oldest = place }
        newest = place
    }

    private mutating func unlink(_ place: Int) {
        guard let slot = slots[place] else { return }
        if slot.older >= 0 { slots[slot.older]?.newer = slot.newer } else { oldest = slot.newer }
        if slot.newer >= 0 { slots[slot.newer]?.older = slot.older } else { newest = slot.older }
    }
}
