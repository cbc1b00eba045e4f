internal import CHost
internal import Glibc
public import NetworkAddress
public import PacketFilter

/// One rule of a legacy table, decoded from what libiptc hands out (struct ipt_entry or ip6t_entry).
public struct LegacyRule: Hashable, Sendable {
    /// As iptables-save writes it, without `-A CHAIN`; unknown extensions appear by name only.
    public let text: String
    /// The conditions and the verdict that decide about one packet.
    public let packetRule: PacketRule
    /// How many packets matched it.
    public let packets: UInt64

    /// - Parameter target: as libiptc names it.
    public init(_ bytes: [UInt8], _ family: IPFamily, target: String) {
        var decoder = LegacyRuleDecoder(bytes: bytes, family: family)
        decoder.decode(target: target)
        let words = decoder.words
        packets = decoder.packets
        text = words.joined(separator: " ")
        packetRule = PacketRule(decoder.matches, decoder.verdict, text: text)
    }
}

private struct LegacyRuleDecoder {
    let bytes: [UInt8]
    let family: IPFamily
    var words: [String] = []
    var matches: [PacketMatch] = []
    var verdict = PacketVerdict.continue

    /// Where the fields stand in struct ipt_ip and ip6t_ip6, and behind them.
    private var layout: (interface: Int, transport: Int, flags: Int, inversions: Int, target: Int, size: Int) {
        family == .ipv4 ? (16, 80, 82, 83, 88, 112) : (64, 128, 131, 132, 140, 168)
    }

    /// struct xt_counters precedes the matches.
    var packets: UInt64 { load(UInt64.self, at: layout.size - 16) ?? 0 }

    private func load<Value: BitwiseCopyable>(_ type: Value.Type, at offset: Int) -> Value? {
        guard offset >= 0, offset + MemoryLayout<Value>.size <= bytes.count else { return nil }
        return unsafe bytes.withUnsafeBytes { unsafe $0.loadUnaligned(fromByteOffset: offset, as: Value.self) }
    }

    /// A number in a structure of C.
    private func field<Value: FixedWidthInteger & BitwiseCopyable, Structure>(
        _ type: Value.Type, _ path: PartialKeyPath<Structure>, at offset: Int
    ) -> Value? {
        MemoryLayout<Structure>.offset(of: path).flatMap { load(Value.self, at: offset + $0) }
    }

    private func text(at offset: Int, _ length: Int) -> String {
        guard offset < bytes.count else { return "" }
        return String(decoding: bytes[offset...].prefix(length).prefix { $0 != 0 }, as: UTF8.self)
    }

    mutating func decode(target name: String) {
        let place = layout
        guard bytes.count >= place.size, let targetOffset = load(UInt16.self, at: place.target),
            Int(targetOffset) + 32 <= bytes.count
        else { return }
        let inversions = bytes[place.inversions]
        let width = family.bitWidth / 8
        address("-s", .source, 0, mask: 2 * width, isInverted: inversions & 0x08 != 0)
        address("-d", .destination, width, mask: 3 * width, isInverted: inversions & 0x10 != 0)
        interface("-i", .source, place.interface, isInverted: inversions & 0x01 != 0)
        interface("-o", .destination, place.interface + 16, isInverted: inversions & 0x02 != 0)
        if let number = load(UInt16.self, at: place.transport), number != 0 {
            let isInverted = inversions & 0x40 != 0
            let names: [UInt16: String] = [6: "tcp", 17: "udp", 132: "sctp", 1: "icmp", 58: "ipv6-icmp"]
            words += (isInverted ? ["!"] : []) + ["-p", names[number] ?? "\(number)"]
            matches.append(.transport([UInt8(truncatingIfNeeded: number)], isInverted: isInverted))
        }
        var offset = place.size
        while offset + 32 <= Int(targetOffset), let size = load(UInt16.self, at: offset), size >= 32 {
            match(text(at: offset + 2, 29), revision: bytes[offset + 31], at: offset + 32)
            offset += Int(size)
        }
        let isGoto = bytes[place.flags] & (family == .ipv4 ? 0x02 : 0x04) != 0
        decodeTarget(name, at: Int(targetOffset), isGoto: isGoto)
    }

