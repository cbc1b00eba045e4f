internal import CGenericNetlink
internal import CIPVS
internal import Glibc
internal import LinuxSystem
internal import Netlink
internal import NetworkAddress
internal import ServiceModel

/// IPVS' virtual servers as libnl reads them, to check what ``IPVSCodec`` wrote.
struct LibnlServers: ~Copyable {
    private let family: IPFamily
    private let type: UInt16
    private var socket: NetlinkSocket

    private var addressFamily: UInt16 { family == .ipv4 ? UInt16(AF_INET) : UInt16(AF_INET6) }

    /// - Throws: ENOENT where the kernel has no IPVS.
    init(_ family: IPFamily) throws(SystemError) {
        guard let type = try GenericFamily.number("IPVS") else {
            throw SystemError("list virtual servers", code: ENOENT, kernelMessage: "this kernel has no IPVS")
        }
        socket = try NetlinkSocket(protocol: NETLINK_GENERIC)
        self.family = family
        self.type = type
    }

    /// All virtual servers of the family, without their endpoints.
    mutating func servers() throws(SystemError) -> [VirtualServerKey: VirtualServerSettings] {
        var found: [VirtualServerKey: VirtualServerSettings] = [:]
        let family = family
        try request(IPVS_CMD_GET_SERVICE) { _ in
        } answer: { message in
            if let (key, settings) = Self.server(message, family) { found[key] = settings }
        }
        return found
    }

    /// The endpoints of one of them.
    mutating func endpoints(of key: VirtualServerKey) throws(SystemError) -> [EndpointAddress: KernelServer.Endpoint] {
        var found: [EndpointAddress: KernelServer.Endpoint] = [:]
        let (family, addressFamily) = (family, addressFamily)
        try request(IPVS_CMD_GET_DEST) { message in
            message.nest(IPVS_CMD_ATTR_SERVICE) { message in
                message.put(IPVS_SVC_ATTR_AF, addressFamily)
                switch key {
                case .mark(let mark): message.put(IPVS_SVC_ATTR_FWMARK, mark)
                case .frontend(let key):
                    message.put(IPVS_SVC_ATTR_PROTOCOL, UInt16(key.transport.rawValue))
                    // union nf_inet_addr has room for both families.
                    if family == .ipv4 {
                        message.put(
                            IPVS_SVC_ATTR_ADDR, UInt128(UInt32(truncatingIfNeeded: key.ip.value).bigEndian))
                    } else {
                        message.put(IPVS_SVC_ATTR_ADDR, key.ip.value.bigEndian)
                    }
                    message.put(IPVS_SVC_ATTR_PORT, key.port.bigEndian)
                }
            }
        } answer: { message in
            if let (address, facts) = Self.endpoint(message, family) { found[address] = facts }
        }
        return found
    }

    private mutating func request(
        _ command: IPVSEnumeration, _ fill: (borrowing IPVSMessage) -> Void, answer: (LibnlAttributes) -> Void
    ) throws(SystemError) {
        let sequence = socket.reserveSequence()
        let message = try IPVSMessage(type: type, command: command, flags: NLM_F_DUMP, sequence: sequence)
        fill(message)
        var writer = NetlinkWriter()
        message.append(to: &writer)
        do throws(SystemError) {
            try socket.request(writer.bytes, sequence: sequence, operation: "list virtual servers") {
                if let attributes = LibnlAttributes(message: $0.whole) { answer(attributes) }
            }
        } catch  where error.isInterruptedDump || error.code == ESRCH {
            // They changed meanwhile, or there is no such virtual server any more: what was seen still counts.
        }
    }

