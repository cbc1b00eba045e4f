import NetworkAddress
import ServiceModel

/// Keys and values of the maps as the program's structures lay them out (CModules/CSocketBalancing/program).
struct MapCodec {
    let family: IPFamily

    private var width: Int { family.bitWidth / 8 }
    var endpointSize: Int { width + 4 }
    var frontendSize: Int { width + 4 }
    private static let targetSize = 8
    private static let portSize = 24
    private static let slotSize = 8

    /// Bytes of keys and values.
    func sizes(_ table: SocketTable) -> (key: Int, value: Int) {
        switch table {
        case .frontends: (frontendSize, Self.targetSize)
        case .ports: (4, Self.portSize)
        case .slots: (Self.slotSize, endpointSize + 4)
        }
    }

    /// A connected socket's: cookie, network namespace, endpoint, what was asked for. Four of them are one element.
    var connectionSize: Int { 16 + 2 * endpointSize }
    var connectionSetSize: Int { 4 * connectionSize }
    /// A place that is being written has such a cookie.
    static let taken = UInt64.max
    var sessionSize: Int { family == .ipv4 ? 16 : 32 }

    private static let onlyNode: UInt8 = 1

    // MARK: Encoding

    func bytes(_ endpoint: EndpointAddress) -> [UInt8] {
        endpoint.ip.bytes + [UInt8(endpoint.port >> 8), UInt8(endpoint.port & 0xFF), 0, 0]
    }

    func bytes(_ key: FrontendKey) -> [UInt8] {
        key.ip.bytes + [UInt8(key.port >> 8), UInt8(key.port & 0xFF)] + native(UInt16(key.transport.rawValue))
    }

    func bytes(_ target: SocketMaps.Target) -> [UInt8] {
        native(target.port) + [target.list == .local ? 1 : 0, target.isOnlyNode ? Self.onlyNode : 0, 0, 0]
    }

    /// - Parameter translated: how many connections the port has had.
    func bytes(_ port: SocketMaps.Port, translated: UInt64) -> [UInt8] {
        native(port.cluster.number) + native(port.local.number) + native(port.cluster.count)
            + native(port.local.count) + native(port.affinity) + native(translated)
    }

    /// A slot that nobody has used yet.
    func slotBytes(_ endpoint: EndpointAddress) -> [UInt8] { bytes(endpoint) + native(UInt32(0)) }

    func bytes(_ slot: SocketMaps.Slot) -> [UInt8] { native(slot.list) + native(slot.index) }

    func native<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
        (0..<Integer.bitWidth / 8).map { UInt8(truncatingIfNeeded: value.littleEndian >> Integer($0 * 8)) }
    }

    // MARK: Decoding

    func endpoint(_ bytes: ArraySlice<UInt8>) -> EndpointAddress? {
        guard bytes.count >= endpointSize, let ip = IPAddress(bytes: bytes.prefix(width)) else { return nil }
        return EndpointAddress(ip, port(bytes))
    }

    func frontend(_ bytes: ArraySlice<UInt8>) -> FrontendKey? {
        guard bytes.count >= frontendSize, let ip = IPAddress(bytes: bytes.prefix(width)),
            let transport = TransportProtocol(rawValue: bytes[bytes.startIndex + width + 2])
        else { return nil }
        return FrontendKey(ip, port(bytes), transport)
    }

    func target(_ bytes: ArraySlice<UInt8>) -> SocketMaps.Target {
        SocketMaps.Target(
            port: integer(bytes, at: 0), list: bytes[bytes.startIndex + 4] & 1 == 0 ? .cluster : .local,
            isOnlyNode: bytes[bytes.startIndex + 5] & Self.onlyNode != 0)
    }

    func port(_ bytes: ArraySlice<UInt8>) -> (port: SocketMaps.Port, translated: UInt64) {
        let port = SocketMaps.Port(
            cluster: .init(number: integer(bytes, at: 0), count: integer(bytes, at: 8)),
            local: .init(number: integer(bytes, at: 4), count: integer(bytes, at: 10)), affinity: integer(bytes, at: 12)
        )
        return (port, integer(bytes, at: 16))
    }

    func slot(_ bytes: ArraySlice<UInt8>) -> SocketMaps.Slot {
        SocketMaps.Slot(list: integer(bytes, at: 0), index: integer(bytes, at: 4))
    }

    /// How often the slot has been used.
    func uses(_ bytes: ArraySlice<UInt8>) -> UInt32 { integer(bytes, at: endpointSize) }

    private func port(_ bytes: ArraySlice<UInt8>) -> UInt16 {
        UInt16(bytes[bytes.startIndex + width]) << 8 | UInt16(bytes[bytes.startIndex + width + 1])
    }

    func integer<Integer: FixedWidthInteger>(_ bytes: ArraySlice<UInt8>, at offset: Int) -> Integer {
        var value: Integer = 0
        for index in (0..<Integer.bitWidth / 8).reversed() {
            value = value << 8 | Integer(truncatingIfNeeded: bytes[bytes.startIndex + offset + index])
        }
        return Integer(littleEndian: value.littleEndian)
    }
}