    // MARK: Fields

    private mutating func address(
        _ option: String, _ side: PacketMatch.Side, _ offset: Int, mask: Int, isInverted: Bool
    ) {
        let width = family.bitWidth / 8
        guard let address = IPAddress(bytes: bytes[offset..<offset + width]) else { return }
        let maskBytes = bytes[mask..<mask + width]
        let ones = maskBytes.reduce(0) { $0 + $1.nonzeroBitCount }
        guard ones > 0 || isInverted else { return }
        guard let network = IPNetwork(address: address, prefixLength: ones), Array(maskBytes) == network.mask.bytes
        else {
            words += [option, "\(address)/..."]
            return matches.append(.other(option))
        }
        words += (isInverted ? ["!"] : []) + [option, "\(network)"]
        matches.append(.address(side, network, isInverted: isInverted))
    }

    private mutating func interface(_ option: String, _ side: PacketMatch.Side, _ offset: Int, isInverted: Bool) {
        let name = text(at: offset, 16)
        guard !name.isEmpty else { return }
        let compared = bytes[offset + 32..<offset + 48].reduce(0) { $0 + ($1 == 0xFF ? 1 : 0) }
        let isPrefix = compared <= name.utf8.count
        words += (isInverted ? ["!"] : []) + [option, name + (isPrefix ? "+" : "")]
        matches.append(.device(side, name, isPrefix: isPrefix, isInverted: isInverted))
    }

    // MARK: Matches

    private mutating func match(_ name: String, revision: UInt8, at offset: Int) {
        words += ["-m", name]
        switch (name, revision) {
        case ("comment", _): words += ["--comment", "\"\(text(at: offset, 256))\""]
        case ("tcp", 0):
            guard let match = load(xt_tcp.self, at: offset) else { return unknown(name) }
            ports(match.spts, match.dpts, match.invflags)
            if match.option != 0 || match.flg_mask != 0 { unknown("tcp flags") }
        case ("udp", 0):
            guard let match = load(xt_udp.self, at: offset) else { return unknown(name) }
            ports(match.spts, match.dpts, match.invflags)
        case ("sctp", 0):
            guard let match = load(xt_sctp_info.self, at: offset) else { return unknown(name) }
            let isUsed = match.flags & UInt32(XT_SCTP_DEST_PORTS) != 0
            ports((0, .max), isUsed ? match.dpts : (0, .max), UInt8(match.invflags & 2))
        case ("multiport", 1): multiport(offset)
        case ("mark", 1):
            guard let match = load(xt_mark_mtinfo1.self, at: offset) else { return unknown(name) }
            words += (match.invert != 0 ? ["!"] : []) + ["--mark", "0x\(hex(match.mark))/0x\(hex(match.mask))"]
            matches.append(.mark(match.mark, mask: match.mask, isInverted: match.invert != 0))
        case ("conntrack", 1...3):
            guard revision == 3,
                field(UInt16.self, \xt_conntrack_mtinfo3.match_flags, at: offset) == UInt16(XT_CONNTRACK_STATE)
            else { return unknown(name) }
            let mask = field(UInt16.self, \xt_conntrack_mtinfo3.state_mask, at: offset) ?? 0
            let inversions = field(UInt16.self, \xt_conntrack_mtinfo3.invert_flags, at: offset) ?? 0
            state(UInt32(mask), "--ctstate", isInverted: inversions & UInt16(XT_CONNTRACK_STATE) != 0)
        case ("state", 0):
            guard let match = load(xt_state_info.self, at: offset) else { return unknown(name) }
            state(match.statemask, "--state", isInverted: false)
        case ("addrtype", 1): addressType(offset)
        case ("statistic", 0):
            guard
                unsafe field(UInt16.self, \xt_statistic_info.mode, at: offset)
                    == UInt16(XT_STATISTIC_MODE_RANDOM.rawValue),
                let share = unsafe field(UInt32.self, \xt_statistic_info.u, at: offset)
            else { return unknown(name) }
            words += ["--mode", "random", "--probability", Self.decimal(share)]
            matches.append(.other("statistic"))
        case ("recent", 1): recent(offset)
        default: unknown(name)
        }
    }

