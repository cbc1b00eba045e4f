internal import CIptables
internal import NetworkAddress

/// Where the fields of struct ipt_entry and struct ip6t_entry are. The shim's header asserts the same numbers.
struct EntryLayout: Hashable, Sendable {
    let family: IPFamily
    /// Size of the entry without its matches and target.
    let size: Int
    /// The 16 bits that say where the target begins; those that say where the next entry begins follow.
    let targetOffset: Int
    /// What a rule is compared by ends here: the kernel's own note and the counters follow.
    let comefrom: Int
    let counters: Int
    /// The input interface in the IP part; its mask follows after the names of both.
    let inputInterface: Int
    /// The protocol, 16 bits.
    let transport: Int
    let flags: Int
    let inversions: Int

    /// Size of struct xt_entry_match and of struct xt_entry_target without their data.
    static let extensionHeader = 32
    /// Size of struct xt_error_target, by which chains begin, and of struct xt_standard_target.
    static let errorTarget = 64
    static let standardTarget = 40
    static let alignment = 8
    /// Room that is kept before a table's entries for struct ipt_replace.
    static let replaceHeader = 96
    /// Size of struct xt_counters: packets and bytes.
    static let counterSize = 16

    init(_ family: IPFamily) {
        self.family = family
        let isIPv4 = family == .ipv4
        size = isIPv4 ? MemoryLayout<ipt_entry>.size : MemoryLayout<ip6t_entry>.size
        targetOffset = isIPv4 ? 88 : 140
        comefrom = isIPv4 ? 92 : 144
        counters = isIPv4 ? 96 : 152
        inputInterface = isIPv4 ? 16 : 64
        transport = isIPv4 ? 80 : 128
        flags = isIPv4 ? 82 : 131
        inversions = isIPv4 ? 83 : 132
    }
}

/// Verdicts of standard targets are negative; other values are the offset of the entry to continue with.
enum Verdict {
    static let drop: Int32 = -NF_DROP - 1
    static let accept: Int32 = -NF_ACCEPT - 1
    /// XT_RETURN of linux/netfilter/x_tables.h.
    static let `return`: Int32 = -NF_REPEAT - 1
}
