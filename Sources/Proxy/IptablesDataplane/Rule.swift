internal import NetworkAddress
internal import ServiceModel

/// One rule, in the terms of iptables(8). ``RuleEncoder`` encodes it for the kernel, ``iptablesText`` prints it.
struct Rule: Hashable, Sendable {
    var source: AddressMatch?
    var destination: AddressMatch?
    var inputInterface: InterfaceMatch?
    var transport: TransportProtocol?
    /// Checked in this order after the fields above.
    var matches: [Match] = []
    var target: Target

    struct AddressMatch: Hashable, Sendable {
        var network: IPNetwork
        var isInverted = false
    }

    struct InterfaceMatch: Hashable, Sendable {
        /// The name, or its beginning.
        var name: String
        var isPrefix: Bool
        var isInverted = false
    }

    enum Match: Hashable, Sendable {
        case comment(String)
        case destinationPort(ClosedRange<UInt16>)
        /// All bits of the mask are set or, inverted, not all.
        case mark(UInt32, isInverted: Bool)
        case connectionState(ConnectionStates, isInverted: Bool)
        case localSource
        case localDestination
        /// The probability, in units of 1/2^31.
        case random(UInt32)
        /// The client entered the list, or was refreshed in it, less than `seconds` ago; refreshes it.
        case refreshClient(list: String, seconds: UInt32)
        case rememberClient(list: String)
    }

    /// The bits of struct xt_conntrack_mtinfo3 (linux/netfilter/xt_conntrack.h).
    struct ConnectionStates: OptionSet, Hashable, Sendable {
        var rawValue: UInt16
        static let invalid = Self(rawValue: 1)
        static let established = Self(rawValue: 2)
        static let related = Self(rawValue: 4)
        static let new = Self(rawValue: 8)
        static let dnat = Self(rawValue: 128)
    }

    enum Target: Hashable, Sendable {
        case accept
        case drop
        case `return`
        case jump(ChainName)
        /// With ICMP "port unreachable".
        case reject
        case dnat(EndpointAddress)
        case masquerade
        /// Clears the bits of the mask, then flips those of the value.
        case setMark(value: UInt32, mask: UInt32)
    }

    init(_ target: Target) { self.target = target }

    static func jump(_ chain: ChainName, comment: String? = nil) -> Rule {
        var rule = Rule(.jump(chain))
        if let comment { rule.matches.append(.comment(comment)) }
        return rule
    }
}

extension Rule.Match {
    /// The name of the kernel's extension.
    func kernelName(_ transport: TransportProtocol?) -> StaticString {
        switch self {
        case .comment: "comment"
        case .destinationPort:
            switch transport {
            case .udp: "udp"
            case .sctp: "sctp"
            case .tcp, nil: "tcp"
            }
        case .mark: "mark"
        case .connectionState: "conntrack"
        case .localSource, .localDestination: "addrtype"
        case .random: "statistic"
        case .refreshClient, .rememberClient: "recent"
        }
    }
}
