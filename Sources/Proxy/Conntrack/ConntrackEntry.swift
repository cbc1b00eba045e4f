internal import CLinux
internal import Netlink
internal import NetworkAddress
internal import ServiceModel

/// The parts of a conntrack entry that are used here (linux/netfilter/nfnetlink_conntrack.h).
struct ConntrackEntry: Sendable {
    var transport: UInt8
    var client: EndpointAddress
    /// Where the client sent to.
    var destination: EndpointAddress
    /// Who answers: the endpoint, if the destination was translated.
    var replySource: EndpointAddress

    /// What identifies the entry to the kernel, as the kernel wrote it.
    private var originalTuple: ArraySlice<UInt8>
    private var zone: ArraySlice<UInt8>?
    private var id: ArraySlice<UInt8>?

    /// Whether it is an unanswered TCP connection.
    private(set) var isHalfOpen = false
    /// Whether it is a TCP connection that one side has reset.
    private(set) var isBrokenOff = false
    private(set) var isAnswered = false
    /// Whether netfilter sends it elsewhere. IPVS changes the reply's source without that.
    private(set) var isTranslated = false

    /// nil for an entry of a protocol without ports, or one that is cut short.
    init?(_ attributes: NetlinkAttributes) {
        guard let original = attributes[UInt16(CTA_TUPLE_ORIG.rawValue)],
            let reply = attributes[UInt16(CTA_TUPLE_REPLY.rawValue)],
            let proto = original.nested[UInt16(CTA_TUPLE_PROTO.rawValue)]?.nested,
            let number = proto[UInt16(CTA_PROTO_NUM.rawValue)]?.payload.first,
            let client = Self.end(original.nested, .source),
            let destination = Self.end(original.nested, .destination),
            let replySource = Self.end(reply.nested, .source)
        else { return nil }
        transport = number
        self.client = client
        self.destination = destination
        self.replySource = replySource
        originalTuple = original.payload
        zone = attributes[UInt16(CTA_ZONE.rawValue)]?.payload
        id = attributes[UInt16(CTA_ID.rawValue)]?.payload
        let state = attributes[UInt16(CTA_PROTOINFO.rawValue)]?
            .nested[UInt16(CTA_PROTOINFO_TCP.rawValue)]?
            .nested[UInt16(CTA_PROTOINFO_TCP_STATE.rawValue)]?.payload.first
        let status = UInt32(truncatingIfNeeded: attributes[UInt16(CTA_STATUS.rawValue)]?.bigEndian ?? 0)
        isAnswered = status & UInt32(IPS_SEEN_REPLY.rawValue) != 0
        isTranslated = status & UInt32(IPS_DST_NAT.rawValue) != 0
        isHalfOpen = state == UInt8(TCP_CONNTRACK_SYN_SENT.rawValue)
        isBrokenOff = state == UInt8(TCP_CONNTRACK_CLOSE.rawValue)
    }

    /// Whether to delete it: it is of a protocol that does not end by itself, and leads where it may not.
    func isStale(_ flows: StaleFamilyFlows) -> Bool {
        guard let transport = TransportProtocol(rawValue: transport), transport != .tcp || isHalfOpen else {
            return false
        }
        return flows.isStale(transport, client: client.ip, destination: destination, replySource: replySource)
    }

