import KubeAPI

/// The keys and resource versions of all objects that were delivered: enough to see what is new and what is gone.
struct KnownObjects: Sendable {
    private struct Entry {
        var resourceVersion: String
        /// The list in which the object was last seen.
        var generation: UInt32
    }

    private var entries: [ObjectKey: Entry] = [:]
    private var generation: UInt32 = 0

    var count: Int { entries.count }

    func contains(_ key: ObjectKey) -> Bool { entries[key] != nil }

    /// Begins a list: what is not seen from here to ``sweep()`` is gone.
    mutating func beginList() {
        generation &+= 1
    }

    /// Notes an object. Returns false if this version of it is known already.
    mutating func note(_ key: ObjectKey, resourceVersion: String) -> Bool {
        let old = entries.updateValue(Entry(resourceVersion: resourceVersion, generation: generation), forKey: key)
        // Without a version nothing can be said about changes.
        return old?.resourceVersion != resourceVersion || resourceVersion.isEmpty
    }

    /// Notes that an object exists whose content cannot be used.
    mutating func see(_ key: ObjectKey) {
        entries[key]?.generation = generation
    }

    /// Returns whether the object was known.
    mutating func remove(_ key: ObjectKey) -> Bool { entries.removeValue(forKey: key) != nil }

    /// Ends a list: removes and returns what was not seen in it, sorted.
    mutating func sweep() -> [ObjectKey] {
        let gone = entries.filter { $0.value.generation != generation }.keys.sorted()
        for key in gone { entries[key] = nil }
        // A dictionary keeps the room that it once needed.
        if entries.capacity > 4 * max(entries.count, 256) { entries = Dictionary(uniqueKeysWithValues: Array(entries)) }
        return gone
    }
}
