internal import CLinux
internal import CNetlink
internal import Dispatch
internal import Glibc
public import LinuxSystem
internal import Synchronization

/// Receives the kernel's notifications to netlink groups, in the network namespace in which it was opened, until it is
/// released.
@safe
public final class NetlinkSubscription: Sendable {
    public enum Notice: Sendable {
        case message(NetlinkMessage)
        /// Messages were lost because the queue was full: anything may have happened.
        case lost
    }

    /// Of a notification at most; kernels send them in pieces of a page or two.
    private static let messageSize = 64 * 1024
    /// Room for what has not been read yet.
    private static let queueSize: Int32 = 4 << 20
    /// Messages are read in turns of so many datagrams.
    private static let datagramsPerTurn = 1024

    private let descriptor: Int32
    private let source: Mutex<any DispatchSourceRead>

    /// Opens a socket and joins the groups.
    ///
    /// - Parameters:
    ///   - number: a netlink protocol, such as NETLINK_NETFILTER.
    ///   - label: of its queue, for debuggers.
    ///   - body: called for each message on a queue of its own, in order.
    /// - Throws: EPERM where the groups need CAP_NET_ADMIN; EINVAL where the kernel does not have them.
    public init(
        protocol number: Int32, groups: [UInt32], label: String, body: @escaping @Sendable (Notice) -> Void
    ) throws(SystemError) {
        let descriptor = try NetlinkGroups.open(protocol: number, groups: groups, queueSize: Self.queueSize)
        self.descriptor = descriptor
        let source = DispatchSource.makeReadSource(
            fileDescriptor: descriptor, queue: DispatchQueue(label: label, qos: .userInitiated))
        let buffer = Mutex([UInt8](repeating: 0, count: Self.messageSize))
        let box = Box(buffer)
        source.setEventHandler { box.buffer.withLock { Self.drain(descriptor, &$0, body) } }
        source.setCancelHandler { SystemCall.close(descriptor) }
        source.activate()
        self.source = Mutex(source)
    }

    private final class Box: Sendable {
        let buffer: Mutex<[UInt8]>

        init(_ buffer: consuming Mutex<[UInt8]>) { self.buffer = buffer }
    }

    deinit { source.withLock { $0.cancel() } }

    /// Leaves a group or joins it again. Messages sent before still arrive.
    public func setMember(_ isMember: Bool, of group: UInt32) {
        NetlinkGroups.setMember(descriptor, isMember, of: group)
    }

    private static func drain(_ descriptor: Int32, _ buffer: inout [UInt8], _ body: (Notice) -> Void) {
        for _ in 0..<datagramsPerTurn {
            let count: Int
            do throws(SystemError) {
                count = try SystemCall.run("receive netlink messages") {
                    unsafe buffer.withUnsafeMutableBytes {
                        unsafe recv(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT) | Int32(MSG_TRUNC))
                    }
                }
            } catch {
                if error.code == ENOBUFS {
                    body(.lost)
                    continue
                }
                return
            }
            if count > buffer.count {
                body(.lost)
            } else {
                for message in NetlinkMessages(buffer[..<count]) { body(.message(message)) }
            }
        }
    }
}