    private static func server(
        _ message: LibnlAttributes, _ family: IPFamily
    ) -> (VirtualServerKey, VirtualServerSettings)? {
        guard let server = message.nested(IPVS_CMD_ATTR_SERVICE),
            server.number(IPVS_SVC_ATTR_AF) == UInt32(family == .ipv4 ? AF_INET : AF_INET6)
        else { return nil }
        let key: VirtualServerKey
        if let mark = server.number(IPVS_SVC_ATTR_FWMARK) {
            key = .mark(mark)
        } else {
            guard let address = server.address(IPVS_SVC_ATTR_ADDR, family), let port = server.port(IPVS_SVC_ATTR_PORT),
                let transport = server.number(IPVS_SVC_ATTR_PROTOCOL).flatMap({
                    TransportProtocol(rawValue: UInt8(truncatingIfNeeded: $0))
                })
            else { return nil }
            key = .frontend(FrontendKey(address, port, transport))
        }
        var settings = VirtualServerSettings(
            scheduler: server.text(IPVS_SVC_ATTR_SCHED_NAME), timeout: server.number(IPVS_SVC_ATTR_TIMEOUT) ?? 0)
        settings.flags = (server.number(IPVS_SVC_ATTR_FLAGS) ?? 0) & ~UInt32(IP_VS_SVC_F_HASHED)
        if settings.flags & VirtualServerSettings.persistent == 0 { settings.timeout = 0 }
        return (key, settings)
    }

    private static func endpoint(
        _ message: LibnlAttributes, _ family: IPFamily
    ) -> (EndpointAddress, KernelServer.Endpoint)? {
        guard let endpoint = message.nested(IPVS_CMD_ATTR_DEST),
            let address = endpoint.address(IPVS_DEST_ATTR_ADDR, family), let port = endpoint.port(IPVS_DEST_ATTR_PORT)
        else { return nil }
        let method = (endpoint.number(IPVS_DEST_ATTR_FWD_METHOD) ?? 0) & UInt32(IP_VS_CONN_F_FWD_MASK)
        return (
            EndpointAddress(address, port),
            KernelServer.Endpoint(
                weight: endpoint.number(IPVS_DEST_ATTR_WEIGHT) ?? 0,
                isTranslating: method == UInt32(IP_VS_CONN_F_MASQ))
        )
    }
}

/// The attributes of a message, found by libnl.
struct LibnlAttributes {
    private let bytes: [UInt8]

    /// Those behind the headers of a generic netlink message; nil for one that is cut short.
    init?(message: ArraySlice<UInt8>) {
        guard message.count >= 20 else { return nil }
        bytes = Array(message.dropFirst(20))
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func payload(_ attribute: Int) -> [UInt8]? {
        unsafe bytes.withUnsafeBytes { raw in
            guard raw.count >= 4, let start = unsafe raw.baseAddress?.assumingMemoryBound(to: nlattr.self),
                let found = unsafe nla_find(start, Int32(raw.count), Int32(attribute)),
                let data = unsafe nla_data(found)
            else { return nil }
            return unsafe Array(UnsafeRawBufferPointer(start: data, count: max(0, Int(nla_len(found)))))
        }
    }

    func nested(_ attribute: Int) -> LibnlAttributes? { payload(attribute).map { LibnlAttributes(bytes: $0) } }

    /// In the byte order of the machine, of 2 bytes or the first 4.
    func number(_ attribute: Int) -> UInt32? {
        guard let payload = payload(attribute) else { return nil }
        if payload.count == 2 { return UInt32(payload[...].integer(UInt16.self, at: 0)) }
        return payload.count >= 4 ? payload[...].integer(UInt32.self, at: 0) : nil
    }

    func port(_ attribute: Int) -> UInt16? {
        payload(attribute).flatMap { $0.count >= 2 ? UInt16($0[0]) << 8 | UInt16($0[1]) : nil }
    }

    func address(_ attribute: Int, _ family: IPFamily) -> IPAddress? {
        payload(attribute).flatMap { IPAddress(bytes: $0.prefix(family.bitWidth / 8)) }
    }

    func text(_ attribute: Int) -> String {
        String(decoding: (payload(attribute) ?? []).prefix { $0 != 0 }, as: UTF8.self)
    }
}
