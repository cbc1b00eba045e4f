internal import CLinux
internal import Glibc
public import LinuxSystem
public import NetworkAddress
public import ServiceModel

/// Removes UDP conntrack entries that lead to endpoints which are gone, over ctnetlink.
///
/// A UDP flow keeps its translation as long as packets flow, so that a client that goes on sending would never reach
/// another endpoint. One dump a family, and only when something is stale; entries of other destinations stay.
public actor ConntrackCleaner {
    private nonisolated let executor = BlockingExecutor(label: "conntrack")
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    private var socket: NetlinkSocket

    public init() throws(SystemError) {
        socket = try NetlinkSocket(protocol: NETLINK_NETFILTER)
    }

    /// Removes the stale entries of one family.
    ///
    /// - Returns: how many were removed.
    public func removeStale(_ flows: StaleFamilyFlows, family: IPFamily) throws(SystemError) -> Int {
        guard !flows.isEmpty else { return 0 }
        var stale: [ConntrackEntry] = []
        let sequence = socket.reserveSequence()
        var writer = NetlinkWriter()
        writer.beginMessage(
            type: ConntrackEntry.messageType(IPCTNL_MSG_CT_GET), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP),
            sequence: sequence)
        writer.netfilterHeader(family: family == .ipv4 ? UInt8(AF_INET) : UInt8(AF_INET6))
        writer.endMessage()
        do throws(SystemError) {
            try socket.request(writer.bytes, sequence: sequence, operation: "list conntrack entries") { message in
                guard let entry = ConntrackEntry(message.attributes(after: 4)), entry.transport == UInt8(IPPROTO_UDP),
                    flows.isStale(destination: entry.destination, replySource: entry.replySource)
                else { return }
                stale.append(entry)
            }
        } catch  where error.code == EINTR {
            // The table changed while it was read, as it does all the time: what was seen still counts.
        }
        var removed = 0
        for entry in stale where try remove(entry, family) { removed += 1 }
        return removed
    }

    /// False if the entry was gone already.
    private func remove(_ entry: ConntrackEntry, _ family: IPFamily) throws(SystemError) -> Bool {
        let sequence = socket.reserveSequence()
        do throws(SystemError) {
            try socket.request(
                entry.deletion(family: family == .ipv4 ? UInt8(AF_INET) : UInt8(AF_INET6), sequence: sequence),
                sequence: sequence, operation: "delete conntrack entry"
            ) { _ in }
            return true
        } catch  where error.code == ENOENT {
            return false
        }
    }
}
