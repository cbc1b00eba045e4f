/// How our chains in the kernel differ from the desired ones: another program's changes to them.
struct TableDifferences: Hashable, Sendable, CustomStringConvertible {
    private(set) var missing: [ChainName] = []
    private(set) var changed: [ChainName] = []
    private(set) var surplus: [ChainName] = []
    /// Whether there was a chain of ours at all.
    private(set) var hadOurs = false

    init(_ table: Table, _ base: TableImage, _ wanted: EncodedChains) {
        let byName = wanted.byName
        var present: Set<ChainName> = []
        for chain in base.chains where !chain.isBuiltIn && table.owns(chain.name) {
            hadOurs = true
            present.insert(chain.name)
            guard let index = byName[chain.name] else {
                surplus.append(chain.name)
                continue
            }
            if !Self.areEqual(base, chain, wanted, index) { changed.append(chain.name) }
        }
        missing = byName.keys.filter { !present.contains($0) }.sorted()
    }

    private static func areEqual(
        _ base: TableImage, _ chain: TableImage.Chain, _ wanted: EncodedChains, _ index: Int
    ) -> Bool {
        var theirs: [UInt64] = []
        base.forEachEntry(chain) { theirs.append(base.identity($0, isExact: true)) }
        return theirs.elementsEqual(wanted.identities(index, isExact: true)) { $0 == $1.identity }
    }

    var isEmpty: Bool { missing.isEmpty && changed.isEmpty && surplus.isEmpty }

    var description: String {
        guard hadOurs else { return "none of our chains was there" }
        func list(_ chains: [ChainName], _ what: String) -> String? {
            guard !chains.isEmpty else { return nil }
            let more = chains.count > 4 ? " and \(chains.count - 4) more" : ""
            return "\(what): " + chains.prefix(4).map(\.description).joined(separator: ", ") + more
        }
        if isEmpty { return "rules were missing in chains that others use as well" }
        let parts = [list(missing, "missing"), list(changed, "changed"), list(surplus, "not wanted")]
        return parts.compactMap { $0 }.joined(separator: "; ")
    }
}