    /// The request that lists entries of a protocol; of TCP those that nobody has answered. Kernels that cannot filter
    /// list all.
    ///
    /// - Parameter unansweredOnly: nil: of TCP alone.
    static func listing(
        _ transport: TransportProtocol, family: UInt8, sequence: UInt32, unansweredOnly: Bool? = nil
    ) -> [UInt8] {
        var writer = NetlinkWriter()
        writer.beginMessage(
            type: messageType(IPCTNL_MSG_CT_GET), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP), sequence: sequence)
        writer.netfilterHeader(family: family)
        let tuple = writer.beginNested(UInt16(CTA_TUPLE_ORIG.rawValue))
        let proto = writer.beginNested(UInt16(CTA_TUPLE_PROTO.rawValue))
        writer.attribute(UInt16(CTA_PROTO_NUM.rawValue), byte: transport.rawValue)
        writer.endNested(proto)
        writer.endNested(tuple)
        let filter = writer.beginNested(UInt16(CTA_FILTER.rawValue))
        writer.attribute(UInt16(CTA_FILTER_ORIG_FLAGS.rawValue), native: protocolNumberFlag)
        writer.endNested(filter)
        if unansweredOnly ?? (transport == .tcp) {
            writer.attribute(UInt16(CTA_STATUS.rawValue), bigEndian: UInt32(0))
            writer.attribute(UInt16(CTA_STATUS_MASK.rawValue), bigEndian: UInt32(IPS_SEEN_REPLY.rawValue))
        }
        writer.endMessage()
        return writer.bytes
    }

    /// "The protocol's number counts" in CTA_FILTER_ORIG_FLAGS; no header of the kernel has these flags.
    private static let protocolNumberFlag: UInt32 = 1 << 3

    enum Side { case source, destination }

    static func end(_ tuple: NetlinkAttributes, _ side: Side) -> EndpointAddress? {
        guard let ip = tuple[UInt16(CTA_TUPLE_IP.rawValue)]?.nested,
            let proto = tuple[UInt16(CTA_TUPLE_PROTO.rawValue)]?.nested
        else { return nil }
        let types =
            side == .source
            ? (CTA_IP_V4_SRC, CTA_IP_V6_SRC, CTA_PROTO_SRC_PORT) : (CTA_IP_V4_DST, CTA_IP_V6_DST, CTA_PROTO_DST_PORT)
        guard let bytes = (ip[UInt16(types.0.rawValue)] ?? ip[UInt16(types.1.rawValue)])?.payload,
            let address = IPAddress(bytes: bytes), let port = proto[UInt16(types.2.rawValue)]
        else { return nil }
        return EndpointAddress(address, UInt16(truncatingIfNeeded: port.bigEndian))
    }

    static func messageType(_ type: cntl_msg_types) -> UInt16 {
        UInt16(NFNL_SUBSYS_CTNETLINK) << 8 | UInt16(type.rawValue)
    }

    /// The request that deletes this entry, and no later one with the same addresses.
    func deletion(family: UInt8, sequence: UInt32) -> [UInt8] {
        var writer = NetlinkWriter()
        writer.beginMessage(
            type: Self.messageType(IPCTNL_MSG_CT_DELETE), flags: UInt16(NLM_F_REQUEST), sequence: sequence)
        writer.netfilterHeader(family: family)
        let tuple = writer.beginNested(UInt16(CTA_TUPLE_ORIG.rawValue))
        writer.append(raw: originalTuple)
        writer.endNested(tuple)
        if let zone { writer.attribute(UInt16(CTA_ZONE.rawValue), bytes: zone) }
        if let id { writer.attribute(UInt16(CTA_ID.rawValue), bytes: id) }
        writer.endMessage()
        return writer.bytes
    }

    /// Seconds; the kernel has its own limit from the first packet on.
    private static let timeout: UInt32 = 86_400
    /// Numbers of segments are not checked: those of before are unknown.
    private static let liberal: [UInt8] = [UInt8(IP_CT_TCP_FLAG_BE_LIBERAL), UInt8(IP_CT_TCP_FLAG_BE_LIBERAL)]

    /// The request that adds an entry for an established TCP connection that nobody translates; EEXIST where there is one.
    static func creation(_ connection: AnswerEvent.Connection, family: UInt8, sequence: UInt32) -> [UInt8] {
        var writer = NetlinkWriter()
        writer.beginMessage(
            type: messageType(IPCTNL_MSG_CT_NEW), flags: UInt16(NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL),
            sequence: sequence)
        writer.netfilterHeader(family: family)
        writer.tuple(CTA_TUPLE_ORIG, from: connection.client, to: connection.destination)
        writer.tuple(CTA_TUPLE_REPLY, from: connection.destination, to: connection.client)
        writer.attribute(
            UInt16(CTA_STATUS.rawValue),
            bigEndian: UInt32(IPS_CONFIRMED.rawValue | IPS_SEEN_REPLY.rawValue | IPS_ASSURED.rawValue))
        writer.attribute(UInt16(CTA_TIMEOUT.rawValue), bigEndian: timeout)
        let protocolState = writer.beginNested(UInt16(CTA_PROTOINFO.rawValue))
        let tcp = writer.beginNested(UInt16(CTA_PROTOINFO_TCP.rawValue))
        writer.attribute(UInt16(CTA_PROTOINFO_TCP_STATE.rawValue), byte: UInt8(TCP_CONNTRACK_ESTABLISHED.rawValue))
        writer.attribute(UInt16(CTA_PROTOINFO_TCP_FLAGS_ORIGINAL.rawValue), bytes: liberal)
        writer.attribute(UInt16(CTA_PROTOINFO_TCP_FLAGS_REPLY.rawValue), bytes: liberal)
        writer.endNested(tcp)
        writer.endNested(protocolState)
        writer.endMessage()
        return writer.bytes
    }
}

extension NetlinkWriter {
    fileprivate mutating func tuple(_ type: ctattr_type, from source: EndpointAddress, to destination: EndpointAddress)
    {
        let isIPv4 = source.ip.family == .ipv4
        let tuple = beginNested(UInt16(type.rawValue))
        let ip = beginNested(UInt16(CTA_TUPLE_IP.rawValue))
        attribute(UInt16((isIPv4 ? CTA_IP_V4_SRC : CTA_IP_V6_SRC).rawValue), bytes: source.ip.bytes)
        attribute(UInt16((isIPv4 ? CTA_IP_V4_DST : CTA_IP_V6_DST).rawValue), bytes: destination.ip.bytes)
        endNested(ip)
        let ports = beginNested(UInt16(CTA_TUPLE_PROTO.rawValue))
        attribute(UInt16(CTA_PROTO_NUM.rawValue), byte: TransportProtocol.tcp.rawValue)
        attribute(UInt16(CTA_PROTO_SRC_PORT.rawValue), bigEndian: source.port)
        attribute(UInt16(CTA_PROTO_DST_PORT.rawValue), bigEndian: destination.port)
        endNested(ports)
        endNested(tuple)
    }
}
