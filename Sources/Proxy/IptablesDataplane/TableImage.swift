internal import Glibc
internal import NetworkAddress

/// A table of the kernel: its entries as bytes and where its chains are.
///
/// Positions count from the beginning of `bytes`, which starts with room for struct ipt_replace. Verdicts and hooks in
/// the bytes count from the first entry, as in the kernel.
struct TableImage: Sendable {
    let layout: EntryLayout
    var bytes: [UInt8]
    var hooks: TableHooks
    var entryCount: Int
    /// The built-in ones come first, in the order of the hooks.
    var chains: [Chain]
    /// Where the verdicts are that name a place, in ascending order.
    var jumps: [Int]

    struct Chain: Hashable, Sendable {
        var name: ChainName
        /// With the head and the tail, that is: the policy of a built-in one.
        var bytes: Range<Int>
        var entries: Range<Int>
        var isBuiltIn: Bool
    }

    /// The byte behind the last entry.
    var end: Int { bytes.count }

    /// Where the rules of a chain begin; the place that jumps to it name.
    func body(_ chain: Chain) -> Int {
        chain.bytes.lowerBound + (chain.isBuiltIn ? 0 : layout.size + EntryLayout.errorTarget)
    }

    func nextEntry(_ position: Int) -> Int {
        position + Int(bytes.load(UInt16.self, at: position + layout.targetOffset + 2))
    }

    func target(_ position: Int) -> Int {
        position + Int(bytes.load(UInt16.self, at: position + layout.targetOffset))
    }

    /// The place that a jump's verdict names.
    func destination(_ jump: Int) -> Int {
        Int(bytes.load(Int32.self, at: jump)) + EntryLayout.replaceHeader
    }

    /// Calls for each entry of a chain, from its head to its tail.
    func forEachEntry(_ chain: Chain, _ body: (_ position: Int) -> Void) {
        var position = chain.bytes.lowerBound
        while position < chain.bytes.upperBound {
            body(position)
            position = nextEntry(position)
        }
    }

    /// Whether the other one, which the kernel gave, holds the same rules. Counters do not matter.
    func hasSameRules(as other: RawTable) -> Bool {
        guard other.hooks == hooks, other.bytes.count == bytes.count, other.entryCount == entryCount else {
            return false
        }
        let layout = layout
        return unsafe bytes.withUnsafeBytes { mine in
            unsafe other.bytes.withUnsafeBytes { theirs in
                var position = EntryLayout.replaceHeader
                while position < mine.count {
                    let next =
                        unsafe position
                        + Int(
                            mine.loadUnaligned(
                                fromByteOffset: position + layout.targetOffset + 2, as: UInt16.self))
                    guard unsafe Self.areEqual(mine, theirs, position..<position + layout.comefrom),
                        unsafe Self.areEqual(mine, theirs, position + layout.size..<next)
                    else { return false }
                    position = next
                }
                return true
            }
        }
    }

    private static func areEqual(
        _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer, _ range: Range<Int>
    ) -> Bool {
        guard let left = left.baseAddress, let right = right.baseAddress else { return false }
        return unsafe memcmp(left + range.lowerBound, right + range.lowerBound, range.count) == 0
    }
}

/// Where the hooks of netfilter enter a table, and where the policies of its built-in chains are (struct ipt_getinfo).
struct TableHooks: Hashable, Sendable {
    /// NF_INET_NUMHOOKS.
    static let count = 5
    /// One bit a hook that the table has.
    var valid: UInt32 = 0
    /// Bytes from the first entry. Those of hooks that the table does not have mean nothing.
    var entries = [UInt32](repeating: 0, count: count)
    var policies = [UInt32](repeating: 0, count: count)

    /// The hooks of this table, in the order of their chains.
    var present: [Int] {
        (0..<Self.count).filter { valid & 1 << UInt32($0) != 0 }.sorted { entries[$0] < entries[$1] }
    }

    static let names: [ChainName] = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"]
}

/// A table as the kernel returned it, not parsed yet.
struct RawTable: Sendable {
    var hooks: TableHooks
    var entryCount: Int
    /// Room for struct ipt_replace, then the entries.
    var bytes: [UInt8]
}
