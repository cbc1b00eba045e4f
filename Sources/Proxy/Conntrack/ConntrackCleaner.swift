internal import CLinux
internal import Glibc
public import LinuxSystem
internal import Netlink
public import NetworkAddress
public import ServiceModel

/// Deletes conntrack entries that lead to removed endpoints, over ctnetlink.
///
/// A flow keeps its translation as long as packets flow, so a client that goes on sending would never reach another
/// endpoint. It takes one dump per family and protocol, and only when something is stale. Entries of other destinations
/// stay.
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
        var removed = 0
        for transport in flows.transports.sorted() {
            removed += try remove(try stale(flows, transport, family), family)
        }
        return removed
    }

    /// Removes flows to an existing endpoint that must not be used, so that the client's next packet gets another one.
    ///
    /// - Returns: how many were removed.
    public func remove(_ flows: UnwantedFlows) throws(SystemError) -> Int {
        let family = flows.endpoint.address.ip.family
        var unwanted: [ConntrackEntry] = []
        let sequence = socket.reserveSequence()
        let request = ConntrackEntry.listing(
            flows.endpoint.transport, family: family == .ipv4 ? UInt8(AF_INET) : UInt8(AF_INET6), sequence: sequence,
            unansweredOnly: flows.isUnansweredOnly)
        do throws(SystemError) {
            try socket.request(request, sequence: sequence, operation: "list conntrack entries") { message in
                guard let entry = ConntrackEntry(message.attributes(after: 4)),
                    entry.transport == flows.endpoint.transport.rawValue,
                    !flows.isUnansweredOnly || !entry.isAnswered,
                    flows.contains(entry.destination, replySource: entry.replySource)
                else { return }
                unwanted.append(entry)
            }
        } catch  where error.isInterruptedDump {
            // The table changed while it was read, as it does all the time: what was seen still counts.
        }
        return try remove(unwanted, family)
    }

    private func stale(
        _ flows: StaleFamilyFlows, _ transport: TransportProtocol, _ family: IPFamily
    ) throws(SystemError) -> [ConntrackEntry] {
        var stale: [ConntrackEntry] = []
        let sequence = socket.reserveSequence()
        let request = ConntrackEntry.listing(
            transport, family: family == .ipv4 ? UInt8(AF_INET) : UInt8(AF_INET6), sequence: sequence)
        do throws(SystemError) {
            try socket.request(request, sequence: sequence, operation: "list conntrack entries") { message in
                // Kernels that cannot filter list other protocols, too.
                guard let entry = ConntrackEntry(message.attributes(after: 4)), entry.transport == transport.rawValue,
                    entry.isStale(flows)
                else { return }
                stale.append(entry)
            }
        } catch  where error.isInterruptedDump {
            // The table changed while it was read, as it does all the time: what was seen still counts.
        }
        return stale
    }

    /// Messages in one send.
    private static let deletionsPerSend = 256

    /// - Returns: how many were not gone already.
    private func remove(_ entries: [ConntrackEntry], _ family: IPFamily) throws(SystemError) -> Int {
        let number = family == .ipv4 ? UInt8(AF_INET) : UInt8(AF_INET6)
        var removed = 0
        var rest = entries[...]
        while !rest.isEmpty {
            let part = rest.prefix(Self.deletionsPerSend)
            rest = rest.dropFirst(part.count)
            let first = socket.reserveSequence(part.count)
            var bytes: [UInt8] = []
            for (index, entry) in part.enumerated() {
                bytes += entry.deletion(family: number, sequence: first &+ UInt32(index))
            }
            let refused = try socket.sendBatch(bytes)
            for rejection in refused where rejection.error.code != ENOENT { throw rejection.error }
            removed += part.count - refused.count
        }
        return removed
    }
}
