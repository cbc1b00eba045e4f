internal import CNftables
internal import Glibc
internal import NetworkAddress
internal import PacketFilter

/// Translates a rule's expressions into conditions and a verdict, as far as they are of the usual kinds; others become
/// `other`.
struct RuleInterpreter {
    /// What a register holds.
    private struct Value {
        enum Source: Hashable {
            case payload(base: UInt32, offset: UInt32, length: UInt32)
            case meta(UInt32)
            case connection(UInt32)
            case addressType(PacketMatch.Side)
        }

        var source: Source
        var mask: [UInt8]?
    }

    private let tableFamily: Ruleset.Family
    private var registers: [UInt32: Value] = [:]
    /// The family that the rule has asked for, in tables of both.
    private var family: IPFamily?
    private var matches: [PacketMatch] = []
    private var verdict: PacketVerdict?

    init(family: Ruleset.Family) {
        tableFamily = family
        switch family {
        case .ip: self.family = .ipv4
        case .ip6: self.family = .ipv6
        default: self.family = nil
        }
    }

    var rule: PacketRule {
        let verdict = verdict ?? .continue
        return PacketRule(matches, verdict, text: PacketRule.describe(matches, verdict))
    }

    /// Registers of 16 bytes and those of 4 share their room.
    private static func slot(_ register: UInt32) -> UInt32 {
        register >= NFT_REG32_00.rawValue ? register - NFT_REG32_00.rawValue : (max(register, 1) - 1) * 4
    }

    @unsafe
    mutating func take(_ expression: OpaquePointer, _ name: String) {
        func isSet(_ attribute: Int) -> Bool { unsafe nftnl_expr_is_set(expression, UInt16(attribute)) }
        func number(_ attribute: Int) -> UInt32 {
            isSet(attribute) ? unsafe nftnl_expr_get_u32(expression, UInt16(attribute)) : 0
        }
        func bytes(_ attribute: Int) -> [UInt8] {
            var length: UInt32 = 0
            guard let data = unsafe nftnl_expr_get(expression, UInt16(attribute), &length) else { return [] }
            return unsafe Array(UnsafeRawBufferPointer(start: data, count: Int(length)))
        }
        func text(_ attribute: Int) -> String {
            isSet(attribute) ? unsafe LibnftnlReader.text(nftnl_expr_get_str(expression, UInt16(attribute))) ?? "" : ""
        }
        func load(_ attribute: Int, _ source: Value.Source) {
            registers[Self.slot(number(attribute))] = Value(source: source)
        }
        switch name {
        case "payload":
            guard isSet(NFTNL_EXPR_PAYLOAD_DREG) else { return }
            load(
                NFTNL_EXPR_PAYLOAD_DREG,
                .payload(
                    base: number(NFTNL_EXPR_PAYLOAD_BASE), offset: number(NFTNL_EXPR_PAYLOAD_OFFSET),
                    length: number(NFTNL_EXPR_PAYLOAD_LEN)))
        case "meta":
            if isSet(NFTNL_EXPR_META_DREG) { load(NFTNL_EXPR_META_DREG, .meta(number(NFTNL_EXPR_META_KEY))) }
        case "ct":
            if isSet(NFTNL_EXPR_CT_DREG) { load(NFTNL_EXPR_CT_DREG, .connection(number(NFTNL_EXPR_CT_KEY))) }
        case "fib":
            let flags = number(NFTNL_EXPR_FIB_FLAGS)
            let register = Self.slot(number(NFTNL_EXPR_FIB_DREG))
            registers[register] =
                number(NFTNL_EXPR_FIB_RESULT) == NFT_FIB_RESULT_ADDRTYPE.rawValue && flags <= 2
                ? Value(source: .addressType(flags & NFTA_FIB_F_SADDR.rawValue != 0 ? .source : .destination)) : nil
        case "bitwise":
            let from = registers[Self.slot(number(NFTNL_EXPR_BITWISE_SREG))]
            let isMask = number(NFTNL_EXPR_BITWISE_OP) == 0 && bytes(NFTNL_EXPR_BITWISE_XOR).allSatisfy { $0 == 0 }
            var value = isMask ? from : nil
            if value?.mask != nil { value = nil }
            value?.mask = bytes(NFTNL_EXPR_BITWISE_MASK)
            registers[Self.slot(number(NFTNL_EXPR_BITWISE_DREG))] = value
        case "cmp":
            compare(
                registers[Self.slot(number(NFTNL_EXPR_CMP_SREG))], number(NFTNL_EXPR_CMP_OP), bytes(NFTNL_EXPR_CMP_DATA)
            )
        case "range":
            range(
                registers[Self.slot(number(NFTNL_EXPR_RANGE_SREG))],
                isInverted: number(NFTNL_EXPR_RANGE_OP) == NFT_RANGE_NEQ.rawValue,
                bytes(NFTNL_EXPR_RANGE_FROM_DATA), bytes(NFTNL_EXPR_RANGE_TO_DATA))
        case "lookup":
            let set = text(NFTNL_EXPR_LOOKUP_SET)
            if isSet(NFTNL_EXPR_LOOKUP_DREG) {
                let register = number(NFTNL_EXPR_LOOKUP_DREG)
                if register == 0 { verdict = .other("vmap @\(set)") } else { registers[Self.slot(register)] = nil }
            }
            matches.append(.other("in @\(set)"))
        case "immediate":
            guard isSet(NFTNL_EXPR_IMM_VERDICT) else {
                registers[Self.slot(number(NFTNL_EXPR_IMM_DREG))] = nil
                return
            }
            verdict = Self.verdict(Int32(bitPattern: number(NFTNL_EXPR_IMM_VERDICT)), text(NFTNL_EXPR_IMM_CHAIN))
        case "reject": verdict = .reject
        case "nat": verdict = number(NFTNL_EXPR_NAT_TYPE) == NFT_NAT_DNAT.rawValue ? .translate("dnat") : .masquerade
        case "redir": verdict = .translate("redirect")
        case "tproxy": verdict = .translate("tproxy")
        case "masq": verdict = .masquerade
        case "notrack": verdict = .untrack
        case "queue": verdict = .other("queue")
        case "match": matches.append(.other("xt \(text(NFTNL_EXPR_MT_NAME))"))
        case "target": verdict = .other("xt \(text(NFTNL_EXPR_TG_NAME))")
        case "limit", "connlimit", "quota", "socket", "osf", "rt", "exthdr", "xfrm", "tunnel", "hash":
            matches.append(.other(name))
        default: return
        }
    }

