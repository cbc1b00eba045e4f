internal import NetworkAddress
internal import ServiceModel

/// A set of keys, spread over chains so that a packet meets few rules, however many keys there are.
///
/// Chains split by the first bits in which their keys differ, of the address first, then by protocol and bits of the
/// port, into at most 16 parts; chains of at most 16 keys are not split. The chains depend on the keys alone, not on
/// the order in which they were added.
struct DispatchTree<Payload: Equatable & Sendable>: Sendable {
    typealias Entry = (key: FrontendKey, payload: Payload)

    static var leafSize: Int { 16 }
    static var maximumBits: Int { 4 }

    /// In order, each key once.
    private(set) var keys: [FrontendKey] = []
    private(set) var payloads: [Payload] = []

    var isEmpty: Bool { keys.isEmpty }

    /// Puts new payloads in place and takes keys with nil away. Returns whether that changed anything.
    mutating func update(_ changes: [FrontendKey: Payload?]) -> Bool {
        let sorted = changes.sorted { $0.key < $1.key }
        guard sorted.contains(where: { self[$0.key] != $0.value }) else { return false }
        var newKeys: [FrontendKey] = []
        var newPayloads: [Payload] = []
        newKeys.reserveCapacity(keys.count + sorted.count)
        newPayloads.reserveCapacity(keys.count + sorted.count)
        var index = 0
        func keep(below limit: Int) {
            newKeys += keys[index..<limit]
            newPayloads += payloads[index..<limit]
            index = limit
        }
        for (key, payload) in sorted {
            let place = position(of: key)
            keep(below: place)
            if place < keys.count, keys[place] == key { index += 1 }
            if let payload {
                newKeys.append(key)
                newPayloads.append(payload)
            }
        }
        keep(below: keys.count)
        (keys, payloads) = (newKeys, newPayloads)
        return true
    }

    subscript(key: FrontendKey) -> Payload? {
        let place = position(of: key)
        return place < keys.count && keys[place] == key ? payloads[place] : nil
    }

    /// The first place whose key is not below this one.
    private func position(of key: FrontendKey) -> Int {
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }

    // MARK: Chains

    /// What a chain holds, in this order: a key, or keys that a chain of their own holds.
    enum Part: Equatable {
        case entry(Int)
        case branch(DispatchPrefix, Range<Int>)
    }

    var all: Range<Int> { 0..<keys.count }

    func parts(_ range: Range<Int>) -> [Part] {
        guard range.count > Self.leafSize else { return range.map { .entry($0) } }
        let bits = min(Self.maximumBits, Self.bitsToSplit(range.count))
        var parts: [Part] = []
        var start = range.lowerBound
        var prefix = DispatchPrefix(keys[start], apartFrom: keys[range.upperBound - 1], bits: bits)
        while start < range.upperBound {
            prefix.move(to: keys[start])
            var end = start + 1
            while end < range.upperBound, prefix.contains(keys[end]) { end += 1 }
            parts.append(end - start == 1 ? .entry(start) : .branch(prefix, start..<end))
            start = end
        }
        return parts
    }

    /// So many that a part has about as many keys as a leaf may have.
    private static func bitsToSplit(_ count: Int) -> Int {
        let leaves = (count + leafSize - 1) / leafSize
        return Int.bitWidth - (leaves - 1).leadingZeroBitCount
    }
}
