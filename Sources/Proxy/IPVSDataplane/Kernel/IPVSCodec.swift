internal import CIPVS
internal import Netlink
internal import NetworkAddress
internal import ServiceModel

/// IPVS's generic netlink messages (linux/ip_vs.h) to bytes and back.
struct IPVSCodec {
    let family: IPFamily
    /// The number of the generic netlink family, which the kernel gave it.
    let type: UInt16

    /// union nf_inet_addr.
    private static let addressLength = 16

    private var addressFamily: UInt16 { family == .ipv4 ? UInt16(AF_INET) : UInt16(AF_INET6) }

    // MARK: Writing

    /// Messages that ask for no acknowledgement, with sequence numbers from `first` on.
    func write(_ commands: some Sequence<IPVSCommand>, first: UInt32, to writer: inout NetlinkWriter) {
        var sequence = first
        var last = EndpointMessage()
        for command in commands {
            write(command, sequence: sequence, &last, to: &writer)
            sequence &+= 1
        }
    }

    private func write(
        _ command: IPVSCommand, sequence: UInt32, _ last: inout EndpointMessage, to writer: inout NetlinkWriter
    ) {
        switch command {
        case .addServer(let key, let settings):
            message(IPVS_CMD_NEW_SERVICE, sequence, to: &writer) { write(key, settings, to: &$0) }
        case .setServer(let key, let settings):
            message(IPVS_CMD_SET_SERVICE, sequence, to: &writer) { write(key, settings, to: &$0) }
        case .removeServer(let key):
            message(IPVS_CMD_DEL_SERVICE, sequence, to: &writer) { write(key, nil, to: &$0) }
        case .addEndpoint(let key, let endpoint, let weight):
            write(IPVS_CMD_NEW_DEST, key, endpoint, weight, sequence, &last, to: &writer)
        case .setEndpoint(let key, let endpoint, let weight):
            write(IPVS_CMD_SET_DEST, key, endpoint, weight, sequence, &last, to: &writer)
        case .removeEndpoint(let key, let endpoint):
            message(IPVS_CMD_DEL_DEST, sequence, to: &writer) { write(key, endpoint, weight: nil, to: &$0) }
        }
    }

    /// A virtual server's endpoints mostly come together, and differ in little.
    private func write(
        _ command: IPVSEnumeration, _ key: VirtualServerKey, _ endpoint: EndpointAddress, _ weight: UInt16,
        _ sequence: UInt32, _ last: inout EndpointMessage, to writer: inout NetlinkWriter
    ) {
        if last.command != command || last.key != key {
            var part = NetlinkWriter()
            message(command, sequence, to: &part) { write(key, endpoint, weight: weight, to: &$0) }
            last = EndpointMessage(command: command, key: key, bytes: part.bytes)
        } else {
            last.change(to: endpoint, weight: weight, sequence: sequence)
        }
        writer.append(message: last.bytes)
    }

    /// A request for all virtual servers, of both families.
    func serverDump(sequence: UInt32) -> [UInt8] {
        var writer = NetlinkWriter()
        message(IPVS_CMD_GET_SERVICE, sequence, flags: NLM_F_DUMP, to: &writer) { _ in }
        return writer.bytes
    }

    /// A request for all endpoints of a virtual server.
    func endpointDump(of key: VirtualServerKey, sequence: UInt32) -> [UInt8] {
        var writer = NetlinkWriter()
        message(IPVS_CMD_GET_DEST, sequence, flags: NLM_F_DUMP, to: &writer) { write(key, nil, to: &$0) }
        return writer.bytes
    }

    /// Sets the timeouts that are not zero.
    func timeouts(_ timeouts: IPVSConfiguration.Timeouts, sequence: UInt32) -> [UInt8] {
        var writer = NetlinkWriter()
        message(IPVS_CMD_SET_CONFIG, sequence, flags: NLM_F_ACK, to: &writer) {
            if timeouts.tcp > 0 { $0.attribute(IPVS_CMD_ATTR_TIMEOUT_TCP.number, native: timeouts.tcp) }
            if timeouts.tcpFin > 0 { $0.attribute(IPVS_CMD_ATTR_TIMEOUT_TCP_FIN.number, native: timeouts.tcpFin) }
            if timeouts.udp > 0 { $0.attribute(IPVS_CMD_ATTR_TIMEOUT_UDP.number, native: timeouts.udp) }
        }
        return writer.bytes
    }

