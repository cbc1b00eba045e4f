internal import CLinux
internal import LinuxSystem
internal import NetworkAddress
internal import ServiceModel

/// One conntrack entry, as far as it matters here (linux/netfilter/nfnetlink_conntrack.h).
struct ConntrackEntry: Sendable {
    var transport: UInt8
    /// Where the client sent to.
    var destination: EndpointAddress
    /// Who answers: the endpoint, if the destination was translated.
    var replySource: EndpointAddress

    /// What identifies the entry to the kernel, as the kernel wrote it.
    private var originalTuple: ArraySlice<UInt8>
    private var zone: ArraySlice<UInt8>?
    private var id: ArraySlice<UInt8>?

    /// nil for an entry of a protocol without ports, or one that is cut short.
    init?(_ attributes: NetlinkAttributes) {
        guard let original = attributes[UInt16(CTA_TUPLE_ORIG.rawValue)],
            let reply = attributes[UInt16(CTA_TUPLE_REPLY.rawValue)],
            let proto = original.nested[UInt16(CTA_TUPLE_PROTO.rawValue)]?.nested,
            let number = proto[UInt16(CTA_PROTO_NUM.rawValue)]?.payload.first,
            let destination = Self.end(original.nested, .destination),
            let replySource = Self.end(reply.nested, .source)
        else { return nil }
        transport = number
        self.destination = destination
        self.replySource = replySource
        originalTuple = original.payload
        zone = attributes[UInt16(CTA_ZONE.rawValue)]?.payload
        id = attributes[UInt16(CTA_ID.rawValue)]?.payload
    }

    private enum Side { case source, destination }

    private static func end(_ tuple: NetlinkAttributes, _ side: Side) -> EndpointAddress? {
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
            type: Self.messageType(IPCTNL_MSG_CT_DELETE), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK), sequence: sequence)
        writer.netfilterHeader(family: family)
        let tuple = writer.beginNested(UInt16(CTA_TUPLE_ORIG.rawValue))
        writer.append(raw: originalTuple)
        writer.endNested(tuple)
        if let zone { writer.attribute(UInt16(CTA_ZONE.rawValue), bytes: zone) }
        if let id { writer.attribute(UInt16(CTA_ID.rawValue), bytes: id) }
        writer.endMessage()
        return writer.bytes
    }
}
