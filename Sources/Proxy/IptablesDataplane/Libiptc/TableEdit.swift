/// One step from a table to another, as an operation of libiptc. Indices count a chain's rules from 0.
enum TableEdit: Hashable, Sendable {
    case createChain(ChainName)
    case deleteRule(ChainName, index: Int)
    /// Inserts the rule at a position of the desired table.
    case insertRule(ChainName, index: Int, position: Int)
    case deleteChain(ChainName)
}

extension TableImage {
    private typealias Place = (position: Int, identity: UInt64)

    /// The steps that make this table have the chains and rules of another one. Policies stay, and so do the counters of
    /// all rules that stay.
    ///
    /// Chains are there before rules lead to them, and go when no rule does any more.
    func edits(to wanted: TableImage) -> [TableEdit] {
        let old = Dictionary(chains.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        let new = Dictionary(wanted.chains.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        var edits = wanted.chains.filter { old[$0.name] == nil }.map { TableEdit.createChain($0.name) }
        for chain in wanted.chains {
            edits += Self.ruleEdits(chain.name, old[chain.name].map { rules($0) } ?? [], wanted.rules(chain))
        }
        let gone = chains.filter { new[$0.name] == nil }
        for chain in gone { edits += Self.ruleEdits(chain.name, rules(chain), []) }
        return edits + gone.map { .deleteChain($0.name) }
    }

    /// Rules at both ends that are equal stay; those between are exchanged, backwards, so that indices hold.
    private static func ruleEdits(_ chain: ChainName, _ old: [Place], _ new: [Place]) -> [TableEdit] {
        let head = zip(old, new).prefix { $0.identity == $1.identity }.count
        let rest = min(old.count, new.count) - head
        let tail = zip(old.reversed(), new.reversed()).prefix(rest).prefix { $0.identity == $1.identity }.count
        return (head..<old.count - tail).reversed().map { .deleteRule(chain, index: $0) }
            + (head..<new.count - tail).map { .insertRule(chain, index: $0, position: new[$0].position) }
    }

    /// Without the head and the tail, which libiptc makes itself: that is the policy of a built-in chain.
    private func rules(_ chain: Chain) -> [Place] {
        var rules: [Place] = []
        rules.reserveCapacity(chain.entries.count)
        forEachEntry(chain) { rules.append(($0, identity($0, isExact: true))) }
        return Array(rules.dropFirst(chain.isBuiltIn ? 0 : 1).dropLast())
    }

    /// A rule as libiptc takes it: where the kernel has the place of a chain, there is its name, and a verdict is spelled
    /// out.
    ///
    /// - Parameter counters: 16 bytes, which the rule begins with.
    func libiptcRule(at position: Int, counters: ArraySlice<UInt8>?) -> [UInt8] {
        var rule = Array(bytes[position..<nextEntry(position)])
        let start = Array(counters ?? ArraySlice(repeating: 0, count: EntryLayout.counterSize))
        rule.overwrite(at: layout.counters, with: start, 0..<start.count)
        let target = self.target(position) - position
        // struct xt_standard_target has no name of its own.
        guard rule[target + 2] == 0, rule.count - target == EntryLayout.standardTarget else { return rule }
        let verdict = rule.load(Int32.self, at: target + EntryLayout.extensionHeader)
        let name: [UInt8] =
            switch verdict {
            case Verdict.accept: Array("ACCEPT".utf8)
            case Verdict.drop: Array("DROP".utf8)
            case Verdict.return: Array("RETURN".utf8)
            default: jumpTarget(position).map { chains[$0].name.bytes } ?? []
            }
        rule.overwrite(at: target + 2, with: name, 0..<name.count)
        return rule
    }
}