    private mutating func unknown(_ name: String) { matches.append(.other(name)) }

    private func hex(_ value: UInt32) -> String { String(value, radix: 16) }

    private mutating func ports(_ sources: (UInt16, UInt16), _ destinations: (UInt16, UInt16), _ inversions: UInt8) {
        func add(_ option: String, _ side: PacketMatch.Side, _ ports: (UInt16, UInt16), _ isInverted: Bool) {
            guard ports != (0, .max) || isInverted, ports.0 <= ports.1 else { return }
            let text = ports.0 == ports.1 ? "\(ports.0)" : "\(ports.0):\(ports.1)"
            words += (isInverted ? ["!"] : []) + [option, text]
            matches.append(.port(side, [ports.0...ports.1], isInverted: isInverted))
        }
        add("--sport", .source, sources, inversions & 1 != 0)
        add("--dport", .destination, destinations, inversions & 2 != 0)
    }

    private mutating func multiport(_ offset: Int) {
        guard let match = load(xt_multiport_v1.self, at: offset), match.flags <= 1 else { return unknown("multiport") }
        let ports = unsafe withUnsafeBytes(of: match.ports) { unsafe Array($0.bindMemory(to: UInt16.self)) }
        let flags = unsafe withUnsafeBytes(of: match.pflags) { unsafe Array($0) }
        var ranges: [ClosedRange<UInt16>] = []
        var index = 0
        while index < min(Int(match.count), ports.count) {
            let isRange = flags[index] != 0 && index + 1 < ports.count
            let last = isRange ? ports[index + 1] : ports[index]
            guard ports[index] <= last else { return unknown("multiport") }
            ranges.append(ports[index]...last)
            index += isRange ? 2 : 1
        }
        let texts = ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound):\($0.upperBound)" }
        words +=
            (match.invert != 0 ? ["!"] : [])
            + [match.flags == 0 ? "--sports" : "--dports", texts.joined(separator: ",")]
        matches.append(.port(match.flags == 0 ? .source : .destination, ranges, isInverted: match.invert != 0))
    }

    private mutating func state(_ mask: UInt32, _ option: String, isInverted: Bool) {
        let names: [(UInt32, String)] = [
            (1, "INVALID"), (8, "NEW"), (4, "RELATED"), (2, "ESTABLISHED"), (64, "SNAT"), (128, "DNAT"),
        ]
        let texts = names.filter { mask & $0.0 != 0 }.map(\.1)
        words += (isInverted ? ["!"] : []) + [option, texts.joined(separator: ",")]
        if mask == 128 {
            matches.append(.translated(isInverted: isInverted))
        } else if mask & 8 != 0 || mask & ~7 == 0 {
            // The first packet of a connection is new, whether it is translated or not.
            matches.append(.state(.init(rawValue: mask & 15), isInverted: isInverted))
        } else if mask & 192 == 128 {
            matches.append(.translated(isInverted: isInverted))
        } else {
            unknown("conntrack")
        }
    }

    private mutating func addressType(_ offset: Int) {
        guard let match = load(xt_addrtype_info_v1.self, at: offset) else { return unknown("addrtype") }
        func add(_ option: String, _ side: PacketMatch.Side, _ types: UInt16, _ isInverted: Bool) {
            guard types != 0 else { return }
            let isLocal = types == UInt16(XT_ADDRTYPE_LOCAL)
            words += (isInverted ? ["!"] : []) + [option, isLocal ? "LOCAL" : "0x\(String(types, radix: 16))"]
            matches.append(isLocal ? .localAddress(side, isInverted: isInverted) : .other("addrtype"))
        }
        add("--src-type", .source, match.source, match.flags & 1 != 0)
        add("--dst-type", .destination, match.dest, match.flags & 2 != 0)
    }

    private mutating func recent(_ offset: Int) {
        typealias Recent = xt_recent_mtinfo_v1
        guard let flags = field(UInt8.self, \Recent.check_set, at: offset),
            let seconds = field(UInt32.self, \Recent.seconds, at: offset),
            let name = MemoryLayout<Recent>.offset(of: \.name)
        else { return unknown("recent") }
        let options: [(Int32, String)] = [
            (XT_RECENT_SET, "--set"), (XT_RECENT_CHECK, "--rcheck"), (XT_RECENT_UPDATE, "--update"),
            (XT_RECENT_REMOVE, "--remove"),
        ].map { (Int32($0.0), $0.1) }
        for (flag, option) in options where flags & UInt8(flag) != 0 { words.append(option) }
        if seconds != 0 { words += ["--seconds", "\(seconds)"] }
        if flags & UInt8(XT_RECENT_REAP) != 0 { words.append("--reap") }
        words += ["--name", text(at: offset + name, Int(XT_RECENT_NAME_LEN))]
        let side = field(UInt8.self, \Recent.side, at: offset)
        words.append(side == UInt8(XT_RECENT_SOURCE) ? "--rsource" : "--rdest")
        matches.append(.other("recent"))
    }

    /// In units of 1/2^31, printed with eleven decimals, as iptables-save does.
    private static func decimal(_ share: UInt32) -> String {
        let unit: UInt64 = 100_000_000_000
        let (quotient, remainder) = (UInt64(1) << 31).dividingFullWidth(UInt64(share).multipliedFullWidth(by: unit))
        let rounded = quotient + (remainder >= 1 << 30 ? 1 : 0)
        let digits = String(rounded % unit)
        return "\(rounded / unit)." + String(repeating: "0", count: 11 - digits.count) + digits
    }

    // MARK: Targets

    private mutating func decodeTarget(_ name: String, at offset: Int, isGoto: Bool) {
        words += [isGoto ? "-g" : "-j"]
        let data = offset + 32
        switch name {
        case "ACCEPT": verdict = .accept
        case "DROP": verdict = .drop
        case "RETURN": verdict = .return
        case "REJECT": verdict = .reject
        case "DNAT", "REDIRECT", "TPROXY", "NETMAP": verdict = .translate(name)
        case "MASQUERADE", "SNAT": verdict = .masquerade
        case "NOTRACK": verdict = .untrack
        // struct xt_ct_target_info begins with its flags.
        case "CT": verdict = (load(UInt16.self, at: data) ?? 0) & 1 != 0 ? .untrack : .continue
        case "LOG", "NFLOG", "MARK", "CONNMARK", "TRACE", "CLASSIFY", "TCPMSS", "SET", "":
            verdict = .continue
        default: verdict = !isStandard(offset) ? .other(name) : isGoto ? .goto(name) : .jump(name)
        }
        words.append(name)
        switch name {
        case "DNAT": words += destination(data)
        case "MASQUERADE":
            let flags = load(UInt32.self, at: family == .ipv4 ? data + 4 : data) ?? 0
            if flags & UInt32(NF_NAT_RANGE_PROTO_RANDOM_FULLY) != 0 { words.append("--random-fully") }
        case "MARK":
            if let mark = load(xt_mark_tginfo2.self, at: data) {
                words += ["--set-xmark", "0x\(hex(mark.mark))/0x\(hex(mark.mask))"]
            }
        default: break
        }
    }

    /// struct xt_standard_target, which has a verdict and no name.
    private func isStandard(_ offset: Int) -> Bool {
        unsafe load(UInt16.self, at: offset) == UInt16(MemoryLayout<xt_standard_target>.size)
    }

    private func destination(_ offset: Int) -> [String] {
        // struct nf_nat_range2: flags, two addresses of 16 bytes, two ports.
        let width = family.bitWidth / 8
        guard offset + 40 <= bytes.count, let address = IPAddress(bytes: bytes[(offset + 4)...].prefix(width)) else {
            return []
        }
        let port = UInt16(bytes[offset + 36]) << 8 | UInt16(bytes[offset + 37])
        let text = family == .ipv6 ? "[\(address)]:\(port)" : "\(address):\(port)"
        return ["--to-destination", text]
    }
}
