internal import CLinux
internal import Glibc
public import LinuxSystem
public import NetworkAddress
internal import Synchronization

/// Devices, addresses and routes of the network namespace in which it was opened (linux/rtnetlink.h).
public struct RouteSocket: ~Copyable {
    var socket: NetlinkSocket

    public init() throws(SystemError) {
        socket = try NetlinkSocket(protocol: NETLINK_ROUTE)
        let port = socket.port
        Self.ports.withLock { _ = $0.insert(port) }
    }

    deinit {
        let port = socket.port
        Self.ports.withLock { _ = $0.remove(port) }
    }

    /// Sockets of this process, by which its own changes are told from those of others.
    private static let ports = Mutex<Set<UInt32>>([])

    static func isOwn(_ port: UInt32) -> Bool { ports.withLock { $0.contains(port) } }

    // MARK: Devices

    /// The number of a device; nil if there is none of this name.
    public mutating func device(_ name: String) throws(SystemError) -> UInt32? {
        var index: UInt32?
        do {
            try send(UInt16(RTM_GETLINK), operation: "look up device \(name)") { writer in
                Self.deviceHeader(0, to: &writer)
                writer.attribute(UInt16(IFLA_IFNAME), string: name)
            } answer: { message in
                if message.payload.count >= 16 { index = message.payload.integer(UInt32.self, at: 4) }
            }
        } catch {
            guard error.code == ENODEV else { throw error }
            return nil
        }
        return index
    }

    /// Makes a device and returns its number. It stays down.
    ///
    /// - Parameters:
    ///   - kind: `bridge`, `dummy`.
    ///   - hardwareAddress: six bytes, which stay; nil: the kernel chooses, and a bridge has the lowest one of its ports, whichever
    ///     these are.
    /// - Throws: EEXIST if there is a device of this name; EOPNOTSUPP if the kernel has no such devices.
    public mutating func addDevice(
        _ name: String, kind: String, hardwareAddress: [UInt8]? = nil
    ) throws(SystemError) -> UInt32 {
        try send(UInt16(RTM_NEWLINK), NLM_F_CREATE | NLM_F_EXCL, operation: "make \(kind) \(name)") { writer in
            Self.deviceHeader(0, to: &writer)
            writer.attribute(UInt16(IFLA_IFNAME), string: name)
            if let hardwareAddress { writer.attribute(UInt16(IFLA_ADDRESS), bytes: hardwareAddress) }
            let information = writer.beginNested(UInt16(IFLA_LINKINFO))
            writer.attribute(UInt16(IFLA_INFO_KIND), string: kind)
            writer.endNested(information)
        }
        return try found(name)
    }

    /// Makes a pair of devices: `name` here, as a port of the bridge if one is given, and `peer` in another namespace.
    public mutating func addPair(
        _ name: String, bridge: UInt32? = nil, peer: String, in namespace: NetworkNamespace
    ) throws(SystemError) {
        try send(UInt16(RTM_NEWLINK), NLM_F_CREATE | NLM_F_EXCL, operation: "make device \(name)") { writer in
            Self.deviceHeader(0, isUp: true, to: &writer)
            writer.attribute(UInt16(IFLA_IFNAME), string: name)
            if let bridge { writer.attribute(UInt16(IFLA_MASTER), native: bridge) }
            let information = writer.beginNested(UInt16(IFLA_LINKINFO))
            writer.attribute(UInt16(IFLA_INFO_KIND), string: "veth")
            let data = writer.beginNested(UInt16(IFLA_INFO_DATA))
            let other = writer.beginNested(UInt16(VETH_INFO_PEER))
            Self.deviceHeader(0, to: &writer)
            writer.attribute(UInt16(IFLA_IFNAME), string: peer)
            writer.attribute(UInt16(IFLA_NET_NS_FD), native: UInt32(namespace.descriptor))
            writer.endNested(other)
            writer.endNested(data)
            writer.endNested(information)
        }
    }

    public mutating func setUp(_ device: UInt32) throws(SystemError) {
        try send(UInt16(RTM_NEWLINK), operation: "set up device \(device)") { writer in
            Self.deviceHeader(device, isUp: true, to: &writer)
        }
    }

    /// Deletes a device, and the other one of its pair. A missing device is no error.
    public mutating func deleteDevice(_ name: String) throws(SystemError) {
        guard let index = try device(name) else { return }
        do {
            try send(UInt16(RTM_DELLINK), operation: "delete device \(name)") { writer in
                Self.deviceHeader(index, to: &writer)
            }
        } catch {
            if error.code != ENODEV { throw error }
        }
    }

    public mutating func found(_ name: String) throws(SystemError) -> UInt32 {
        guard let index = try device(name) else { throw SystemError("look up device \(name)", code: ENODEV) }
        return index
    }

    /// struct ifinfomsg
    private static func deviceHeader(_ index: UInt32, isUp: Bool = false, to writer: inout NetlinkWriter) {
        writer.append(UInt32(0))
        writer.append(index)
        let flags = isUp ? UInt32(IFF_UP) : 0
        writer.append(flags)
        writer.append(flags)
    }

    // MARK: Addresses and routes