    private func message(
        _ command: IPVSEnumeration, _ sequence: UInt32, flags: Int32 = 0, to writer: inout NetlinkWriter,
        _ body: (inout NetlinkWriter) -> Void
    ) {
        writer.beginMessage(type: type, flags: UInt16(NLM_F_REQUEST | flags), sequence: sequence)
        // struct genlmsghdr
        writer.append(UInt8(command.number))
        writer.append(UInt8(IPVS_GENL_VERSION))
        writer.append(UInt16(0))
        body(&writer)
        writer.endMessage()
    }

    /// Without settings: only what names the virtual server.
    private func write(
        _ key: VirtualServerKey, _ settings: VirtualServerSettings?, to writer: inout NetlinkWriter
    ) {
        let nested = writer.beginNested(IPVS_CMD_ATTR_SERVICE.number)
        writer.attribute(IPVS_SVC_ATTR_AF.number, native: addressFamily)
        switch key {
        case .mark(let mark): writer.attribute(IPVS_SVC_ATTR_FWMARK.number, native: mark)
        case .frontend(let key):
            writer.attribute(IPVS_SVC_ATTR_PROTOCOL.number, native: UInt16(key.transport.rawValue))
            write(key.ip, IPVS_SVC_ATTR_ADDR, to: &writer)
            writer.attribute(IPVS_SVC_ATTR_PORT.number, bigEndian: key.port)
        }
        if let settings {
            writer.attribute(IPVS_SVC_ATTR_SCHED_NAME.number, string: settings.scheduler)
            // struct ip_vs_flags: the flags, and which of them count.
            let flags = writer.beginAttribute(IPVS_SVC_ATTR_FLAGS.number)
            writer.append(settings.flags)
            writer.append(UInt32.max)
            writer.endAttribute(flags)
            writer.attribute(IPVS_SVC_ATTR_TIMEOUT.number, native: settings.timeout)
            // Every client counts by itself: a mask of 32 bits, or a prefix length of 128.
            writer.attribute(IPVS_SVC_ATTR_NETMASK.number, native: family == .ipv4 ? UInt32.max : 128)
        }
        writer.endNested(nested)
    }

    /// Without a weight: only what names the endpoint.
    private func write(
        _ key: VirtualServerKey, _ endpoint: EndpointAddress, weight: UInt16?, to writer: inout NetlinkWriter
    ) {
        write(key, nil, to: &writer)
        let nested = writer.beginNested(IPVS_CMD_ATTR_DEST.number)
        writer.attribute(IPVS_DEST_ATTR_ADDR_FAMILY.number, native: addressFamily)
        write(endpoint.ip, IPVS_DEST_ATTR_ADDR, to: &writer)
        writer.attribute(IPVS_DEST_ATTR_PORT.number, bigEndian: endpoint.port)
        if let weight {
            // EndpointMessage knows how far all this is from the end.
            writer.attribute(IPVS_DEST_ATTR_FWD_METHOD.number, native: UInt32(IP_VS_CONN_F_MASQ))
            writer.attribute(IPVS_DEST_ATTR_WEIGHT.number, native: UInt32(weight))
            writer.attribute(IPVS_DEST_ATTR_U_THRESH.number, native: UInt32(0))
            writer.attribute(IPVS_DEST_ATTR_L_THRESH.number, native: UInt32(0))
        }
        writer.endNested(nested)
    }

    private func write(_ address: IPAddress, _ attribute: IPVSEnumeration, to writer: inout NetlinkWriter) {
        let start = writer.beginAttribute(attribute.number)
        if family == .ipv4 {
            writer.append(UInt32(truncatingIfNeeded: address.value).bigEndian)
            for _ in 1..<Self.addressLength / 4 { writer.append(UInt32(0)) }
        } else {
            writer.append(address.value.bigEndian)
        }
        writer.endAttribute(start)
    }

