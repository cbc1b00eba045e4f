internal import CLinux
internal import Glibc
public import LinuxSystem
internal import Netlink
internal import NetworkAddress
public import ServiceModel

/// Reports which new connections are answered, from conntrack's events.
public final class AnswerEvents: AnswerSource {
    /// Of one reading; of more nothing is known.
    private static let maximumEvents = 65_536

    private let queue: EventQueue
    private let rest: SocketFilter?

    /// - Parameter translatedOnly: see ``FlowEvents/init(translatedOnly:countsBytes:)``.
    /// - Throws: EPERM without CAP_NET_ADMIN; EINVAL without ctnetlink.
    public init(translatedOnly: Bool) throws(SystemError) {
        rest = translatedOnly ? EventQueue.translated : nil
        queue = try EventQueue(
            [NFNLGRP_CONNTRACK_NEW, NFNLGRP_CONNTRACK_UPDATE, NFNLGRP_CONNTRACK_DESTROY],
            translatedOnly: translatedOnly)
    }

    /// Where the filter would be too long, the kernel reports what it did before there was one.
    public func watch(_ frontends: Set<FrontendKey>) {
        // Where the kernel takes none, the one before stays, and something is missed until the next change.
        try? queue.setFilter(SocketFilter(anyOf: frontends.sorted().map(Self.fields)) ?? rest)
    }

    /// What a message has at the beginning that is about a connection to a frontend: the kernel writes the tuple of the
    /// question first (net/netfilter/nf_conntrack_netlink.c).
    static func fields(_ frontend: FrontendKey) -> [SocketFilter.Field] {
        let isIPv4 = frontend.ip.family == .ipv4
        // struct nlmsghdr, nfgen_family of struct nfgenmsg.
        let family = SocketFilter.Field(at: 16, .byte, is: UInt32(isIPv4 ? AF_INET : AF_INET6))
        // Behind the headers of CTA_TUPLE_ORIG, CTA_TUPLE_IP, and the source as an attribute; each address is one, too.
        let size: UInt32 = isIPv4 ? 4 : 16
        let destination: UInt32 = 20 + 4 + 4 + (4 + size) + 4
        let bytes = frontend.ip.bytes
        let words = frontend.isNodePort ? 0..<0 : 0..<bytes.count / 4
        let address = words.map { word in
            SocketFilter.Field(
                at: destination + UInt32(4 * word), .word,
                is: bytes[4 * word..<4 * word + 4].reduce(0) { $0 << 8 | UInt32($1) })
        }
        // Behind the header of CTA_TUPLE_PROTO: CTA_PROTO_NUM, and each port, are padded to 8 bytes with their headers.
        let protocolNumber = destination + size + 4 + 4
        // First what differs most, so that one look tells of most others that they are others.
        return address.reversed() + [
            .init(at: protocolNumber + 16, .half, is: UInt32(frontend.port)),
            .init(at: protocolNumber, .byte, is: UInt32(frontend.transport.rawValue)), family,
        ]
    }

    public func readAnswers() -> [AnswerEvent] {
        var events: [AnswerEvent] = []
        _ = unsafe queue.read { bytes in
            guard events.count < Self.maximumEvents, let event = unsafe Self.event(bytes) else { return }
            events.append(event)
        }
        return events
    }

    /// Of one message as the kernel sent it.
    static func event(_ bytes: UnsafeRawBufferPointer) -> AnswerEvent? {
        guard bytes.count >= 20 else { return nil }
        let type = unsafe bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self)
        guard let record = unsafe FlowRecord(UnsafeRawBufferPointer(rebasing: bytes[20...])),
            record.path.isTranslated
        else { return nil }
        let connection = AnswerEvent.Connection(client: record.client, destination: record.path.destination)
        let kind: AnswerEvent.Kind
        switch type {
        case ConntrackEntry.messageType(IPCTNL_MSG_CT_DELETE): kind = .ended
        case ConntrackEntry.messageType(IPCTNL_MSG_CT_NEW): kind = record.isAnswered ? .answered : .began
        default: return nil
        }
        return AnswerEvent(
            kind: kind, connection: connection, transport: record.path.transport, endpoint: record.path.endpoint)
    }
}
