internal import CLinux
public import LinuxSystem
internal import Netlink

/// Tries connection tracking in the calling thread's network namespace.
public enum ConntrackProbe {
    /// The number of entries, over ctnetlink.
    ///
    /// - Throws: EPERM without CAP_NET_ADMIN; EINVAL where the kernel has no ctnetlink.
    public static func entryCount() throws(SystemError) -> Int {
        var socket = try NetlinkSocket(protocol: NETLINK_NETFILTER)
        let sequence = socket.reserveSequence()
        var writer = NetlinkWriter()
        writer.beginMessage(
            type: ConntrackEntry.messageType(IPCTNL_MSG_CT_GET_STATS), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK),
            sequence: sequence)
        writer.netfilterHeader(family: 0)
        writer.endMessage()
        var count = 0
        try socket.request(writer.bytes, sequence: sequence, operation: "count conntrack entries") { message in
            if let value = message.attributes(after: 4)[UInt16(CTA_STATS_GLOBAL_ENTRIES.rawValue)]?.bigEndian {
                count = Int(clamping: value)
            }
        }
        return count
    }
}
