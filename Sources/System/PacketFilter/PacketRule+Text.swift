internal import NetworkAddress

extension PacketRule {
    /// The understood part of a rule, in a form like nft's.
    public static func describe(_ matches: [PacketMatch], _ verdict: PacketVerdict) -> String {
        (matches.map(\.description) + [verdict.description].filter { !$0.isEmpty }).joined(separator: " ")
    }
}

extension PacketMatch: CustomStringConvertible {
    public var description: String {
        func not(_ isInverted: Bool) -> String { isInverted ? "!= " : "" }
        switch self {
        case .address(let side, let network, let isInverted):
            let ip = network.family == .ipv4 ? "ip" : "ip6"
            let text = network.prefixLength == network.family.bitWidth ? "\(network.address)" : "\(network)"
            return "\(ip) \(side == .source ? "saddr" : "daddr") \(not(isInverted))\(text)"
        case .transport(let numbers, let isInverted):
            let names = numbers.sorted().map {
                [6: "tcp", 17: "udp", 132: "sctp", 1: "icmp", 58: "icmpv6"][$0] ?? "\($0)"
            }
            return "l4proto \(not(isInverted))\(names.joined(separator: ","))"
        case .port(let side, let ranges, let isInverted):
            let texts = ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            return "\(side == .source ? "sport" : "dport") \(not(isInverted))\(texts.joined(separator: ","))"
        case .device(let side, let name, let isPrefix, let isInverted):
            return "\(side == .source ? "iifname" : "oifname") \(not(isInverted))\"\(name)\(isPrefix ? "*" : "")\""
        case .state(let states, let isInverted): return "ct state \(not(isInverted))\(states)"
        case .translated(let isInverted): return "ct status \(not(isInverted))dnat"
        case .mark(let value, let mask, let isInverted):
            return "mark & 0x\(String(mask, radix: 16)) \(isInverted ? "!=" : "==") 0x\(String(value, radix: 16))"
        case .family(let families, let isInverted):
            let names = families.sorted().map { $0 == .ipv4 ? "ipv4" : "ipv6" }
            return "nfproto \(not(isInverted))\(names.joined(separator: ","))"
        case .localAddress(let side, let isInverted):
            return "fib \(side == .source ? "saddr" : "daddr") type \(not(isInverted))local"
        case .other(let text): return text
        }
    }
}

extension PacketMatch.ConnectionStates: CustomStringConvertible {
    public var description: String {
        let names: [(Self, String)] = [
            (.invalid, "invalid"), (.established, "established"), (.related, "related"), (.new, "new"),
        ]
        return names.filter { contains($0.0) }.map(\.1).joined(separator: ",")
    }
}

extension PacketVerdict: CustomStringConvertible {
    public var description: String {
        switch self {
        case .accept: "accept"
        case .drop: "drop"
        case .reject: "reject"
        case .return: "return"
        case .jump(let chain): "jump \(chain)"
        case .goto(let chain): "goto \(chain)"
        case .translate(let how): how
        case .masquerade: "masquerade"
        case .untrack: "notrack"
        case .continue: ""
        case .other(let text): text
        }
    }
}