    private static func verdict(_ code: Int32, _ chain: String) -> PacketVerdict {
        switch code {
        case NF_ACCEPT: .accept
        case NF_DROP: .drop
        case NFT_RETURN.rawValue: .return
        case NFT_JUMP.rawValue: .jump(chain)
        case NFT_GOTO.rawValue: .goto(chain)
        case NFT_CONTINUE.rawValue, NFT_BREAK.rawValue: .continue
        default: .other("verdict \(code)")
        }
    }

    // MARK: Comparisons

    private mutating func compare(_ value: Value?, _ operation: UInt32, _ data: [UInt8]) {
        let isEqual = operation == NFT_CMP_EQ.rawValue
        guard let value, isEqual || operation == NFT_CMP_NEQ.rawValue,
            let match = match(value, data, isInverted: !isEqual)
        else {
            matches.append(.other("cmp"))
            return
        }
        if case .family(let families, false) = match { family = families.first }
        matches.append(match)
    }

    private func match(_ value: Value, _ data: [UInt8], isInverted: Bool) -> PacketMatch? {
        switch value.source {
        case .payload(NFT_PAYLOAD_NETWORK_HEADER.rawValue, let offset, let length):
            return networkMatch(value, offset, Int(length), data, isInverted)
        case .payload(NFT_PAYLOAD_TRANSPORT_HEADER.rawValue, let offset, 2) where value.mask == nil && data.count >= 2:
            let port = UInt16(data[0]) << 8 | UInt16(data[1])
            guard offset == 0 || offset == 2 else { return nil }
            return .port(offset == 0 ? .source : .destination, [port...port], isInverted: isInverted)
        case .payload: return nil
        case .meta(let key): return metaMatch(key, value.mask, data, isInverted)
        case .connection(NFT_CT_STATE.rawValue):
            guard let mask = value.mask.flatMap(Self.native), let wanted = Self.native(data), wanted == 0 else {
                return nil
            }
            return .state(.init(rawValue: mask), isInverted: !isInverted)
        case .connection(NFT_CT_STATUS.rawValue):
            // IPS_DST_NAT
            guard value.mask.flatMap(Self.native) == 0x20, Self.native(data) == 0 else { return nil }
            return .translated(isInverted: !isInverted)
        case .connection: return nil
        case .addressType(let side):
            return Self.native(data) == UInt32(RTN_LOCAL) ? .localAddress(side, isInverted: isInverted) : nil
        }
    }

