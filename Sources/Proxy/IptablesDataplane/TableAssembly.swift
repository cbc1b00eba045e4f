internal import NetworkAddress

/// Assembles a table from the kernel's table and our chains, which replace those with the same name. Everything else
/// stays as it is: other programs' chains and rules, policies, and the order of rules.
///
/// User chains are in the order of their names: libiptc takes quadratic time to read a table where they are not.
struct TableAssembly {
    /// What has to become of the chains that are ours.
    struct Wanted {
        var chains: EncodedChains
        /// Whether our chains that are not among `chains` have to go, too.
        var isComplete: Bool
        var removed: Set<ChainName> = []
        /// Rules in chains of others; looked at if the chains are complete.
        var shared: [SharedRules] = []
        /// Whether rules of the built-in chains that lead to chains of ours have to go.
        var removesJumps = false

        init(chains: EncodedChains, isComplete: Bool, removed: Set<ChainName> = [], shared: [SharedRules] = []) {
            self.chains = chains
            self.isComplete = isComplete
            self.removed = removed
            self.shared = shared
        }

        /// Nothing of ours.
        init(removingAllOf family: IPFamily) {
            self.init(chains: EncodedChains(family), isComplete: true)
            removesJumps = true
        }
    }

    /// A table that the kernel shall have.
    struct Result {
        var image: TableImage
        /// For each entry, the entry of the old table whose counters it takes over; -1: none.
        var origins: [Int32]
    }

    private enum Source { case base, wanted, additions }

    private struct Segment {
        var source: Source
        var bytes: Range<Int>
        var place: Int
    }

    private let table: Table
    private let base: TableImage
    private var wanted: Wanted
    private var additions: RuleEncoder
    private var matcher: CounterMatcher
    private let layout: EntryLayout

    private var segments: [Segment] = []
    private var chains: [TableImage.Chain] = []
    private var origins: [Int32] = []
    private var end = EntryLayout.replaceHeader

    static func assemble(
        _ table: Table, _ base: TableImage, _ wanted: Wanted, into storage: consuming [UInt8] = []
    ) throws(TableFormatError) -> Result {
        var assembly = TableAssembly(table, base, wanted)
        assembly.plan()
        return try assembly.build(storage)
    }

    private init(_ table: Table, _ base: TableImage, _ wanted: Wanted) {
        self.table = table
        self.base = base
        self.wanted = wanted
        layout = base.layout
        additions = RuleEncoder(base.layout.family)
        matcher = CounterMatcher(base)
        origins.reserveCapacity(base.entryCount + wanted.chains.encoder.entryCount)
    }

    // MARK: Planning

    private mutating func plan() {
        let missing = missingSharedRules()
        let fate = fates()
        for (index, chain) in base.chains.enumerated() where !chain.isBuiltIn {
            if fate[index] != .kept { matcher.add(index) }
        }
        for chain in base.chains where chain.isBuiltIn { planBuiltIn(chain, missing[chain.name] ?? []) }
        let replaced = wanted.chains.byName
        let names = replaced.sorted { $0.key < $1.key }
        var next = 0
        for index in userChains() {
            let chain = base.chains[index]
            while next < names.count, names[next].key < chain.name {
                planWanted(names[next].value, old: nil)
                next += 1
            }
            switch fate[index] {
            case .kept: planKept(chain, missing[chain.name] ?? [])
            case .replaced:
                planWanted(names[next].value, old: index)
                next += 1
            case .emptied: planEmpty(chain.name)
            case .gone: break
            }
        }
        while next < names.count {
            planWanted(names[next].value, old: nil)
            next += 1
        }
        let last = additions.buffer.count
        additions.appendHead("ERROR")
        append(.additions, last..<additions.buffer.count)
        origins.append(-1)
    }

    private enum Fate { case kept, replaced, emptied, gone }

