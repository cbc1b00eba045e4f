/// One nf_tables expression: a step of the kernel's virtual machine (linux/netfilter/nf_tables.h).
package enum Expression: Hashable, Sendable {
    package enum PayloadBase: Sendable { case networkHeader, transportHeader }
    package enum MetaKey: Sendable { case mark, priority, inputInterfaceName, layer4Protocol, trace }
    package enum Side: Sendable { case source, destination }
    package enum DynamicOperation: Sendable { case update, delete }

    case payload(PayloadBase, offset: UInt32, length: UInt32, into: Register)
    case immediate([UInt8], into: Register)
    case loadMeta(MetaKey, into: Register)
    case storeMeta(MetaKey, from: Register)
    /// `(register & mask) ^ xor`, in place.
    case bitwise(Register, mask: [UInt8], xor: [UInt8])
    case compare(Register, equal: Bool, [UInt8])
    case lookup(set: String, key: Register, into: Register?, inverted: Bool)
    case connectionTrackingState(into: Register)
    case addressType(of: Side, into: Register)
    /// A random number from `offset` to `offset + modulus - 1`.
    case random(modulus: UInt32, offset: UInt32, into: Register)
    case dynamicSet(DynamicOperation, set: String, key: Register, data: Register?, timeoutMilliseconds: UInt64)
    case destinationNAT(address: Register, port: Register)
    /// Source NAT to the address of the outgoing interface, with random ports.
    case masquerade
    /// ICMP port unreachable.
    case reject
    case verdict(Verdict)
}

/// What happens to a packet: the end of a rule or the value of a verdict map.
package enum Verdict: Hashable, Sendable {
    /// Ends this chain; later chains of the hook still run.
    case accept
    case drop
    case `return`
    case jump(String)
    case goto(String)

    package var text: String {
        switch self {
        case .accept: "accept"
        case .drop: "drop"
        case .return: "return"
        case .jump(let chain): "jump \(chain)"
        case .goto(let chain): "goto \(chain)"
        }
    }
}

/// One of the 16 registers of 32 bits; a longer value also takes the following ones.
package struct Register: Hashable, Sendable {
    /// 0...15; the verdict register has a slot of its own.
    var slot: UInt32

    init(_ slot: UInt32) { self.slot = slot }

    /// The number that the kernel reports: the older registers of 128 bits are 1...4, the others 8...23.
    var number: UInt32 {
        if self == .verdict { return 0 }
        return slot % 4 == 0 ? 1 + slot / 4 : 8 + slot
    }

    /// Where verdict maps put their result.
    static let verdict = Register(.max)
}