    /// Adds an address to a device; for IPv6 without duplicate address detection.
    public mutating func addAddress(_ address: IPAddress, prefixLength: Int, device: UInt32) throws(SystemError) {
        try send(
            UInt16(RTM_NEWADDR), NLM_F_CREATE | NLM_F_REPLACE, operation: "add address \(address)/\(prefixLength)"
        ) { writer in
            // struct ifaddrmsg
            writer.append(address.family.number)
            writer.append(UInt8(prefixLength))
            writer.append(UInt16(0))
            writer.append(device)
            writer.attribute(UInt16(IFA_LOCAL), bytes: address.bytes)
            writer.attribute(UInt16(IFA_ADDRESS), bytes: address.bytes)
            writer.attribute(UInt16(IFA_FLAGS), native: UInt32(IFA_F_NODAD))
        }
    }

    /// Adds a route, or replaces it. Without a gateway the destination is reached on the device itself.
    public mutating func addRoute(
        to network: IPNetwork, through gateway: IPAddress? = nil, device: UInt32
    ) throws(SystemError) {
        try send(
            UInt16(RTM_NEWROUTE), NLM_F_CREATE | NLM_F_REPLACE, operation: "add route to \(network)"
        ) { writer in
            Self.routeHeader(network, hasGateway: gateway != nil, to: &writer)
            Self.destination(network, to: &writer)
            if let gateway { writer.attribute(UInt16(RTA_GATEWAY.rawValue), bytes: gateway.bytes) }
            writer.attribute(UInt16(RTA_OIF.rawValue), native: device)
        }
    }

    /// Makes all addresses of a network local to this host; `device` is the loopback device's number.
    public mutating func addLocalRoute(to network: IPNetwork, device: UInt32) throws(SystemError) {
        try send(
            UInt16(RTM_NEWROUTE), NLM_F_CREATE | NLM_F_REPLACE, operation: "add local route to \(network)"
        ) { writer in
            Self.routeHeader(
                network, table: UInt8(RT_TABLE_LOCAL.rawValue), scope: UInt8(RT_SCOPE_HOST.rawValue),
                type: UInt8(RTN_LOCAL), flags: 0, to: &writer)
            Self.destination(network, to: &writer)
            writer.attribute(UInt16(RTA_OIF.rawValue), native: device)
        }
    }

    /// Removes a route. A missing route is no error.
    public mutating func deleteRoute(to network: IPNetwork, device: UInt32) throws(SystemError) {
        do {
            try send(UInt16(RTM_DELROUTE), operation: "delete route to \(network)") { writer in
                Self.routeHeader(network, hasGateway: false, to: &writer)
                Self.destination(network, to: &writer)
                writer.attribute(UInt16(RTA_OIF.rawValue), native: device)
            }
        } catch {
            if error.code != ESRCH { throw error }
        }
    }

    private static func routeHeader(_ network: IPNetwork, hasGateway: Bool, to writer: inout NetlinkWriter) {
        let isLink = network.family == .ipv4 && !hasGateway
        routeHeader(
            network, table: UInt8(RT_TABLE_MAIN.rawValue),
            scope: UInt8(isLink ? RT_SCOPE_LINK.rawValue : RT_SCOPE_UNIVERSE.rawValue), type: UInt8(RTN_UNICAST),
            // The gateway is on the device although no route says so.
            flags: UInt32(hasGateway ? RTNH_F_ONLINK : 0), to: &writer)
    }

    /// struct rtmsg
    private static func routeHeader(
        _ network: IPNetwork, table: UInt8, scope: UInt8, type: UInt8, flags: UInt32, to writer: inout NetlinkWriter
    ) {
        writer.append(network.address.family.number)
        writer.append(UInt8(network.prefixLength))
        writer.append(UInt16(0))
        writer.append(table)
        writer.append(UInt8(RTPROT_BOOT))
        writer.append(scope)
        writer.append(type)
        writer.append(flags)
    }

    private static func destination(_ network: IPNetwork, to writer: inout NetlinkWriter) {
        guard network.prefixLength > 0 else { return }
        writer.attribute(UInt16(RTA_DST.rawValue), bytes: network.address.bytes)
    }

    // MARK: Requests

    /// Makes the kernel filter dumps by the request (Linux 4.20; older kernels list everything).
    public func filterDumps() { socket.filterDumps() }

    /// Lists something, and again where it changes meanwhile.
    mutating func dump(
        _ operation: String, _ write: (inout NetlinkWriter, UInt32) -> Void, _ body: (NetlinkMessage) -> Void
    ) throws(SystemError) {
        try NetlinkSocket.untilConsistent { () throws(SystemError) in
            let sequence = socket.reserveSequence()
            var writer = NetlinkWriter()
            write(&writer, sequence)
            try socket.request(writer.bytes, sequence: sequence, operation: operation, body)
        }
    }

    /// Sends a request that is answered with a message and an acknowledgement.
    mutating func ask(
        _ operation: String, _ write: (inout NetlinkWriter, UInt32) -> Void, answer: (NetlinkMessage) -> Void
    ) throws(SystemError) {
        let sequence = socket.reserveSequence()
        var writer = NetlinkWriter()
        write(&writer, sequence)
        try socket.request(writer.bytes, sequence: sequence, operation: operation, answer)
    }

    private mutating func send(
        _ type: UInt16, _ flags: Int32 = 0, operation: String, _ write: (inout NetlinkWriter) -> Void,
        answer: (NetlinkMessage) -> Void = { _ in }
    ) throws(SystemError) {
        let sequence = socket.reserveSequence()
        var writer = NetlinkWriter()
        writer.beginMessage(type: type, flags: UInt16(NLM_F_REQUEST | NLM_F_ACK | flags), sequence: sequence)
        write(&writer)
        writer.endMessage()
        try socket.request(writer.bytes, sequence: sequence, operation: operation, answer)
    }
}