    private func fates() -> [Fate] {
        let replacements = wanted.chains.byName
        var fates = base.chains.map { chain -> Fate in
            if chain.isBuiltIn { return .kept }
            if replacements[chain.name] != nil { return .replaced }
            let isGone = wanted.removed.contains(chain.name) || wanted.isComplete && table.owns(chain.name)
            return isGone ? .gone : .kept
        }
        guard fates.contains(.gone) else { return fates }
        // A rule of somebody else may lead to a chain that has to go. The rule is not ours, so an empty chain stays.
        for (index, chain) in base.chains.enumerated() where fates[index] == .kept {
            base.forEachJump(in: chain.bytes) { jump in
                guard let target = base.chain(at: base.destination(jump)), fates[target] == .gone else { return }
                if !(chain.isBuiltIn && wanted.removesJumps) { fates[target] = .emptied }
            }
        }
        return fates
    }

    /// In the order of their names, whatever the order in the old table.
    private func userChains() -> [Int] {
        let indices = base.chains.indices.filter { !base.chains[$0].isBuiltIn }
        let isSorted = zip(indices, indices.dropFirst()).allSatisfy { base.chains[$0].name < base.chains[$1].name }
        return isSorted ? indices : indices.sorted { base.chains[$0].name < base.chains[$1].name }
    }

    private mutating func missingSharedRules() -> [ChainName: [Rule]] {
        guard wanted.isComplete else { return [:] }
        var missing: [ChainName: [Rule]] = [:]
        for shared in wanted.shared {
            guard let chain = base.chains.first(where: { $0.name == shared.chain }) else {
                wanted.chains.append(shared.chain, shared.rules)
                continue
            }
            var present: Set<UInt64> = []
            base.forEachEntry(chain) { present.insert(base.identity($0)) }
            missing[shared.chain] = shared.rules.filter { rule in
                var encoder = RuleEncoder(layout.family)
                encoder.append(rule)
                return !present.contains(
                    EntryIdentity.of(
                        encoder.buffer.bytes, 0, layout, destination: encoder.jumps.first?.chain.digest))
            }
        }
        return missing
    }

    private mutating func append(_ source: Source, _ bytes: Range<Int>) {
        if let last = segments.last, last.source == source, last.bytes.upperBound == bytes.lowerBound {
            segments[segments.count - 1].bytes = last.bytes.lowerBound..<bytes.upperBound
        } else {
            segments.append(Segment(source: source, bytes: bytes, place: end))
        }
        end += bytes.count
    }

    private mutating func planBuiltIn(_ chain: TableImage.Chain, _ missing: [Rule]) {
        let start = end
        let firstEntry = origins.count
        planAdditions(missing)
        if wanted.removesJumps {
            planWithoutJumps(chain)
        } else {
            append(.base, chain.bytes)
            origins += chain.entries.map { Int32($0) }
        }
        finishChain(chain.name, start, firstEntry, isBuiltIn: true)
    }

    private mutating func planWithoutJumps(_ chain: TableImage.Chain) {
        var index = chain.entries.lowerBound
        var position = chain.bytes.lowerBound
        while position < chain.bytes.upperBound {
            let next = base.nextEntry(position)
            let target = base.jumpTarget(position)
            if !(target.map { table.owns(base.chains[$0].name) } ?? false) {
                append(.base, position..<next)
                origins.append(Int32(index))
            }
            index += 1
            position = next
        }
    }

    private mutating func planAdditions(_ rules: [Rule]) {
        let start = additions.buffer.count
        for rule in rules { additions.append(rule) }
        guard additions.buffer.count > start else { return }
        append(.additions, start..<additions.buffer.count)
        origins += rules.map { _ in -1 }
    }

    private mutating func planKept(_ chain: TableImage.Chain, _ missing: [Rule]) {
        let start = end
        let firstEntry = origins.count
        guard !missing.isEmpty else {
            append(.base, chain.bytes)
            origins += chain.entries.map { Int32($0) }
            return finishChain(chain.name, start, firstEntry)
        }
        let body = base.body(chain)
        append(.base, chain.bytes.lowerBound..<body)
        origins.append(Int32(chain.entries.lowerBound))
        planAdditions(missing)
        append(.base, body..<chain.bytes.upperBound)
        origins += chain.entries.dropFirst().map { Int32($0) }
        finishChain(chain.name, start, firstEntry)
    }

    private mutating func planWanted(_ index: Int, old: Int?) {
        let start = end
        let firstEntry = origins.count
        let chain = wanted.chains.chains[index]
        append(.wanted, chain.bytes)
        matcher.match(wanted.chains, index, old: old, into: &origins)
        finishChain(chain.name, start, firstEntry)
    }

