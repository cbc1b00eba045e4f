internal import CIPVS
internal import LinuxSystem
internal import Netlink
internal import NetworkAddress
internal import ServiceModel

/// Builds, with libnl, and parses IPVS' generic netlink messages (linux/ip_vs.h).
struct IPVSCodec {
    let family: IPFamily
    /// The number of the generic netlink family, which the kernel gave it.
    let type: UInt16

    private var addressFamily: UInt16 { family == .ipv4 ? UInt16(AF_INET) : UInt16(AF_INET6) }

    // MARK: Writing

    /// Messages that ask for no acknowledgement, with sequence numbers from `first` on.
    ///
    /// - Throws: ENOMEM.
    func write(
        _ commands: some Sequence<IPVSCommand>, first: UInt32, to writer: inout NetlinkWriter
    ) throws(SystemError) {
        var sequence = first
        for command in commands {
            let message = try IPVSMessage(type: type, command: command.number, sequence: sequence)
            fill(message, command)
            message.append(to: &writer)
            sequence &+= 1
        }
    }

    /// A request for all virtual servers, of both families.
    func serverDump(sequence: UInt32) throws(SystemError) -> [UInt8] {
        try request(IPVS_CMD_GET_SERVICE, NLM_F_DUMP, sequence) { _ in }
    }

    /// A request for all endpoints of a virtual server.
    func endpointDump(of key: VirtualServerKey, sequence: UInt32) throws(SystemError) -> [UInt8] {
        try request(IPVS_CMD_GET_DEST, NLM_F_DUMP, sequence) { put(key, nil, $0) }
    }

    /// Sets the timeouts that are not zero.
    func timeouts(_ timeouts: IPVSConfiguration.Timeouts, sequence: UInt32) throws(SystemError) -> [UInt8] {
        try request(IPVS_CMD_SET_CONFIG, NLM_F_ACK, sequence) {
            if timeouts.tcp > 0 { $0.put(IPVS_CMD_ATTR_TIMEOUT_TCP, timeouts.tcp) }
            if timeouts.tcpFin > 0 { $0.put(IPVS_CMD_ATTR_TIMEOUT_TCP_FIN, timeouts.tcpFin) }
            if timeouts.udp > 0 { $0.put(IPVS_CMD_ATTR_TIMEOUT_UDP, timeouts.udp) }
        }
    }

    private func request(
        _ command: IPVSEnumeration, _ flags: Int32, _ sequence: UInt32, _ body: (borrowing IPVSMessage) -> Void
    ) throws(SystemError) -> [UInt8] {
        let message = try IPVSMessage(type: type, command: command, flags: flags, sequence: sequence)
        body(message)
        var writer = NetlinkWriter()
        message.append(to: &writer)
        return writer.bytes
    }

    private func fill(_ message: borrowing IPVSMessage, _ command: IPVSCommand) {
        switch command {
        case .addServer(let key, let settings), .setServer(let key, let settings): put(key, settings, message)
        case .removeServer(let key): put(key, nil, message)
        case .addEndpoint(let key, let endpoint, let weight), .setEndpoint(let key, let endpoint, let weight):
            put(key, nil, message)
            put(endpoint, weight: weight, message)
        case .removeEndpoint(let key, let endpoint):
            put(key, nil, message)
            put(endpoint, weight: nil, message)
        case .addLocalDelivery(let key, let family):
            put(key, nil, message)
            // An address of this host with direct routing: the packet goes on as it is.
            put(
                EndpointAddress(.loopback(family), 0), weight: 1, method: UInt32(IP_VS_CONN_F_DROUTE), message)
        }
    }

    /// Without settings: only what names the virtual server.
    private func put(
        _ key: VirtualServerKey, _ settings: VirtualServerSettings?, _ message: borrowing IPVSMessage
    ) {
        message.nest(IPVS_CMD_ATTR_SERVICE) { message in
            message.put(IPVS_SVC_ATTR_AF, addressFamily)
            switch key {
            case .mark(let mark): message.put(IPVS_SVC_ATTR_FWMARK, mark)
            case .frontend(let key):
                message.put(IPVS_SVC_ATTR_PROTOCOL, UInt16(key.transport.rawValue))
                put(key.ip, IPVS_SVC_ATTR_ADDR, message)
                message.put(IPVS_SVC_ATTR_PORT, key.port.bigEndian)
            }
            guard let settings else { return }
            message.put(IPVS_SVC_ATTR_SCHED_NAME, settings.scheduler)
            // The flags, and which of them count.
            message.put(IPVS_SVC_ATTR_FLAGS, ip_vs_flags(flags: settings.flags, mask: .max))
            message.put(IPVS_SVC_ATTR_TIMEOUT, settings.timeout)
            // Every client counts by itself: a mask of 32 bits, or a prefix length of 128.
            message.put(IPVS_SVC_ATTR_NETMASK, family == .ipv4 ? UInt32.max : 128)
        }
    }

    /// Without a weight: only what names the endpoint.
    private func put(
        _ endpoint: EndpointAddress, weight: UInt16?, method: UInt32 = UInt32(IP_VS_CONN_F_MASQ),
        _ message: borrowing IPVSMessage
    ) {
        message.nest(IPVS_CMD_ATTR_DEST) { message in
            message.put(IPVS_DEST_ATTR_ADDR_FAMILY, addressFamily)
            put(endpoint.ip, IPVS_DEST_ATTR_ADDR, message)
            message.put(IPVS_DEST_ATTR_PORT, endpoint.port.bigEndian)
            guard let weight else { return }
            message.put(IPVS_DEST_ATTR_FWD_METHOD, method)
            message.put(IPVS_DEST_ATTR_WEIGHT, UInt32(weight))
            message.put(IPVS_DEST_ATTR_U_THRESH, UInt32(0))
            message.put(IPVS_DEST_ATTR_L_THRESH, UInt32(0))
        }
    }

    /// In a union nf_inet_addr, which has room for both families.
    private func put(_ address: IPAddress, _ attribute: IPVSEnumeration, _ message: borrowing IPVSMessage) {
        if family == .ipv4 {
            message.put(attribute, UInt128(UInt32(truncatingIfNeeded: address.value).bigEndian))
        } else {
            message.put(attribute, address.value.bigEndian)
        }
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
            active: Int(number(IPVS_DEST_ATTR_ACTIVE_CONNS)),
            isTranslating: method == UInt32(IP_VS_CONN_F_MASQ))
        return (EndpointAddress(address, UInt16(truncatingIfNeeded: port.bigEndian)), facts)
    }

    private func readAddress(_ attribute: NetlinkAttribute?) -> IPAddress? {
        let length = family.bitWidth / 8
        guard let payload = attribute?.payload, payload.count >= length else { return nil }
        return IPAddress(bytes: payload.prefix(length))
    }
}

extension IPVSCommand {
    /// Of linux/ip_vs.h.
    fileprivate var number: IPVSEnumeration {
        switch self {
        case .addServer: IPVS_CMD_NEW_SERVICE
        case .setServer: IPVS_CMD_SET_SERVICE
        case .removeServer: IPVS_CMD_DEL_SERVICE
        case .addEndpoint, .addLocalDelivery: IPVS_CMD_NEW_DEST
        case .setEndpoint: IPVS_CMD_SET_DEST
        case .removeEndpoint: IPVS_CMD_DEL_DEST
        }
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
