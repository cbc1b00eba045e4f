internal import CLinux
public import LinuxSystem
internal import Netlink
public import ServiceModel

/// Reports which new connections are answered, from conntrack's events.
public final class AnswerEvents: AnswerSource {
    /// Of one reading; of more nothing is known.
    private static let maximumEvents = 65_536

    private let queue: EventQueue

    /// - Parameter translatedOnly: see ``FlowEvents/init(translatedOnly:countsBytes:)``.
    /// - Throws: EPERM without CAP_NET_ADMIN; EINVAL without ctnetlink.
    public init(translatedOnly: Bool) throws(SystemError) {
        queue = try EventQueue(
            [NFNLGRP_CONNTRACK_NEW, NFNLGRP_CONNTRACK_UPDATE, NFNLGRP_CONNTRACK_DESTROY],
            translatedOnly: translatedOnly)
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
