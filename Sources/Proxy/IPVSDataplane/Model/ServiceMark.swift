/// The packet mark of a virtual server: a fixed byte, the number of a service port, and which of its virtual servers.
///
/// IPVS compares the whole mark, so this one replaces all bits of a packet's mark, from the input or output hook until
/// a connection's first packets leave.
struct ServiceMark: Hashable, Sendable {
    enum Use: UInt32, Sendable {
        /// From anywhere, to any endpoint; always masqueraded.
        case cluster = 0
        /// From outside, to endpoints on this node; never masqueraded.
        case local = 1
        /// From pods and the node itself, to any endpoint although the policy is Local; masqueraded for the node.
        case shortCircuit = 2
    }

    /// "V" in the highest byte tells our marks from those of others.
    static let base: UInt32 = 0x5600_0000
    static let rangeMask: UInt32 = 0xFF00_0000
    /// The bits that tell the use.
    static let useMask: UInt32 = 0x3
    /// How many service ports can have marks.
    static let capacity: UInt32 = 1 << 22
    /// No service gets this number: a virtual server with it shows whether the kernel has a scheduler.
    static let probe = ServiceMark(number: capacity - 1, use: .local).value
    /// Nor this one: its virtual server hands connections over to this host's own sockets (``ServiceTable/retired(_:passing:)``).
    static let pass = ServiceMark(number: capacity - 1, use: .cluster).value

    /// Below ``capacity``.
    var number: UInt32
    var use: Use

    var value: UInt32 { Self.base | number << 2 | use.rawValue }

    init(number: UInt32, use: Use) {
        self.number = number
        self.use = use
    }

    /// nil for a mark that is not ours.
    init?(value: UInt32) {
        guard value & Self.rangeMask == Self.base, let use = Use(rawValue: value & Self.useMask) else { return nil }
        self.init(number: (value & ~Self.rangeMask) >> 2, use: use)
    }
}
