internal import CSocketBalancing
internal import Glibc
internal import LinuxSystem
internal import Netlink
internal import NetworkAddress
internal import ServiceModel

/// Closes sockets of the calling thread's network namespace (sock_diag(7)).
struct SocketDiagnosis: ~Copyable {
    private var socket: NetlinkSocket

    init() throws(SystemError) { socket = try NetlinkSocket(protocol: NETLINK_SOCK_DIAG) }

    /// struct inet_diag_msg: family, state, timer, retransmissions, then struct inet_diag_sockid, in which are ports,
    /// addresses, the device and the cookie.
    private static let idOffset = 4
    private static let idSize = 48
    private static let destinationPort = 2
    private static let destination = 20
    private static let cookie = 40

    /// Which sockets are closed.
    enum Scope {
        /// Over TCP those that have had no answer, over UDP those with a peer.
        case waiting
        /// Those with a peer.
        case all

        /// TCP_ESTABLISHED, which UDP sockets with a peer have, TCP_SYN_SENT, and the states in which data still comes or goes.
        func states(_ transport: TransportProtocol) -> UInt32 {
            switch (self, transport) {
            case (.waiting, .tcp): 1 << 2
            case (.all, .tcp): 1 << 1 | 1 << 2 | 1 << 4 | 1 << 5 | 1 << 8 | 1 << 9
            default: 1 << 1
            }
        }
    }

    /// Closes those of these sockets that still ask the endpoints they were led to. Their programs get ECONNABORTED.
    ///
    /// - Parameter sessions: of one transport and family.
    /// - Returns: how many were closed.
    mutating func close(_ sessions: [SocketSession], _ scope: Scope) throws(SystemError) -> Int {
        guard let first = sessions.first else { return 0 }
        let wanted = Dictionary(grouping: sessions, by: \.socket)
        var closed = 0
        // Sockets of both families reach IPv4 endpoints.
        let families: [Int32] = first.endpoint.ip.family == .ipv4 ? [AF_INET, AF_INET6] : [AF_INET6]
        for family in families {
            for id in try list(UInt8(family), first.transport, scope) {
                let cookie = id[...].integer(UInt64.self, at: Self.cookie)
                let port = UInt16(id[Self.destinationPort]) << 8 | UInt16(id[Self.destinationPort + 1])
                guard let known = wanted[cookie] else { continue }
                let isOurs = known.contains { session in
                    let bytes = session.endpoint.ip.bytes
                    let offset = Self.destination + (family == AF_INET6 && bytes.count == 4 ? 12 : 0)
                    return session.endpoint.port == port && Array(id[offset..<offset + bytes.count]) == bytes
                }
                if isOurs, try destroy(UInt8(family), first.transport, id) { closed += 1 }
            }
        }
        return closed
    }

    private static func request(
        _ type: UInt16, _ flags: Int32, _ sequence: UInt32, _ family: UInt8, _ transport: TransportProtocol,
        states: UInt32, _ id: [UInt8]
    ) -> [UInt8] {
        var writer = NetlinkWriter()
        writer.beginMessage(type: type, flags: UInt16(NLM_F_REQUEST | flags), sequence: sequence)
        writer.append(raw: [family, transport.rawValue, 0, 0])
        writer.append(states)
        writer.append(raw: id)
        writer.endMessage()
        return writer.bytes
    }

    private mutating func list(
        _ family: UInt8, _ transport: TransportProtocol, _ scope: Scope
    ) throws(SystemError) -> [[UInt8]] {
        let sequence = socket.reserveSequence()
        let bytes = Self.request(
            UInt16(SOCK_DIAG_BY_FAMILY), NLM_F_DUMP, sequence, family, transport, states: scope.states(transport),
            [UInt8](repeating: 0, count: Self.idSize))
        var found: [[UInt8]] = []
        do throws(SystemError) {
            try socket.request(bytes, sequence: sequence, operation: "list sockets") { message in
                let id = message.payload.dropFirst(Self.idOffset).prefix(Self.idSize)
                if id.count == Self.idSize { found.append(Array(id)) }
            }
        } catch  where error.isInterruptedDump {
            // Sockets came or went: the second look sees what is missing.
        }
        return found
    }

    /// - Returns: false: it was gone already.
    private mutating func destroy(
        _ family: UInt8, _ transport: TransportProtocol, _ id: [UInt8]
    ) throws(SystemError) -> Bool {
        let sequence = socket.reserveSequence()
        do throws(SystemError) {
            try socket.request(
                Self.request(UInt16(SOCK_DESTROY), NLM_F_ACK, sequence, family, transport, states: .max, id),
                sequence: sequence, operation: "close a socket"
            ) { _ in }
            return true
        } catch  where error.code == ENOENT || error.code == ESTALE {
            return false
        }
    }
}
