internal import CIptables
internal import NetworkAddress
internal import ServiceModel

/// Encodes rules for the kernel (struct ipt_entry or ip6t_entry with matches and target).
struct RuleEncoder: Sendable {
    let layout: EntryLayout
    private(set) var buffer = ByteBuffer()
    private(set) var entryCount = 0
    /// Verdicts that have to become the place of a chain, in the order of their positions.
    private(set) var jumps: [Jump] = []

    struct Jump: Hashable, Sendable {
        var position: Int
        var chain: ChainName
    }

    init(_ family: IPFamily) { layout = EntryLayout(family) }

    mutating func reserve(_ bytes: Int) { buffer.bytes.reserveCapacity(bytes) }

    // MARK: Entries

    /// The entry that a chain begins with, which holds its name.
    mutating func appendHead(_ name: ChainName) {
        let start = beginEntry()
        appendErrorTarget(name.bytes)
        endEntry(start, target: start + layout.size)
    }

    /// The entry that a user's chain ends with.
    mutating func appendTail() {
        append(Rule(.return))
    }

    mutating func append(_ rule: Rule) {
        let start = beginEntry()
        encodeHeader(rule, start)
        for match in rule.matches { append(match, rule.transport) }
        let target = buffer.count
        append(rule.target)
        endEntry(start, target: target)
    }

    private mutating func beginEntry() -> Int {
        let start = buffer.count
        buffer.appendZeros(layout.size)
        return start
    }

    private mutating func endEntry(_ start: Int, target: Int) {
        buffer.store(UInt16(truncatingIfNeeded: target - start), at: start + layout.targetOffset)
        buffer.store(UInt16(truncatingIfNeeded: buffer.count - start), at: start + layout.targetOffset + 2)
        entryCount += 1
    }

    // MARK: The IP part

    private mutating func encodeHeader(_ rule: Rule, _ start: Int) {
        let width = layout.family.bitWidth / 8
        var inversions: UInt8 = 0
        if let source = rule.source {
            store(source.network, address: start, mask: start + 2 * width)
            if source.isInverted { inversions |= UInt8(IPT_INV_SRCIP) }
        }
        if let destination = rule.destination {
            store(destination.network, address: start + width, mask: start + 3 * width)
            if destination.isInverted { inversions |= UInt8(IPT_INV_DSTIP) }
        }
        if let interface = rule.inputInterface {
            let name = Array(interface.name.utf8.prefix(Int(IFNAMSIZ) - 1))
            buffer.store(text: name, at: start + layout.inputInterface)
            // A whole name is compared with the zero behind it.
            let compared = name.count + (interface.isPrefix ? 0 : 1)
            buffer.store(
                text: repeatElement(0xFF, count: compared), at: start + layout.inputInterface + 2 * Int(IFNAMSIZ))
            if interface.isInverted { inversions |= UInt8(IPT_INV_VIA_IN) }
        }
        if let transport = rule.transport {
            buffer.store(UInt16(transport.rawValue), at: start + layout.transport)
            if layout.family == .ipv6 { buffer.store(UInt8(IP6T_F_PROTO), at: start + layout.flags) }
        }
        if inversions != 0 { buffer.store(inversions, at: start + layout.inversions) }
    }

    private mutating func store(_ network: IPNetwork, address: Int, mask: Int) {
        store(network.address, at: address)
        store(network.mask, at: mask)
    }

    private mutating func store(_ address: IPAddress, at offset: Int) {
        if address.family == .ipv4 {
            buffer.store(UInt32(truncatingIfNeeded: address.value).bigEndian, at: offset)
        } else {
            buffer.store(UInt64(truncatingIfNeeded: address.value >> 64).bigEndian, at: offset)
            buffer.store(UInt64(truncatingIfNeeded: address.value).bigEndian, at: offset + 8)
        }
    }

    // MARK: Matches

    private mutating func append(_ match: Rule.Match, _ transport: TransportProtocol?) {
        let name = match.kernelName(transport)
        switch match {
        case .comment(let text):
            let start = beginExtension(name)
            buffer.appendZeros(Int(XT_MAX_COMMENT_LEN))
            buffer.store(
                text: text.utf8.prefix(Int(XT_MAX_COMMENT_LEN) - 1), at: start + EntryLayout.extensionHeader)
            endExtension(start)
        case .destinationPort(let ports): appendPorts(ports, transport, name)
        case .mark(let mask, let isInverted):
            appendExtension(name, revision: 1, xt_mark_mtinfo1.self) {
                $0.mark = mask
                $0.mask = mask
                $0.invert = isInverted ? 1 : 0
            }
        case .connectionState(let states, let isInverted):
            appendExtension(name, revision: 3, xt_conntrack_mtinfo3.self) {
                $0.match_flags = UInt16(XT_CONNTRACK_STATE)
                $0.invert_flags = isInverted ? $0.match_flags : 0
                $0.state_mask = states.rawValue
            }
        case .localSource:
            appendExtension(name, revision: 1, xt_addrtype_info_v1.self) { $0.source = UInt16(XT_ADDRTYPE_LOCAL) }
        case .localDestination:
            appendExtension(name, revision: 1, xt_addrtype_info_v1.self) { $0.dest = UInt16(XT_ADDRTYPE_LOCAL) }
        case .random(let share):
            unsafe appendExtension(name, revision: 0, xt_statistic_info.self) {
                unsafe $0.mode = UInt16(XT_STATISTIC_MODE_RANDOM.rawValue)
                unsafe $0.u.random.probability = share
            }
        case .refreshClient(let list, let seconds):
            appendRecent(
                name, list, flags: UInt8(XT_RECENT_UPDATE | XT_RECENT_REAP), seconds: seconds)
        case .rememberClient(let list):
            appendRecent(name, list, flags: UInt8(XT_RECENT_SET), seconds: 0)
        }
    }

