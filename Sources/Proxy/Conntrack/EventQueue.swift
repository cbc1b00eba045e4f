internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import Netlink
internal import ServiceModel
internal import Synchronization

/// Events of conntrack in the network namespace in which it was opened.
///
/// The kernel queues them, and the reader takes many in one call: a wake-up for each would cost several times as much.
/// Events that overflow the queue are lost, which the reader learns.
final class EventQueue: Sendable {
    /// Two seconds of 20,000 connections each.
    private static let queueSize: Int32 = 32 << 20
    /// Of an event; what is needed stands at its beginning.
    private static let eventSize = 1024
    /// In one reading, so that it ends.
    private static let maximumCalls = 4096

    /// Messages about connections that netfilter sends elsewhere.
    static let translated = SocketFilter(
        // Behind struct nlmsghdr and struct nfgenmsg.
        netlinkAttribute: UInt16(CTA_STATUS.rawValue), at: 20, hasBits: UInt32(IPS_DST_NAT.rawValue))

    struct Reading {
        var calls = 0
        var hasLost = false
    }

    private let descriptor: Int32
    private let buffer: Mutex<[UInt8]>

    /// - Parameter translatedOnly: whether the kernel is to leave out connections that netfilter does not send elsewhere.
    /// - Throws: EPERM without CAP_NET_ADMIN; EINVAL where the kernel has no ctnetlink.
    init(_ groups: [nfnetlink_groups], translatedOnly: Bool) throws(SystemError) {
        descriptor = try NetlinkGroups.open(
            protocol: NETLINK_NETFILTER, groups: groups.map { UInt32($0.rawValue) }, queueSize: Self.queueSize,
            filter: translatedOnly ? Self.translated : nil)
        buffer = Mutex([UInt8](repeating: 0, count: Self.eventSize * viaduct_datagrams))
    }

    /// Has the kernel leave out other messages from now on; nil: none.
    ///
    /// - Throws: ENOMEM, or what the kernel says of the filter; then the one that was there stays.
    func setFilter(_ filter: SocketFilter?) throws(SystemError) {
        if let filter { try filter.attach(to: descriptor) } else { SocketFilter.detach(from: descriptor) }
    }

    deinit { SystemCall.close(descriptor) }

    /// Hands over what came since the last reading, each event as the kernel sent it. Does not wait.
    func read(_ body: (UnsafeRawBufferPointer) -> Void) -> Reading {
        var reading = Reading()
        buffer.withLock { buffer in
            for _ in 0..<Self.maximumCalls {
                guard unsafe fill(&buffer, &reading, body) else { break }
            }
        }
        return reading
    }

    /// Reads once; false if there is no more.
    private func fill(
        _ buffer: inout [UInt8], _ reading: inout Reading, _ body: (UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        let slots = viaduct_datagrams
        return unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: slots) { lengths in
            let count: Int
            reading.calls += 1
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
                    reading.hasLost = true
                    return true
                }
                return false
            }
            unsafe buffer.withUnsafeBytes { bytes in
                for slot in 0..<count {
                    let start = slot * Self.eventSize
                    let length = min(Int(unsafe lengths[slot]), Self.eventSize)
                    unsafe body(UnsafeRawBufferPointer(rebasing: bytes[start..<start + length]))
                }
            }
            return count == slots
        }
    }
}