    private func networkMatch(
        _ value: Value, _ offset: UInt32, _ length: Int, _ data: [UInt8], _ isInverted: Bool
    ) -> PacketMatch? {
        guard let family else { return nil }
        if offset == (family == .ipv4 ? 9 : 6), length == 1, value.mask == nil, let number = data.first {
            return .transport([number], isInverted: isInverted)
        }
        let side: PacketMatch.Side
        switch (family, offset) {
        case (.ipv4, 12), (.ipv6, 8): side = .source
        case (.ipv4, 16), (.ipv6, 24): side = .destination
        default: return nil
        }
        let width = family.bitWidth / 8
        guard length <= width, data.count >= length else { return nil }
        var prefixLength = length * 8
        if let mask = value.mask {
            let ones = mask.reduce(0) { $0 + $1.nonzeroBitCount }
            guard IPNetwork(address: IPAddress(family: family, value: 0), prefixLength: ones)?.mask.bytes == mask else {
                return nil
            }
            prefixLength = ones
        }
        let bytes = data.prefix(length) + [UInt8](repeating: 0, count: width - length)
        guard let address = IPAddress(bytes: bytes),
            let network = IPNetwork(address: address, prefixLength: prefixLength)
        else { return nil }
        return .address(side, network, isInverted: isInverted)
    }

    private func metaMatch(_ key: UInt32, _ mask: [UInt8]?, _ data: [UInt8], _ isInverted: Bool) -> PacketMatch? {
        switch key {
        case NFT_META_MARK.rawValue:
            guard let value = Self.native(data) else { return nil }
            return .mark(value, mask: mask.flatMap(Self.native) ?? .max, isInverted: isInverted)
        case NFT_META_L4PROTO.rawValue where mask == nil:
            return data.first.map { .transport([$0], isInverted: isInverted) }
        case NFT_META_NFPROTO.rawValue where mask == nil:
            switch data.first {
            case 2?: return .family([.ipv4], isInverted: isInverted)
            case 10?: return .family([.ipv6], isInverted: isInverted)
            default: return nil
            }
        case NFT_META_IIFNAME.rawValue where mask == nil, NFT_META_OIFNAME.rawValue where mask == nil:
            let name = data.prefix { $0 != 0 }
            return .device(
                key == NFT_META_IIFNAME.rawValue ? .source : .destination, String(decoding: name, as: UTF8.self),
                isPrefix: name.count == data.count && data.count < Int(IFNAMSIZ), isInverted: isInverted)
        case NFT_META_IIF.rawValue where mask == nil, NFT_META_OIF.rawValue where mask == nil:
            guard let index = Self.native(data), let name = Self.deviceName(index) else { return nil }
            return .device(
                key == NFT_META_IIF.rawValue ? .source : .destination, name, isPrefix: false, isInverted: isInverted)
        default: return nil
        }
    }

    private static func deviceName(_ index: UInt32) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(IFNAMSIZ))
        guard unsafe if_indextoname(index, &buffer) != nil else { return nil }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private mutating func range(_ value: Value?, isInverted: Bool, _ from: [UInt8], _ to: [UInt8]) {
        guard let value, value.mask == nil, from.count >= 2, to.count >= 2,
            case .payload(NFT_PAYLOAD_TRANSPORT_HEADER.rawValue, let offset, 2) = value.source, offset <= 2
        else {
            matches.append(.other("range"))
            return
        }
        let first = UInt16(from[0]) << 8 | UInt16(from[1])
        let last = UInt16(to[0]) << 8 | UInt16(to[1])
        guard first <= last else { return matches.append(.other("range")) }
        matches.append(.port(offset == 0 ? .source : .destination, [first...last], isInverted: isInverted))
    }

    /// In the byte order of the machine.
    private static func native(_ bytes: [UInt8]) -> UInt32? {
        guard bytes.count == 4 else { return nil }
        var value: UInt32 = 0
        unsafe withUnsafeMutableBytes(of: &value) { unsafe $0.copyBytes(from: bytes) }
        return value
    }
}
