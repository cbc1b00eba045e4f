internal import CLinux
internal import CNetlink
internal import Dispatch
internal import Glibc
public import LinuxSystem
internal import Synchronization

/// Hears what the kernel tells the members of netlink groups, in the network namespace in which it was opened, until it is
/// released.
@safe
public final class NetlinkSubscription: Sendable {
    public enum Notice: Sendable {
        case message(NetlinkMessage)
        /// Messages were lost, for want of room: whatever they told may have happened.
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
        let descriptor = try SystemCall.run("open netlink socket") {
            let type = SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
            return socket(AF_NETLINK, Int32(type), number)
        }
        do throws(SystemError) {
            var address = sockaddr_nl()
            address.nl_family = sa_family_t(AF_NETLINK)
            try SystemCall.run("bind netlink socket") {
                unsafe withUnsafePointer(to: &address) { pointer in
                    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_nl>.size))
                    }
                }
            }
            Self.set(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, Self.queueSize)
            for group in groups {
                try SystemCall.run("join netlink group \(group)") {
                    Self.set(descriptor, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, Int32(group))
                }
            }
        } catch {
            SystemCall.close(descriptor)
            throw error
        }
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

    /// Leaves a group or joins it again. Messages that were sent before still come.
    public func setMember(_ isMember: Bool, of group: UInt32) {
        _ = Self.set(
            descriptor, SOL_NETLINK, isMember ? NETLINK_ADD_MEMBERSHIP : NETLINK_DROP_MEMBERSHIP, Int32(group))
    }

    @discardableResult
    private static func set(_ descriptor: Int32, _ level: Int32, _ name: Int32, _ value: Int32) -> Int32 {
        var value = value
        return unsafe setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
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
