internal import CLinux
internal import NetworkAddress
internal import ServiceModel

/// The contents of a ctnetlink message about one connection, parsed by hand: at thousands of connections a second,
/// attributes as array slices would cost more than everything else.
struct FlowRecord: Hashable {
    var path: FlowPath
    var client: EndpointAddress
    /// IPS_SEEN_REPLY, IPS_DST_NAT and so on.
    var status: UInt32 = 0
    /// TCP_CONNTRACK_...; 0: not said.
    var tcpState: UInt8 = 0
    var bytesSent: UInt64 = 0
    var bytesReceived: UInt64 = 0

    /// Whether it may still carry something: a TCP connection until the last acknowledgement.
    var isLive: Bool {
        path.transport != .tcp || tcpState == 0 || tcpState < UInt8(TCP_CONNTRACK_LAST_ACK.rawValue)
    }

    var isAnswered: Bool { status & UInt32(IPS_SEEN_REPLY.rawValue) != 0 }

    /// - Parameter bytes: the attributes, behind struct nfgenmsg. Nil for protocols without Services, and for what is cut
    ///   short.
    init?(_ bytes: UnsafeRawBufferPointer) {
        var original: Tuple?
        var reply: Tuple?
        var status: UInt32 = 0
        var tcpState: UInt8 = 0
        var (sent, received): (UInt64, UInt64) = (0, 0)
        unsafe Self.forEach(bytes) { type, payload in
            switch Int(type) {
            case Int(CTA_TUPLE_ORIG.rawValue): unsafe original = Tuple(payload)
            case Int(CTA_TUPLE_REPLY.rawValue): unsafe reply = Tuple(payload)
            case Int(CTA_STATUS.rawValue): status = UInt32(truncatingIfNeeded: unsafe Self.number(payload))
            case Int(CTA_PROTOINFO.rawValue): tcpState = unsafe Self.tcpState(payload)
            case Int(CTA_COUNTERS_ORIG.rawValue): sent = unsafe Self.byteCount(payload)
            case Int(CTA_COUNTERS_REPLY.rawValue): received = unsafe Self.byteCount(payload)
            default: break
            }
        }
        guard let original, let reply, let destination = original.destination, let endpoint = reply.source,
            let client = original.source,
            let transport = TransportProtocol(rawValue: original.transport)
        else { return nil }
        self.client = client
        path = FlowPath(transport: transport, destination: destination, endpoint: endpoint)
        self.status = status
        self.tcpState = tcpState
        bytesSent = sent
        bytesReceived = received
    }

    private struct Tuple {
        var transport: UInt8 = 0
        private var sourceIP: IPAddress?
        private var destinationIP: IPAddress?
        private var sourcePort: UInt16?
        private var destinationPort: UInt16?

        var source: EndpointAddress? { Self.end(sourceIP, sourcePort) }
        var destination: EndpointAddress? { Self.end(destinationIP, destinationPort) }

        private static func end(_ ip: IPAddress?, _ port: UInt16?) -> EndpointAddress? {
            guard let ip, let port else { return nil }
            return EndpointAddress(ip, port)
        }

        init(_ bytes: UnsafeRawBufferPointer) {
            unsafe FlowRecord.forEach(bytes) { type, payload in
                switch Int(type) {
                case Int(CTA_TUPLE_IP.rawValue):
                    unsafe FlowRecord.forEach(payload) { type, address in
                        switch Int(type) {
                        case Int(CTA_IP_V4_SRC.rawValue), Int(CTA_IP_V6_SRC.rawValue):
                            sourceIP = unsafe FlowRecord.address(address)
                        case Int(CTA_IP_V4_DST.rawValue), Int(CTA_IP_V6_DST.rawValue):
                            destinationIP = unsafe FlowRecord.address(address)
                        default: break
                        }
                    }
                case Int(CTA_TUPLE_PROTO.rawValue):
                    unsafe FlowRecord.forEach(payload) { type, value in
                        let number = unsafe FlowRecord.number(value)
                        switch Int(type) {
                        case Int(CTA_PROTO_NUM.rawValue): transport = UInt8(truncatingIfNeeded: number)
                        case Int(CTA_PROTO_SRC_PORT.rawValue): sourcePort = UInt16(truncatingIfNeeded: number)
                        case Int(CTA_PROTO_DST_PORT.rawValue): destinationPort = UInt16(truncatingIfNeeded: number)
                        default: break
                        }
                    }
                default: break
                }
            }
        }
    }

    private static func tcpState(_ bytes: UnsafeRawBufferPointer) -> UInt8 {
        var state: UInt8 = 0
        unsafe forEach(bytes) { type, payload in
            guard Int(type) == Int(CTA_PROTOINFO_TCP.rawValue) else { return }
            unsafe forEach(payload) { type, value in
                guard Int(type) == Int(CTA_PROTOINFO_TCP_STATE.rawValue) else { return }
                state = UInt8(truncatingIfNeeded: unsafe number(value))
            }
        }
        return state
    }

    private static func byteCount(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var count: UInt64 = 0
        unsafe forEach(bytes) { type, payload in
            if Int(type) == Int(CTA_COUNTERS_BYTES.rawValue) { count = unsafe number(payload) }
        }
        return count
    }

    // MARK: Bytes

    /// Hands over each attribute; one that is cut short ends the walk.
    private static func forEach(
        _ bytes: UnsafeRawBufferPointer, _ body: (_ type: UInt16, _ payload: UnsafeRawBufferPointer) -> Void
    ) {
        var offset = 0
        while offset + 4 <= bytes.count {
            let length = Int(unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
            let type = unsafe bytes.loadUnaligned(fromByteOffset: offset + 2, as: UInt16.self)
            guard length >= 4, offset + length <= bytes.count else { return }
            unsafe body(
                type & ~UInt16(NLA_F_NESTED | NLA_F_NET_BYTEORDER),
                UnsafeRawBufferPointer(rebasing: bytes[offset + 4..<offset + length]))
            offset += (length + 3) & ~3
        }
    }

    /// In network order, of at most 8 bytes.
    private static func number(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<min(8, bytes.count) { value = unsafe value << 8 | UInt64(bytes[index]) }
        return value
    }

    private static func address(_ bytes: UnsafeRawBufferPointer) -> IPAddress? {
        switch bytes.count {
        case 4: return IPAddress(ipv4: UInt32(truncatingIfNeeded: unsafe number(bytes)))
        case 16:
            let high = unsafe number(UnsafeRawBufferPointer(rebasing: bytes[..<8]))
            let low = unsafe number(UnsafeRawBufferPointer(rebasing: bytes[8...]))
            return IPAddress(family: .ipv6, value: UInt128(high) << 64 | UInt128(low))
        default: return nil
        }
    }
}
