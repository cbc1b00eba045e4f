internal import NetworkAddress

/// Why a table cannot be parsed.
struct TableFormatError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Bytes from the first entry.
    var offset: Int
    var reason: String

    var description: String { "entry at byte \(offset): \(reason)" }
}

extension TableImage {
    /// Finds the chains. Whatever the bytes are, this ends with an image whose places all lie within the bytes, or with
    /// an error.
    init(parsing raw: RawTable, family: IPFamily) throws(TableFormatError) {
        layout = EntryLayout(family)
        bytes = raw.bytes
        hooks = raw.hooks
        entryCount = 0
        chains = []
        jumps = []
        var parser = try Parser(layout, raw)
        let end = raw.bytes.count
        while parser.position < end { try parser.step(raw.bytes) }
        try parser.finish(raw)
        entryCount = parser.entryIndex
        chains = parser.chains
        jumps = parser.jumps
        try checkJumps()
    }

    /// A verdict may name the body of a chain or the next entry: nothing else can be moved.
    private func checkJumps() throws(TableFormatError) {
        let bodies = Set(chains.map { body($0) })
        for jump in jumps where !bodies.contains(destination(jump)) && !isFallThrough(jump) {
            throw TableFormatError(
                offset: jump - EntryLayout.replaceHeader, reason: "a verdict leads into the middle of a chain")
        }
    }

    /// A rule without a target leads to the entry behind it.
    func isFallThrough(_ jump: Int) -> Bool {
        destination(jump) == jump - EntryLayout.extensionHeader + EntryLayout.standardTarget
    }
}

private struct Parser {
    let layout: EntryLayout
    let starts: [Int: ChainName]
    let policies: Set<Int>
    var position = EntryLayout.replaceHeader
    var entryIndex = 0
    var chains: [TableImage.Chain] = []
    var jumps: [Int] = []
    /// The chain that the next entry belongs to.
    private var open: (name: ChainName, start: Int, firstEntry: Int, isBuiltIn: Bool)?
    private var hasEnd = false

    init(_ layout: EntryLayout, _ raw: RawTable) throws(TableFormatError) {
        self.layout = layout
        var starts: [Int: ChainName] = [:]
        var policies: Set<Int> = []
        for hook in raw.hooks.present {
            let start = Int(raw.hooks.entries[hook])
            guard starts[start + EntryLayout.replaceHeader] == nil else {
                throw TableFormatError(offset: start, reason: "two hooks begin here")
            }
            starts[start + EntryLayout.replaceHeader] = TableHooks.names[hook]
            policies.insert(Int(raw.hooks.policies[hook]) + EntryLayout.replaceHeader)
        }
        self.starts = starts
        self.policies = policies
    }

    private func fail(_ reason: String) -> TableFormatError {
        TableFormatError(offset: position - EntryLayout.replaceHeader, reason: reason)
    }

    mutating func step(_ bytes: [UInt8]) throws(TableFormatError) {
        guard !hasEnd else { throw fail("entries follow the end") }
        guard bytes.count - position >= layout.size + EntryLayout.extensionHeader else { throw fail("cut short") }
        let targetOffset = Int(bytes.load(UInt16.self, at: position + layout.targetOffset))
        let length = Int(bytes.load(UInt16.self, at: position + layout.targetOffset + 2))
        guard targetOffset >= layout.size, length % EntryLayout.alignment == 0,
            targetOffset % EntryLayout.alignment == 0,
            length >= targetOffset + EntryLayout.extensionHeader, length <= bytes.count - position
        else { throw fail("its lengths are wrong") }
        let target = position + targetOffset
        let targetSize = Int(bytes.load(UInt16.self, at: target))
        guard targetSize >= EntryLayout.extensionHeader, targetSize <= length - targetOffset else {
            throw fail("the length of its target is wrong")
        }
        try checkMatches(bytes, target)
        if let name = errorName(bytes, target, targetSize) {
            try beginUserChain(name, isLast: position + length == bytes.count)
        } else {
            try enterBuiltInChain()
            if isJump(bytes, target, targetSize) { jumps.append(target + EntryLayout.extensionHeader) }
        }
        let isPolicy = policies.contains(position)
        position += length
        entryIndex += 1
        if isPolicy { try close() }
    }

    private func checkMatches(_ bytes: [UInt8], _ target: Int) throws(TableFormatError) {
        var match = position + layout.size
        while match < target {
            guard target - match >= EntryLayout.extensionHeader else { throw fail("a match is cut short") }
            let size = Int(bytes.load(UInt16.self, at: match))
            guard size >= EntryLayout.extensionHeader, size % EntryLayout.alignment == 0, size <= target - match else {
                throw fail("the length of a match is wrong")
            }
            match += size
        }
    }

    private func errorName(_ bytes: [UInt8], _ target: Int, _ size: Int) -> ChainName? {
        let error: [UInt8] = [0x45, 0x52, 0x52, 0x4F, 0x52, 0]
        guard size == EntryLayout.errorTarget, bytes[target + 2..<target + 2 + error.count].elementsEqual(error) else {
            return nil
        }
        let name = target + EntryLayout.extensionHeader
        return ChainName(bytes[name..<name + EntryLayout.errorTarget - EntryLayout.extensionHeader])
    }

    /// The standard target has no name.
    private func isJump(_ bytes: [UInt8], _ target: Int, _ size: Int) -> Bool {
        size >= EntryLayout.standardTarget && bytes[target + 2] == 0
            && bytes.load(Int32.self, at: target + EntryLayout.extensionHeader) >= 0
    }

    private mutating func beginUserChain(_ name: ChainName, isLast: Bool) throws(TableFormatError) {
        if let open, open.isBuiltIn { throw fail("a built-in chain has no policy") }
        try close()
        if isLast {
            hasEnd = true
        } else {
            open = (name, position, entryIndex, false)
        }
    }

    private mutating func enterBuiltInChain() throws(TableFormatError) {
        if let name = starts[position] {
            try close()
            open = (name, position, entryIndex, true)
        }
        if open == nil { throw fail("it belongs to no chain") }
    }

    private mutating func close() throws(TableFormatError) {
        guard let chain = open else { return }
        chains.append(
            TableImage.Chain(
                name: chain.name, bytes: chain.start..<position, entries: chain.firstEntry..<entryIndex,
                isBuiltIn: chain.isBuiltIn))
        open = nil
    }

    mutating func finish(_ raw: RawTable) throws(TableFormatError) {
        guard hasEnd else { throw fail("the last entry is missing") }
        guard entryIndex == raw.entryCount else { throw fail("\(entryIndex) entries instead of \(raw.entryCount)") }
        guard chains.count(where: \.isBuiltIn) == starts.count else { throw fail("a hook leads nowhere") }
        guard policies.isSubset(of: chains.filter(\.isBuiltIn).map { lastEntry($0, raw.bytes) }) else {
            throw fail("a policy is not at the end of its chain")
        }
    }

    private func lastEntry(_ chain: TableImage.Chain, _ bytes: [UInt8]) -> Int {
        var last = chain.bytes.lowerBound
        var position = last
        while position < chain.bytes.upperBound {
            last = position
            position += Int(bytes.load(UInt16.self, at: position + layout.targetOffset + 2))
        }
        return last
    }
}