    private mutating func appendPorts(
        _ ports: ClosedRange<UInt16>, _ transport: TransportProtocol?, _ name: StaticString
    ) {
        let wanted = (ports.lowerBound, ports.upperBound)
        let all: (UInt16, UInt16) = (0, .max)
        switch transport {
        case .udp:
            appendExtension(name, revision: 0, xt_udp.self) {
                $0.spts = all
                $0.dpts = wanted
            }
        case .sctp:
            appendExtension(name, revision: 0, xt_sctp_info.self) {
                $0.dpts = wanted
                $0.spts = all
                $0.flags = UInt32(XT_SCTP_DEST_PORTS)
            }
        case .tcp, nil:
            appendExtension(name, revision: 0, xt_tcp.self) {
                $0.spts = all
                $0.dpts = wanted
            }
        }
    }

    private mutating func appendRecent(_ name: StaticString, _ list: String, flags: UInt8, seconds: UInt32) {
        let start = beginExtension(name, revision: 1)
        buffer.append(xt_recent_mtinfo_v1.self) {
            $0.seconds = seconds
            $0.check_set = flags
            $0.side = UInt8(XT_RECENT_SOURCE)
            // The whole address counts.
            unsafe $0.mask.all = (.max, .max, .max, .max)
        }
        let field = MemoryLayout<xt_recent_mtinfo_v1>.offset(of: \.name) ?? 0
        buffer.store(
            text: list.utf8.prefix(Int(XT_RECENT_NAME_LEN) - 1),
            at: start + EntryLayout.extensionHeader + field)
        endExtension(start)
    }

    // MARK: Targets

    private mutating func append(_ target: Rule.Target) {
        switch target {
        case .accept: appendStandard(Verdict.accept)
        case .drop: appendStandard(Verdict.drop)
        case .return: appendStandard(Verdict.return)
        case .jump(let chain):
            jumps.append(Jump(position: buffer.count + EntryLayout.extensionHeader, chain: chain))
            appendStandard(0)
        case .reject:
            let isIPv4 = layout.family == .ipv4
            appendExtension(
                "REJECT", revision: 0,
                isIPv4 ? UInt32(IPT_ICMP_PORT_UNREACHABLE.rawValue) : UInt32(IP6T_ICMP6_PORT_UNREACH.rawValue))
        case .dnat(let endpoint): appendTranslation(to: endpoint)
        case .masquerade: appendMasquerade()
        case .setMark(let value, let mask):
            appendExtension("MARK", revision: 2, xt_mark_tginfo2.self) {
                $0.mark = value
                $0.mask = mask
            }
        }
    }

    /// Revision 2 (Linux 4.18): iptables prints no older one.
    private mutating func appendTranslation(to endpoint: EndpointAddress) {
        let start = beginExtension("DNAT", revision: 2)
        buffer.append(UInt32(NF_NAT_RANGE_MAP_IPS | NF_NAT_RANGE_PROTO_SPECIFIED))
        let place = buffer.count
        buffer.appendZeros(MemoryLayout<nf_nat_range2>.size - MemoryLayout<UInt32>.size)
        store(endpoint.ip, at: place)
        store(endpoint.ip, at: place + 16)
        buffer.store(endpoint.port.bigEndian, at: place + 32)
        buffer.store(endpoint.port.bigEndian, at: place + 34)
        endExtension(start)
    }

    /// From a port that others cannot guess, so that two nodes behind one address do not choose alike.
    private mutating func appendMasquerade() {
        let flags = UInt32(NF_NAT_RANGE_PROTO_RANDOM_FULLY)
        let start = beginExtension("MASQUERADE")
        if layout.family == .ipv4 { buffer.append(UInt32(1)) }
        buffer.append(flags)
        buffer.appendZeros(layout.family == .ipv4 ? 12 : 36)
        endExtension(start)
    }

    /// A verdict, or a place that is filled in later.
    private mutating func appendStandard(_ verdict: Int32) {
        appendExtension("", revision: 0, verdict)
    }

    private mutating func appendErrorTarget(_ name: [UInt8]) {
        let start = beginExtension("ERROR")
        buffer.appendZeros(EntryLayout.errorTarget - EntryLayout.extensionHeader)
        buffer.store(text: name, at: start + EntryLayout.extensionHeader)
        endExtension(start)
    }

    // MARK: Extensions

    private mutating func appendExtension(_ name: StaticString, revision: UInt8, _ number: some FixedWidthInteger) {
        let start = beginExtension(name, revision: revision)
        buffer.append(number)
        endExtension(start)
    }

    private mutating func appendExtension<Information>(
        _ name: StaticString, revision: UInt8, _ type: Information.Type, _ fill: (inout Information) -> Void
    ) {
        let start = beginExtension(name, revision: revision)
        buffer.append(type, fill)
        endExtension(start)
    }

    /// struct xt_entry_match and struct xt_entry_target begin alike.
    private mutating func beginExtension(_ name: StaticString, revision: UInt8 = 0) -> Int {
        let start = buffer.count
        buffer.appendZeros(EntryLayout.extensionHeader)
        name.withUTF8Buffer { unsafe buffer.store(text: $0, at: start + 2) }
        buffer.store(revision, at: start + 31)
        return start
    }

    private mutating func endExtension(_ start: Int) {
        buffer.align()
        buffer.store(UInt16(truncatingIfNeeded: buffer.count - start), at: start)
    }
}
