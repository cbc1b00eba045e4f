internal import CLinux
internal import Glibc
public import LinuxSystem
public import NetworkAddress

/// Where the kernel sends a packet.
public struct RouteAnswer: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// To this host itself.
        case local
        /// Out by a device.
        case unicast
        case broadcast
        /// Refused by a route: unreachable, prohibit or blackhole.
        case refused(String)
    }

    public var kind: Kind
    /// The number of the device that it goes out by.
    public var device: UInt32
    public var gateway: IPAddress?
    /// The source that the kernel chooses for packets of this host.
    public var source: IPAddress?

    public init(kind: Kind, device: UInt32, gateway: IPAddress? = nil, source: IPAddress? = nil) {
        self.kind = kind
        self.device = device
        self.gateway = gateway
        self.source = source
    }
}

extension RouteSocket {
    /// Asks for the route of one packet; nil: the kernel has none.
    ///
    /// - Parameters:
    ///   - source: nil: the kernel chooses.
    ///   - inputDevice: the device on which the packet arrives, whose forwarding and reverse path filter then apply;
    ///     nil: the packet begins on this host.
    /// - Throws: EXDEV if the reverse path filter drops it, EINVAL if a packet with this source cannot arrive on that
    ///   device, EHOSTUNREACH also if the device does not forward.
    public mutating func route(
        to destination: IPAddress, from source: IPAddress? = nil, inputDevice: UInt32? = nil, mark: UInt32 = 0
    ) throws(SystemError) -> RouteAnswer? {
        var answer: RouteAnswer?
        do throws(SystemError) {
            try ask("look up the route to \(destination)") { writer, sequence in
                writer.beginMessage(
                    type: UInt16(RTM_GETROUTE), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK), sequence: sequence)
                // struct rtmsg
                writer.append(destination.family.number)
                writer.append(UInt8(destination.family.bitWidth))
                writer.append(UInt8(source == nil ? 0 : destination.family.bitWidth))
                writer.append(UInt8(0))
                writer.append(UInt32(0))
                writer.append(UInt32(0))
                writer.attribute(UInt16(RTA_DST.rawValue), bytes: destination.bytes)
                if let source { writer.attribute(UInt16(RTA_SRC.rawValue), bytes: source.bytes) }
                if let inputDevice { writer.attribute(UInt16(RTA_IIF.rawValue), native: inputDevice) }
                if mark != 0 { writer.attribute(UInt16(RTA_MARK.rawValue), native: mark) }
                writer.endMessage()
            } answer: { message in
                answer = Self.answer(message) ?? answer
            }
        } catch  where [ENETUNREACH, ESRCH].contains(error.code) {
            return nil
        }
        return answer
    }

    private static func answer(_ message: NetlinkMessage) -> RouteAnswer? {
        let header = message.payload
        guard message.type == UInt16(RTM_NEWROUTE), header.count >= 12 else { return nil }
        let attributes = message.attributes(after: 12)
        func address(_ type: rtattr_type_t) -> IPAddress? {
            attributes[UInt16(type.rawValue)].flatMap { IPAddress(bytes: $0.payload) }
        }
        let kind: RouteAnswer.Kind
        switch Int(header[header.startIndex + 7]) {
        case Int(RTN_LOCAL): kind = .local
        case Int(RTN_BROADCAST), Int(RTN_MULTICAST), Int(RTN_ANYCAST): kind = .broadcast
        case Int(RTN_UNREACHABLE): kind = .refused("unreachable")
        case Int(RTN_PROHIBIT): kind = .refused("prohibit")
        case Int(RTN_BLACKHOLE): kind = .refused("blackhole")
        default: kind = .unicast
        }
        let device = attributes[UInt16(RTA_OIF.rawValue)].flatMap {
            $0.payload.count >= 4 ? $0.payload.integer(UInt32.self, at: 0) : nil
        }
        return RouteAnswer(
            kind: kind, device: device ?? 0, gateway: address(RTA_GATEWAY), source: address(RTA_PREFSRC))
    }
}
