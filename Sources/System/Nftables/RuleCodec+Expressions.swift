internal import CNftables
import Glibc
internal import LinuxSystem
internal import NetworkAddress

extension RuleCodec {
    /// An expression of libnftnl; a rule that it is added to frees it.
    @unsafe
    static func make(_ expression: Expression, _ family: IPFamily) throws(SystemError) -> OpaquePointer {
        guard let pointer = unsafe nftnl_expr_alloc(expression.name) else {
            throw SystemError(
                "build nftables rule", code: ENOTSUP,
                kernelMessage: "libnftnl does not know the expression \"\(expression.name)\"")
        }
        let target = unsafe Target(pointer: pointer)
        switch expression {
        case .payload, .immediate, .loadMeta, .storeMeta, .connectionTrackingState, .addressType, .random:
            load(expression, target)
        case .bitwise, .compare, .lookup, .dynamicSet:
            match(expression, target)
        case .destinationNAT(let address, let port):
            target.set(NFTNL_EXPR_NAT_TYPE, UInt32(NFT_NAT_DNAT.rawValue))
            target.set(NFTNL_EXPR_NAT_FAMILY, UInt32(family.netfilterNumber))
            target.set(NFTNL_EXPR_NAT_REG_ADDR_MIN, address.number)
            target.set(NFTNL_EXPR_NAT_REG_PROTO_MIN, port.number)
        case .masquerade:
            target.set(NFTNL_EXPR_MASQ_FLAGS, UInt32(NF_NAT_RANGE_PROTO_RANDOM_FULLY))
        case .reject:
            target.set(NFTNL_EXPR_REJECT_TYPE, UInt32(NFT_REJECT_ICMP_UNREACH.rawValue))
            // ICMP_PORT_UNREACH and ICMPV6_PORT_UNREACH.
            target.set(NFTNL_EXPR_REJECT_CODE, byte: family == .ipv4 ? 3 : 4)
        case .verdict(let verdict):
            target.set(NFTNL_EXPR_IMM_DREG, Register.verdict.number)
            target.set(NFTNL_EXPR_IMM_VERDICT, UInt32(bitPattern: verdict.code))
            if let chain = verdict.chain { target.set(NFTNL_EXPR_IMM_CHAIN, string: chain) }
        }
        return unsafe pointer
    }

    private static func load(_ expression: Expression, _ target: Target) {
        switch expression {
        case .payload(let base, let offset, let length, let register):
            let number = base == .networkHeader ? NFT_PAYLOAD_NETWORK_HEADER : NFT_PAYLOAD_TRANSPORT_HEADER
            target.set(NFTNL_EXPR_PAYLOAD_BASE, UInt32(number.rawValue))
            target.set(NFTNL_EXPR_PAYLOAD_OFFSET, offset)
            target.set(NFTNL_EXPR_PAYLOAD_LEN, length)
            target.set(NFTNL_EXPR_PAYLOAD_DREG, register.number)
        case .immediate(let bytes, let register):
            target.set(NFTNL_EXPR_IMM_DREG, register.number)
            target.set(NFTNL_EXPR_IMM_DATA, bytes: bytes)
        case .loadMeta(let key, let register):
            target.set(NFTNL_EXPR_META_KEY, key.number)
            target.set(NFTNL_EXPR_META_DREG, register.number)
        case .storeMeta(let key, let register):
            target.set(NFTNL_EXPR_META_KEY, key.number)
            target.set(NFTNL_EXPR_META_SREG, register.number)
        case .connectionTrackingState(let register):
            target.set(NFTNL_EXPR_CT_KEY, UInt32(NFT_CT_STATE.rawValue))
            target.set(NFTNL_EXPR_CT_DREG, register.number)
        case .addressType(let side, let register):
            let flag = side == .source ? NFTA_FIB_F_SADDR : NFTA_FIB_F_DADDR
            target.set(NFTNL_EXPR_FIB_FLAGS, UInt32(flag.rawValue))
            target.set(NFTNL_EXPR_FIB_RESULT, UInt32(NFT_FIB_RESULT_ADDRTYPE.rawValue))
            target.set(NFTNL_EXPR_FIB_DREG, register.number)
        case .random(let modulus, let offset, let register):
            target.set(NFTNL_EXPR_NG_TYPE, UInt32(NFT_NG_RANDOM.rawValue))
            target.set(NFTNL_EXPR_NG_MODULUS, modulus)
            target.set(NFTNL_EXPR_NG_OFFSET, offset)
            target.set(NFTNL_EXPR_NG_DREG, register.number)
        default: break
        }
    }

