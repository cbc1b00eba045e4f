internal import CLinux
internal import Glibc
public import LinuxSystem
internal import Netlink
public import NetworkAddress
public import ServiceModel

/// A tracked connection.
public struct ConntrackFlow: Hashable, Sendable {
    public var transport: TransportProtocol
    public var client: EndpointAddress
    /// The address and port to which the client sent.
    public var destination: EndpointAddress
    /// The source of answers: the endpoint, if the destination was translated.
    public var replySource: EndpointAddress
    /// The destination of answers: the client, unless it is masqueraded.
    public var replyDestination: EndpointAddress
    public var isAnswered: Bool
    /// Seconds until it expires if no packet arrives.
    public var timeout: UInt32
    public var mark: UInt32

    public var isTranslated: Bool { replySource != destination }
    public var isMasqueraded: Bool { replyDestination.ip != client.ip }
}

extension ConntrackFlow {
    /// Lists the connections to a destination.
    ///
    /// - Parameters:
    ///   - clients: the clients whose connections to list; nil: all.
    ///   - limit: further ones are counted but not returned.
    /// - Returns: the first connections, and the number of all.
    /// - Throws: EPERM without CAP_NET_ADMIN; the kernel's error if it has no ctnetlink.
    public static func list(
        to destination: EndpointAddress, _ transport: TransportProtocol, from clients: Set<IPAddress>?, limit: Int = 100
    ) throws(SystemError) -> (flows: [ConntrackFlow], count: Int) {
        var socket = try NetlinkSocket(protocol: NETLINK_NETFILTER)
        var flows: [ConntrackFlow] = []
        var count = 0
        let family = destination.ip.family == .ipv4 ? UInt8(AF_INET) : UInt8(AF_INET6)
        let sequence = socket.reserveSequence()
        var writer = NetlinkWriter()
        writer.beginMessage(
            type: ConntrackEntry.messageType(IPCTNL_MSG_CT_GET), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP),
            sequence: sequence)
        writer.netfilterHeader(family: family)
        writer.endMessage()
        do throws(SystemError) {
            try socket.request(writer.bytes, sequence: sequence, operation: "list conntrack entries") { message in
                guard let flow = ConntrackFlow(message.attributes(after: 4)), flow.transport == transport,
                    flow.destination == destination, clients?.contains(flow.client.ip) ?? true
                else { return }
                count += 1
                if flows.count < limit { flows.append(flow) }
            }
        } catch  where error.isInterruptedDump {
            // The table changed while it was read, as it does all the time: what was seen still counts.
        }
        return (flows, count)
    }

    init?(_ attributes: NetlinkAttributes) {
        guard let original = attributes[UInt16(CTA_TUPLE_ORIG.rawValue)]?.nested,
            let reply = attributes[UInt16(CTA_TUPLE_REPLY.rawValue)]?.nested,
            let number = original[UInt16(CTA_TUPLE_PROTO.rawValue)]?.nested[UInt16(CTA_PROTO_NUM.rawValue)]?.payload
                .first, let transport = TransportProtocol(rawValue: number),
            let client = ConntrackEntry.end(original, .source),
            let destination = ConntrackEntry.end(original, .destination),
            let replySource = ConntrackEntry.end(reply, .source),
            let replyDestination = ConntrackEntry.end(reply, .destination)
        else { return nil }
        func value(_ type: ctattr_type) -> UInt32 {
            UInt32(truncatingIfNeeded: attributes[UInt16(type.rawValue)]?.bigEndian ?? 0)
        }
        self.init(
            transport: transport, client: client, destination: destination, replySource: replySource,
            replyDestination: replyDestination,
            isAnswered: value(CTA_STATUS) & UInt32(IPS_SEEN_REPLY.rawValue) != 0, timeout: value(CTA_TIMEOUT),
            mark: value(CTA_MARK))
    }
}