    // MARK: Reading

    /// A virtual server of a dump; nil for one of the other family, or that lacks what names it.
    func readServer(_ message: NetlinkMessage) -> (key: VirtualServerKey, settings: VirtualServerSettings)? {
        guard message.payload.count >= 4,
            let server = message.attributes(after: 4)[IPVS_CMD_ATTR_SERVICE.number]?.nested,
            server[IPVS_SVC_ATTR_AF.number]?.native == UInt32(addressFamily),
            let key = readKey(server)
        else { return nil }
        var settings = VirtualServerSettings(
            scheduler: server[IPVS_SVC_ATTR_SCHED_NAME.number]?.string ?? "",
            timeout: server[IPVS_SVC_ATTR_TIMEOUT.number]?.native ?? 0)
        if let payload = server[IPVS_SVC_ATTR_FLAGS.number]?.payload, payload.count >= 4 {
            settings.flags = payload.integer(UInt32.self, at: 0) & ~UInt32(IP_VS_SVC_F_HASHED)
        }
        // What the kernel keeps of persistence that was taken back.
        if settings.flags & VirtualServerSettings.persistent == 0 { settings.timeout = 0 }
        return (key, settings)
    }

    private func readKey(_ server: NetlinkAttributes) -> VirtualServerKey? {
        if let mark = server[IPVS_SVC_ATTR_FWMARK.number]?.native { return .mark(mark) }
        guard let address = readAddress(server[IPVS_SVC_ATTR_ADDR.number]),
            let port = server[IPVS_SVC_ATTR_PORT.number],
            let number = server[IPVS_SVC_ATTR_PROTOCOL.number]?.native,
            let transport = TransportProtocol(rawValue: UInt8(truncatingIfNeeded: number))
        else { return nil }
        return .frontend(FrontendKey(address, UInt16(truncatingIfNeeded: port.bigEndian), transport))
    }

    /// An endpoint of a dump; nil for one that lacks what names it.
    func readEndpoint(_ message: NetlinkMessage) -> (address: EndpointAddress, facts: KernelServer.Endpoint)? {
        guard message.payload.count >= 4,
            let endpoint = message.attributes(after: 4)[IPVS_CMD_ATTR_DEST.number]?.nested,
            let address = readAddress(endpoint[IPVS_DEST_ATTR_ADDR.number]),
            let port = endpoint[IPVS_DEST_ATTR_PORT.number]
        else { return nil }
        func number(_ attribute: IPVSEnumeration) -> UInt32 { endpoint[attribute.number]?.native ?? 0 }
        let method = number(IPVS_DEST_ATTR_FWD_METHOD) & UInt32(IP_VS_CONN_F_FWD_MASK)
        let facts = KernelServer.Endpoint(
            weight: number(IPVS_DEST_ATTR_WEIGHT),
            connections: Int(number(IPVS_DEST_ATTR_ACTIVE_CONNS)) + Int(number(IPVS_DEST_ATTR_INACT_CONNS)),
            isTranslating: method == UInt32(IP_VS_CONN_F_MASQ))
        return (EndpointAddress(address, UInt16(truncatingIfNeeded: port.bigEndian)), facts)
    }

    private func readAddress(_ attribute: NetlinkAttribute?) -> IPAddress? {
        let length = family.bitWidth / 8
        guard let payload = attribute?.payload, payload.count >= length else { return nil }
        return IPAddress(bytes: payload.prefix(length))
    }
}

/// C's anonymous enumerations arrive as plain integers.
typealias IPVSEnumeration = Int

extension IPVSEnumeration {
    fileprivate var number: UInt16 { UInt16(self) }
}

extension NetlinkAttribute {
    /// A number in the machine's byte order of 2 or 4 bytes; nil for another length.
    fileprivate var native: UInt32? {
        switch payload.count {
        case 2: UInt32(payload.integer(UInt16.self, at: 0))
        case 4: payload.integer(UInt32.self, at: 0)
        default: nil
        }
    }
}