    private static func match(_ expression: Expression, _ target: Target) {
        switch expression {
        case .bitwise(let register, let mask, let xor):
            target.set(NFTNL_EXPR_BITWISE_SREG, register.number)
            target.set(NFTNL_EXPR_BITWISE_DREG, register.number)
            target.set(NFTNL_EXPR_BITWISE_LEN, UInt32(mask.count))
            target.set(NFTNL_EXPR_BITWISE_MASK, bytes: mask)
            target.set(NFTNL_EXPR_BITWISE_XOR, bytes: xor)
        case .compare(let register, let equal, let bytes):
            target.set(NFTNL_EXPR_CMP_SREG, register.number)
            target.set(NFTNL_EXPR_CMP_OP, UInt32((equal ? NFT_CMP_EQ : NFT_CMP_NEQ).rawValue))
            target.set(NFTNL_EXPR_CMP_DATA, bytes: bytes)
        case .lookup(let set, let key, let result, let inverted):
            target.set(NFTNL_EXPR_LOOKUP_SREG, key.number)
            target.set(NFTNL_EXPR_LOOKUP_SET, string: set)
            if let result { target.set(NFTNL_EXPR_LOOKUP_DREG, result.number) }
            if inverted { target.set(NFTNL_EXPR_LOOKUP_FLAGS, UInt32(NFT_LOOKUP_F_INV.rawValue)) }
        case .dynamicSet(let operation, let set, let key, let data, let timeout):
            let number = operation == .update ? NFT_DYNSET_OP_UPDATE : NFT_DYNSET_OP_DELETE
            target.set(NFTNL_EXPR_DYNSET_OP, UInt32(number.rawValue))
            target.set(NFTNL_EXPR_DYNSET_SET_NAME, string: set)
            target.set(NFTNL_EXPR_DYNSET_SREG_KEY, key.number)
            if let data { target.set(NFTNL_EXPR_DYNSET_SREG_DATA, data.number) }
            if timeout > 0 { target.set(NFTNL_EXPR_DYNSET_TIMEOUT, long: timeout) }
        default: break
        }
    }

    /// Sets attributes of one expression.
    @safe
    private struct Target {
        let pointer: OpaquePointer

        func set(_ attribute: Int, _ value: UInt32) {
            unsafe nftnl_expr_set_u32(pointer, UInt16(attribute), value)
        }
        func set(_ attribute: Int, byte value: UInt8) {
            unsafe nftnl_expr_set_u8(pointer, UInt16(attribute), value)
        }
        func set(_ attribute: Int, long value: UInt64) {
            unsafe nftnl_expr_set_u64(pointer, UInt16(attribute), value)
        }
        func set(_ attribute: Int, string: String) {
            _ = unsafe nftnl_expr_set_str(pointer, UInt16(attribute), string)
        }
        func set(_ attribute: Int, bytes: [UInt8]) {
            _ = unsafe nftnl_expr_set(pointer, UInt16(attribute), bytes, UInt32(bytes.count))
        }
    }
}

extension Expression {
    /// The kernel's name of the expression.
    fileprivate var name: String {
        switch self {
        case .payload: "payload"
        case .loadMeta, .storeMeta: "meta"
        case .bitwise: "bitwise"
        case .compare: "cmp"
        case .lookup: "lookup"
        case .connectionTrackingState: "ct"
        case .addressType: "fib"
        case .random: "numgen"
        case .dynamicSet: "dynset"
        case .destinationNAT: "nat"
        case .masquerade: "masq"
        case .reject: "reject"
        case .immediate, .verdict: "immediate"
        }
    }
}

extension Expression.MetaKey {
    fileprivate var number: UInt32 {
        switch self {
        case .mark: UInt32(NFT_META_MARK.rawValue)
        case .priority: UInt32(NFT_META_PRIORITY.rawValue)
        case .inputInterfaceName: UInt32(NFT_META_IIFNAME.rawValue)
        case .layer4Protocol: UInt32(NFT_META_L4PROTO.rawValue)
        case .trace: UInt32(NFT_META_NFTRACE.rawValue)
        }
    }
}

extension Verdict {
    /// NF_DROP or one of enum nft_verdicts.
    var code: Int32 {
        switch self {
        case .accept: NF_ACCEPT
        case .drop: NF_DROP
        case .return: Int32(NFT_RETURN.rawValue)
        case .jump: Int32(NFT_JUMP.rawValue)
        case .goto: Int32(NFT_GOTO.rawValue)
        }
    }

    var chain: String? {
        switch self {
        case .accept, .drop, .return: nil
        case .jump(let chain), .goto(let chain): chain
        }
    }

    /// nil for a verdict that no backend uses.
    init?(code: Int32, chain: String?) {
        switch (code, chain) {
        case (NF_ACCEPT, _): self = .accept
        case (NF_DROP, _): self = .drop
        case (Int32(NFT_RETURN.rawValue), _): self = .return
        case (Int32(NFT_JUMP.rawValue), let chain?): self = .jump(chain)
        case (Int32(NFT_GOTO.rawValue), let chain?): self = .goto(chain)
        default: return nil
        }
    }
}

/// The comments that nft shows, as type, length and text (libnftnl/udata.h).
package enum Userdata {
    /// nft shows at most 128 bytes, the zero byte included.
    package static func comment(_ text: String, type: UInt8) -> [UInt8] {
        let utf8 = text.utf8.prefix(127)
        return [type, UInt8(utf8.count + 1)] + utf8 + [0]
    }

    /// The text of the item of this type.
    package static func comment(in bytes: ArraySlice<UInt8>, type: UInt8) -> String? {
        var rest = bytes
        while let found = rest.first, rest.count >= 2 {
            let length = Int(rest[rest.startIndex + 1])
            guard rest.count >= 2 + length else { return nil }
            let value = rest.dropFirst(2).prefix(length)
            if found == type { return String(decoding: value.prefix { $0 != 0 }, as: UTF8.self) }
            rest = rest.dropFirst(2 + length)
        }
        return nil
    }
}