    private mutating func planEmpty(_ name: ChainName) {
        let start = end
        let firstEntry = origins.count
        let place = additions.buffer.count
        additions.appendHead(name)
        additions.appendTail()
        append(.additions, place..<additions.buffer.count)
        origins += [-1, -1]
        finishChain(name, start, firstEntry)
    }

    private mutating func finishChain(_ name: ChainName, _ start: Int, _ firstEntry: Int, isBuiltIn: Bool = false) {
        chains.append(
            TableImage.Chain(
                name: name, bytes: start..<end, entries: firstEntry..<origins.count, isBuiltIn: isBuiltIn))
    }

    // MARK: Building

    private func build(_ storage: consuming [UInt8]) throws(TableFormatError) -> Result {
        var image = TableImage(
            layout: layout, bytes: Self.resized(storage, to: end), hooks: base.hooks, entryCount: origins.count,
            chains: chains, jumps: [])
        for segment in segments {
            let source =
                switch segment.source {
                case .base: base.bytes
                case .wanted: wanted.chains.encoder.buffer.bytes
                case .additions: additions.buffer.bytes
                }
            image.bytes.overwrite(at: segment.place, with: source, segment.bytes)
        }
        setHooks(&image)
        try setJumps(&image)
        return Result(image: image, origins: origins)
    }

    private static func resized(_ storage: consuming [UInt8], to count: Int) -> [UInt8] {
        var storage = storage
        if storage.count > count {
            storage.removeLast(storage.count - count)
        } else {
            // A little more, so that the next endpoint does not make it move.
            if storage.capacity < count { storage.reserveCapacity(count + count / 32) }
            storage.append(contentsOf: repeatElement(0, count: count - storage.count))
        }
        return storage
    }

    private func setHooks(_ image: inout TableImage) {
        let builtIn = image.chains.filter(\.isBuiltIn)
        for (hook, chain) in zip(base.hooks.present, builtIn) {
            image.hooks.entries[hook] = UInt32(chain.bytes.lowerBound - EntryLayout.replaceHeader)
            let old = base.chains.first { $0.name == chain.name }
            // The policy is the last entry, which is as long as it was.
            let length = (old?.bytes.upperBound ?? 0) - Int(base.hooks.policies[hook]) - EntryLayout.replaceHeader
            image.hooks.policies[hook] = UInt32(chain.bytes.upperBound - EntryLayout.replaceHeader - length)
        }
    }

    private func setJumps(_ image: inout TableImage) throws(TableFormatError) {
        var bodies: [ChainName: Int32] = [:]
        bodies.reserveCapacity(chains.count)
        for chain in chains { bodies[chain.name] = Int32(image.body(chain) - EntryLayout.replaceHeader) }
        let baseBodies = base.chains.map { bodies[$0.name] }
        image.jumps.reserveCapacity(base.jumps.count + wanted.chains.encoder.jumps.count)
        for segment in segments {
            let shift = segment.place - segment.bytes.lowerBound
            switch segment.source {
            case .base:
                for jump in base.jumps(in: segment.bytes) {
                    if base.isFallThrough(jump) {
                        let next = jump - EntryLayout.extensionHeader + EntryLayout.standardTarget + shift
                        image.setVerdict(at: jump + shift, Int32(next - EntryLayout.replaceHeader))
                    } else {
                        let target = base.chain(at: base.destination(jump))
                        try image.setJump(at: jump + shift, target.flatMap { baseBodies[$0] })
                    }
                }
            case .wanted, .additions:
                let jumps = segment.source == .wanted ? wanted.chains.encoder.jumps : additions.jumps
                for jump in jumps.within(segment.bytes) {
                    try image.setJump(at: jump.position + shift, bodies[jump.chain])
                }
            }
        }
    }
}

extension TableImage {
    fileprivate mutating func setVerdict(at position: Int, _ verdict: Int32) {
        bytes.store(verdict, at: position)
        jumps.append(position)
    }

    fileprivate mutating func setJump(at position: Int, _ body: Int32?) throws(TableFormatError) {
        guard let body else {
            throw TableFormatError(
                offset: position - EntryLayout.replaceHeader, reason: "it jumps to a chain that is not there")
        }
        setVerdict(at: position, body)
    }
}
