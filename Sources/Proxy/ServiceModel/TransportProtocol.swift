/// The protocols that a Service port can have; the raw value is the IP protocol number (RFC 5237).
public enum TransportProtocol: UInt8, Hashable, Sendable, CaseIterable, Comparable {
    case tcp = 6
    case udp = 17
    case sctp = 132

    /// As the API spells it: `TCP`, `UDP` or `SCTP`.
    public init?(apiName: String) {
        switch apiName {
        case "TCP": self = .tcp
        case "UDP": self = .udp
        case "SCTP": self = .sctp
        default: return nil
        }
    }

    public var apiName: String {
        switch self {
        case .tcp: "TCP"
        case .udp: "UDP"
        case .sctp: "SCTP"
        }
    }

    public static func < (left: TransportProtocol, right: TransportProtocol) -> Bool { left.rawValue < right.rawValue }
}
