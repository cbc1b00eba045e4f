internal import CLinux
internal import Glibc
public import LinuxSystem

/// Sockets that receive the kernel's notifications to netlink groups.
public enum NetlinkGroups {
    /// Opens a socket in the calling thread's network namespace and joins the groups.
    ///
    /// - Parameters:
    ///   - number: a netlink protocol, such as NETLINK_NETFILTER.
    ///   - queueSize: bytes of kernel memory for what has not been read yet.
    ///   - filter: selects the messages that enter the queue.
    /// - Returns: a descriptor that does not block; the caller closes it.
    /// - Throws: EPERM where the groups need CAP_NET_ADMIN; EINVAL where the kernel does not have them.
    public static func open(
        protocol number: Int32, groups: [UInt32], queueSize: Int32, filter: SocketFilter? = nil
    ) throws(SystemError) -> Int32 {
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
            _ = set(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, queueSize)
            if let filter { try filter.attach(to: descriptor) }
            for group in groups {
                try SystemCall.run("join netlink group \(group)") {
                    set(descriptor, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, Int32(group))
                }
            }
        } catch {
            SystemCall.close(descriptor)
            throw error
        }
        return descriptor
    }

    static func setMember(_ descriptor: Int32, _ isMember: Bool, of group: UInt32) {
        _ = set(descriptor, SOL_NETLINK, isMember ? NETLINK_ADD_MEMBERSHIP : NETLINK_DROP_MEMBERSHIP, Int32(group))
    }

    private static func set(_ descriptor: Int32, _ level: Int32, _ name: Int32, _ value: Int32) -> Int32 {
        var value = value
        return unsafe setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}
