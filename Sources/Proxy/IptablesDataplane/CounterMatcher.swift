/// Finds the old entries whose counters new entries take over: the same rule in the same chain or, for jumps, in
/// another chain of ours, since a growing dispatch tree moves rules.
struct CounterMatcher {
    private let base: TableImage
    /// Jumps of our old chains by their identity.
    private var jumps: [UInt64: Int32] = [:]

    init(_ base: TableImage) { self.base = base }

    /// Makes the jumps of an old chain, which is replaced or removed, known to all new ones.
    mutating func add(_ chain: Int) {
        var entry = Int32(base.chains[chain].entries.lowerBound)
        base.forEachEntry(base.chains[chain]) { position in
            if base.jumpTarget(position) != nil { jumps[base.identity(position)] = entry }
            entry += 1
        }
    }

    /// Appends an origin for each entry of a new chain: the index of an old entry, or -1.
    mutating func match(_ chains: EncodedChains, _ index: Int, old: Int?, into origins: inout [Int32]) {
        let count = chains.chains[index].entryCount
        guard old != nil || !jumps.isEmpty else {
            return origins.append(contentsOf: repeatElement(-1, count: count))
        }
        let new = chains.identities(index)
        let before = old.map { base.identities($0) } ?? []
        let first = old.map { Int32(base.chains[$0].entries.lowerBound) } ?? 0
        if before.elementsEqual(new, by: { $0 == $1.identity }) {
            return origins.append(contentsOf: first..<first + Int32(count))
        }
        var known: [UInt64: [Int32]] = [:]
        // Backwards: of equal rules the first one is taken first.
        for (offset, identity) in before.enumerated().reversed() {
            known[identity, default: []].append(first + Int32(offset))
        }
        for entry in new {
            if let origin = known[entry.identity]?.popLast() {
                if entry.isJump { jumps[entry.identity] = nil }
                origins.append(origin)
            } else {
                origins.append(entry.isJump ? jumps.removeValue(forKey: entry.identity) ?? -1 : -1)
            }
        }
    }
}

extension TableImage {
    fileprivate func identities(_ index: Int) -> [UInt64] {
        var identities: [UInt64] = []
        identities.reserveCapacity(chains[index].entries.count)
        forEachEntry(chains[index]) { identities.append(identity($0)) }
        return identities
    }
}

extension EncodedChains {
    func identities(_ index: Int, isExact: Bool = false) -> [(identity: UInt64, isJump: Bool)] {
        let bytes = encoder.buffer.bytes
        let chain = chains[index]
        var identities: [(identity: UInt64, isJump: Bool)] = []
        identities.reserveCapacity(chain.entryCount)
        var position = chain.bytes.lowerBound
        while position < chain.bytes.upperBound {
            let target = position + Int(bytes.load(UInt16.self, at: position + layout.targetOffset))
            let destination = encoder.jumps.chain(at: target + EntryLayout.extensionHeader)
            identities.append(
                (
                    EntryIdentity.of(bytes, position, layout, destination: destination?.digest, isExact: isExact),
                    destination != nil
                ))
            position += Int(bytes.load(UInt16.self, at: position + layout.targetOffset + 2))
        }
        return identities
    }
}
