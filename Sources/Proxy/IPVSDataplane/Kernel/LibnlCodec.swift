internal import CGenericNetlink
internal import CIPVS
internal import Glibc
internal import LinuxSystem
internal import Netlink
internal import NetworkAddress
internal import ServiceModel

/// The messages of ``IPVSCodec``, each built by libnl: a subject of the benchmark beside ours.
struct LibnlCodec {
    let family: IPFamily
    /// The number of the generic netlink family, which the kernel gave it.
    let type: UInt16

    private var addressFamily: UInt16 { family == .ipv4 ? UInt16(AF_INET) : UInt16(AF_INET6) }

    /// Room for the longest message, so that libnl does not take a page for each.
    private static let messageSize = 256

    /// Messages that ask for no acknowledgement, with sequence numbers from `first` on.
    ///
    /// - Throws: ENOMEM.
    func write(
        _ commands: some Sequence<IPVSCommand>, first: UInt32, to writer: inout NetlinkWriter
    ) throws(SystemError) {
        var sequence = first
        for command in commands {
            let message = try LibnlMessage(
                size: Self.messageSize, type: type, command: command.number, sequence: sequence)
            fill(message, command)
            message.append(to: &writer)
            sequence &+= 1
        }
    }

    private func fill(_ message: borrowing LibnlMessage, _ command: IPVSCommand) {
        switch command {
        case .addServer(let key, let settings), .setServer(let key, let settings): put(key, settings, message)
        case .removeServer(let key): put(key, nil, message)
        case .addEndpoint(let key, let endpoint, let weight), .setEndpoint(let key, let endpoint, let weight):
            put(key, nil, message)
            put(endpoint, weight: weight, message)
        case .removeEndpoint(let key, let endpoint):
            put(key, nil, message)
            put(endpoint, weight: nil, message)
        }
    }

    private func put(
        _ key: VirtualServerKey, _ settings: VirtualServerSettings?, _ message: borrowing LibnlMessage
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
            message.put(IPVS_SVC_ATTR_FLAGS, ip_vs_flags(flags: settings.flags, mask: .max))
            message.put(IPVS_SVC_ATTR_TIMEOUT, settings.timeout)
            message.put(IPVS_SVC_ATTR_NETMASK, family == .ipv4 ? UInt32.max : 128)
        }
    }

    private func put(_ endpoint: EndpointAddress, weight: UInt16?, _ message: borrowing LibnlMessage) {
        message.nest(IPVS_CMD_ATTR_DEST) { message in
            message.put(IPVS_DEST_ATTR_ADDR_FAMILY, addressFamily)
            put(endpoint.ip, IPVS_DEST_ATTR_ADDR, message)
            message.put(IPVS_DEST_ATTR_PORT, endpoint.port.bigEndian)
            guard let weight else { return }
            message.put(IPVS_DEST_ATTR_FWD_METHOD, UInt32(IP_VS_CONN_F_MASQ))
            message.put(IPVS_DEST_ATTR_WEIGHT, UInt32(weight))
            message.put(IPVS_DEST_ATTR_U_THRESH, UInt32(0))
            message.put(IPVS_DEST_ATTR_L_THRESH, UInt32(0))
        }
    }

    /// In a union nf_inet_addr, which has room for both families.
    private func put(_ address: IPAddress, _ attribute: Int, _ message: borrowing LibnlMessage) {
        if family == .ipv4 {
            message.put(attribute, UInt128(UInt32(truncatingIfNeeded: address.value).bigEndian))
        } else {
            message.put(attribute, address.value.bigEndian)
        }
    }
}

extension IPVSCommand {
    /// Of linux/ip_vs.h.
    fileprivate var number: Int {
        switch self {
        case .addServer: IPVS_CMD_NEW_SERVICE
        case .setServer: IPVS_CMD_SET_SERVICE
        case .removeServer: IPVS_CMD_DEL_SERVICE
        case .addEndpoint: IPVS_CMD_NEW_DEST
        case .setEndpoint: IPVS_CMD_SET_DEST
        case .removeEndpoint: IPVS_CMD_DEL_DEST
        }
    }
}

/// One message in libnl's hands.
@safe
private struct LibnlMessage: ~Copyable {
    private let message: OpaquePointer

    init(size: Int, type: UInt16, command: Int, sequence: UInt32) throws(SystemError) {
        guard let message = unsafe nlmsg_alloc_size(size) else {
            throw SystemError("build an IPVS message", code: ENOMEM)
        }
        // The size has room for the headers.
        _ = unsafe genlmsg_put(
            message, 0, sequence, Int32(type), 0, NLM_F_REQUEST, UInt8(command), UInt8(IPVS_GENL_VERSION))
        unsafe self.message = unsafe message
    }

    deinit { unsafe nlmsg_free(message) }

    func put<Value: BitwiseCopyable>(_ attribute: Int, _ value: Value) {
        _ = unsafe withUnsafeBytes(of: value) { raw in
            unsafe nla_put(message, Int32(attribute), Int32(raw.count), raw.baseAddress)
        }
    }

    func put(_ attribute: Int, _ text: String) { _ = unsafe nla_put_string(message, Int32(attribute), text) }

    func nest(_ attribute: Int, _ body: (borrowing LibnlMessage) -> Void) {
        let start = unsafe nla_nest_start(message, Int32(attribute))
        body(self)
        if let start = unsafe start { unsafe nla_nest_end(message, start) }
    }

    func append(to writer: inout NetlinkWriter) {
        guard let header = unsafe nlmsg_hdr(message) else { return }
        unsafe writer.append(
            message: UnsafeRawBufferPointer(start: header, count: Int(header.pointee.nlmsg_len)))
    }
}
