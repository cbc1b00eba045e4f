public import NetworkAddress

/// One condition of a rule, of nf_tables or the legacy tables.
public enum PacketMatch: Hashable, Sendable {
    public enum Side: Hashable, Sendable { case source, destination }

    /// Bits of a connection's state, as nf_tables and xt_conntrack number them.
    public struct ConnectionStates: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        public static let invalid = Self(rawValue: 1)
        public static let established = Self(rawValue: 2)
        public static let related = Self(rawValue: 4)
        public static let new = Self(rawValue: 8)
    }

    case address(Side, IPNetwork, isInverted: Bool)
    case transport(Set<UInt8>, isInverted: Bool)
    case port(Side, [ClosedRange<UInt16>], isInverted: Bool)
    /// The name, or its prefix, of the input (source) or output device.
    case device(Side, String, isPrefix: Bool, isInverted: Bool)
    case state(ConnectionStates, isInverted: Bool)
    case translated(isInverted: Bool)
    case mark(UInt32, mask: UInt32, isInverted: Bool)
    case family(Set<IPFamily>, isInverted: Bool)
    case localAddress(Side, isInverted: Bool)
    /// A condition that is not evaluated.
    case other(String)

    /// Whether the first packet of a connection meets it; nil if unknown.
    public func judge(_ packet: Packet) -> Bool? {
        switch self {
        case .address(let side, let network, let isInverted):
            let address = side == .source ? packet.source : packet.destination
            return address.map { ($0.family == network.family && network.contains($0)) != isInverted }
        case .transport(let numbers, let isInverted): return numbers.contains(packet.transport) != isInverted
        case .port(let side, let ranges, let isInverted):
            let port = side == .source ? packet.sourcePort : packet.destinationPort
            return port.map { port in ranges.contains { $0.contains(port) } != isInverted }
        case .device(let side, let name, let isPrefix, let isInverted):
            let device = side == .source ? packet.inputDevice : packet.outputDevice
            return device.map { (isPrefix ? $0.hasPrefix(name) : $0 == name) != isInverted }
        case .state(let states, let isInverted): return states.contains(.new) != isInverted
        case .translated(let isInverted): return packet.isTranslated != isInverted
        case .mark(let value, let mask, let isInverted): return packet.mark.map { ($0 & mask == value) != isInverted }
        case .family(let families, let isInverted): return families.contains(packet.family) != isInverted
        case .localAddress(let side, let isInverted):
            let isLocal = side == .source ? packet.sourceIsLocal : packet.destinationIsLocal
            return isLocal.map { $0 != isInverted }
        case .other: return nil
        }
    }
}

/// What a rule does with the packets that meet all of its conditions.
public enum PacketVerdict: Hashable, Sendable {
    case accept
    case drop
    case reject
    case `return`
    case jump(String)
    case goto(String)
    /// Its destination is changed.
    case translate(String)
    /// Its source is changed.
    case masquerade
    /// It is not tracked, and therefore not translated.
    case untrack
    /// No decision: it is counted, logged or marked.
    case `continue`
    /// A verdict that is not evaluated.
    case other(String)
}

/// The conditions and the verdict of a rule, for one packet.
public struct PacketRule: Hashable, Sendable {
    public var matches: [PacketMatch]
    public var verdict: PacketVerdict
    /// As the program's own tools write it.
    public var text: String

    public init(_ matches: [PacketMatch] = [], _ verdict: PacketVerdict, text: String = "") {
        self.matches = matches
        self.verdict = verdict
        self.text = text
    }

    /// Whether it applies to a packet; nil if unknown.
    public func applies(to packet: Packet) -> Bool? {
        var isKnown = true
        for match in matches {
            switch match.judge(packet) {
            case false?: return false
            case nil: isKnown = false
            case true?: continue
            }
        }
        return isKnown ? true : nil
    }
}
