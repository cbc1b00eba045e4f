internal import CLinux
internal import Glibc
public import LinuxSystem
internal import Netlink
public import ServiceModel
internal import Synchronization

/// Counts new connections by conntrack's events, in the network namespace in which it was opened.
///
/// The kernel queues them and whoever wants to know reads them, many in one call: a wake-up for each would cost several
/// times as much. What is read too seldom for the queue's room is lost, and that is told.
public final class FlowEvents: Sendable {
    /// Two seconds of 20,000 connections each.
    private static let queueSize: Int32 = 32 << 20
    /// Of an event; what is needed stands at its beginning.
    private static let eventSize = 1024
    /// In one reading, so that it ends.
    private static let maximumCalls = 4096

    private let descriptor: Int32
    private let buffer: Mutex<[UInt8]>

    /// - Parameters:
    ///   - translatedOnly: whether the kernel is to leave out connections that netfilter does not send elsewhere. IPVS does
    ///     not mark its own.
    ///   - countsBytes: whether to read how many bytes connections had when they ended.
    /// - Throws: EPERM without CAP_NET_ADMIN; EINVAL where the kernel has no ctnetlink.
    public init(translatedOnly: Bool, countsBytes: Bool) throws(SystemError) {
        var groups = [UInt32(NFNLGRP_CONNTRACK_NEW.rawValue)]
        if countsBytes { groups.append(UInt32(NFNLGRP_CONNTRACK_DESTROY.rawValue)) }
        descriptor = try NetlinkGroups.open(
            protocol: NETLINK_NETFILTER, groups: groups, queueSize: Self.queueSize,
            filter: translatedOnly
                // Behind struct nlmsghdr and struct nfgenmsg.
                ? SocketFilter(
                    netlinkAttribute: UInt16(CTA_STATUS.rawValue), at: 20, hasBits: UInt32(IPS_DST_NAT.rawValue)) : nil)
        buffer = Mutex([UInt8](repeating: 0, count: Self.eventSize * viaduct_datagrams))
    }

    deinit { SystemCall.close(descriptor) }

    /// What came since the last reading. Does not wait.
    public func read() -> FlowBatch {
        var batch = FlowBatch()
        buffer.withLock { buffer in
            for _ in 0..<Self.maximumCalls {
                guard fill(&buffer, &batch) else { break }
            }
        }
        return batch
    }

    /// Reads once; false if there is no more.
    private func fill(_ buffer: inout [UInt8], _ batch: inout FlowBatch) -> Bool {
        let slots = viaduct_datagrams
        return unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: slots) { lengths in
            let count: Int
            batch.calls += 1
            do throws(SystemError) {
                count = Int(
                    try SystemCall.run("read conntrack events") {
                        unsafe buffer.withUnsafeMutableBufferPointer {
                            unsafe viaduct_receive_datagrams(
                                descriptor, $0.baseAddress, Self.eventSize, lengths.baseAddress)
                        }
                    })
            } catch {
                if error.code == ENOBUFS {
                    batch.hasLost = true
                    return true
                }
                return false
            }
            unsafe buffer.withUnsafeBytes { bytes in
                for slot in 0..<count {
                    let start = slot * Self.eventSize
                    let length = min(Int(unsafe lengths[slot]), Self.eventSize)
                    unsafe Self.take(UnsafeRawBufferPointer(rebasing: bytes[start..<start + length]), &batch)
                }
            }
            return count == slots
        }
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
