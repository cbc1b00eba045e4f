internal import CLinux
public import LinuxSystem
internal import Netlink
public import ServiceModel

/// Counts new connections by conntrack's events, in the network namespace in which it was opened.
public final class FlowEvents: Sendable {
    private let queue: EventQueue

    /// - Parameters:
    ///   - translatedOnly: whether the kernel leaves out connections that netfilter does not translate. IPVS does not
    ///     mark its own.
    ///   - countsBytes: whether to read how many bytes connections had when they ended.
    /// - Throws: EPERM without CAP_NET_ADMIN; EINVAL where the kernel has no ctnetlink.
    public init(translatedOnly: Bool, countsBytes: Bool) throws(SystemError) {
        queue = try EventQueue(
            countsBytes ? [NFNLGRP_CONNTRACK_NEW, NFNLGRP_CONNTRACK_DESTROY] : [NFNLGRP_CONNTRACK_NEW],
            translatedOnly: translatedOnly)
    }

    /// The events since the last reading. Does not wait.
    public func read() -> FlowBatch {
        var batch = FlowBatch()
        let reading = unsafe queue.read { unsafe Self.take($0, &batch) }
        batch.calls = reading.calls
        batch.hasLost = batch.hasLost || reading.hasLost
        return batch
    }

    /// One event, as the kernel sent it.
    static func take(_ bytes: UnsafeRawBufferPointer, _ batch: inout FlowBatch) {
        batch.messages += 1
        guard bytes.count >= 20 else { return }
        let type = unsafe bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self)
        guard let record = unsafe FlowRecord(UnsafeRawBufferPointer(rebasing: bytes[20...])),
            record.path.isTranslated
        else { return }
        switch type {
        case ConntrackEntry.messageType(IPCTNL_MSG_CT_NEW): batch.began(record.path)
        case ConntrackEntry.messageType(IPCTNL_MSG_CT_DELETE):
            var counts = FlowCounts()
            counts.bytesSent = record.bytesSent
            counts.bytesReceived = record.bytesReceived
            batch.ended(record.path, counts)
        default: break
        }
    }
}
