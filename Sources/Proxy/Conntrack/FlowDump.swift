internal import CLinux
internal import Glibc
public import LinuxSystem
internal import Netlink
public import NetworkAddress
public import ServiceModel

/// Lists connections that lead to Services, over ctnetlink. Costs about a microsecond for each connection in the table,
/// translated or not.
public actor FlowDump {
    private nonisolated let executor = BlockingExecutor(label: "conntrack-dump")
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    private var socket: NetlinkSocket
    private let translatedOnly: Bool

    /// Ways that are told apart.
    private static let maximumPaths = 1 << 20

    /// - Parameter translatedOnly: see ``FlowEvents/init(translatedOnly:countsBytes:)``.
    public init(translatedOnly: Bool) throws(SystemError) {
        socket = try NetlinkSocket(protocol: NETLINK_NETFILTER)
        self.translatedOnly = translatedOnly
    }

    /// All current connections. If many begin and end meanwhile, some may be missing, or listed twice.
    public func read(_ family: IPFamily) throws(SystemError) -> [FlowPath: FlowCounts] {
        var flows: [FlowPath: FlowCounts] = [:]
        let sequence = socket.reserveSequence()
        do throws(SystemError) {
            try socket.request(
                request(family, sequence: sequence), sequence: sequence, operation: "list conntrack entries"
            ) { message in
                let record = unsafe message.whole.withUnsafeBytes { bytes in
                    bytes.count < 20
                        ? nil : unsafe FlowRecord(UnsafeRawBufferPointer(rebasing: bytes[20...]))
                }
                guard let record, record.path.isTranslated,
                    flows.count < Self.maximumPaths || flows[record.path] != nil
                else { return }
                var counts = FlowCounts()
                counts.live = record.isLive ? 1 : 0
                counts.unanswered = record.isLive && !record.isAnswered ? 1 : 0
                counts.bytesSent = record.bytesSent
                counts.bytesReceived = record.bytesReceived
                flows[record.path, default: FlowCounts()].add(counts)
            }
        } catch  where error.isInterruptedDump {
            // The table changed while it was read, as it does all the time.
        }
        return flows
    }

    /// Counts the live connections of some endpoints, including those that another host translated.
    public func count(_ family: IPFamily, to ends: Set<FlowEnd>) throws(SystemError) -> [FlowEnd: Int] {
        var counts: [FlowEnd: Int] = [:]
        guard !ends.isEmpty else { return counts }
        let sequence = socket.reserveSequence()
        do throws(SystemError) {
            try socket.request(
                request(family, sequence: sequence), sequence: sequence, operation: "list conntrack entries"
            ) { message in
                let record = unsafe message.whole.withUnsafeBytes { bytes in
                    bytes.count < 20
                        ? nil : unsafe FlowRecord(UnsafeRawBufferPointer(rebasing: bytes[20...]))
                }
                guard let record, record.isLive else { return }
                let end = FlowEnd(transport: record.path.transport, address: record.path.endpoint)
                if ends.contains(end) { counts[end, default: 0] += 1 }
            }
        } catch  where error.isInterruptedDump {
            // The table changed while it was read, as it does all the time.
        }
        return counts
    }

    private func request(_ family: IPFamily, sequence: UInt32) -> [UInt8] {
        var writer = NetlinkWriter()
        writer.beginMessage(
            type: ConntrackEntry.messageType(IPCTNL_MSG_CT_GET), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP),
            sequence: sequence)
        writer.netfilterHeader(family: family == .ipv4 ? UInt8(AF_INET) : UInt8(AF_INET6))
        if translatedOnly {
            // Kernels that cannot filter list all.
            writer.attribute(UInt16(CTA_STATUS.rawValue), bigEndian: UInt32(IPS_DST_NAT.rawValue))
            writer.attribute(UInt16(CTA_STATUS_MASK.rawValue), bigEndian: UInt32(IPS_DST_NAT.rawValue))
        }
        writer.endMessage()
        return writer.bytes
    }
}
