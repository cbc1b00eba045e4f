internal import CHost
internal import Glibc
public import LinuxSystem
internal import Netlink

/// A network device, as the kernel lists it (RTM_NEWLINK of linux/rtnetlink.h).
public struct NetworkDevice: Hashable, Sendable {
    public var index: UInt32
    public var name: String
    /// Bytes.
    public var mtu: Int
    /// `bridge`, `veth`, `vxlan`, ...; empty for hardware and loopback.
    public var kind: String
    /// The bridge or bond that it is a port of; 0: none.
    public var master: UInt32
    /// The device that its packets go out by, for devices such as VLANs and tunnels; 0: not known.
    public var lower: UInt32
    public var isUp: Bool
    public var isLoopback: Bool

    public init(
        index: UInt32, name: String, mtu: Int, kind: String = "", master: UInt32 = 0, lower: UInt32 = 0,
        isUp: Bool = true, isLoopback: Bool = false
    ) {
        self.index = index
        self.name = name
        self.mtu = mtu
        self.kind = kind
        self.master = master
        self.lower = lower
        self.isUp = isUp
        self.isLoopback = isLoopback
    }

    /// The devices of the calling thread's network namespace; needs no privilege.
    public static func all() throws(SystemError) -> [NetworkDevice] {
        var socket = try NetlinkSocket(protocol: NETLINK_ROUTE)
        var devices: [UInt32: NetworkDevice] = [:]
        do throws(SystemError) {
            try NetlinkSocket.untilConsistent { () throws(SystemError) in
                devices = [:]
                let sequence = socket.reserveSequence()
                var writer = NetlinkWriter()
                writer.beginMessage(
                    type: UInt16(RTM_GETLINK), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP), sequence: sequence)
                // struct ifinfomsg
                writer.append(UInt64(0))
                writer.append(UInt64(0))
                writer.endMessage()
                try socket.request(writer.bytes, sequence: sequence, operation: "list devices") { message in
                    if let device = NetworkDevice(message) { devices[device.index] = device }
                }
            }
        } catch  where error.isInterruptedDump {
            // Devices come and go all the time: what was seen last still counts.
        }
        return devices.values.sorted { $0.index < $1.index }
    }

    /// Nil for other messages.
    init?(_ message: NetlinkMessage) {
        guard message.type == UInt16(RTM_NEWLINK), message.payload.count >= 16 else { return nil }
        let attributes = message.attributes(after: 16)
        guard let name = attributes[UInt16(IFLA_IFNAME)]?.string else { return nil }
        func number(_ type: Int) -> UInt32 {
            guard let payload = attributes[UInt16(type)]?.payload, payload.count >= 4 else { return 0 }
            return payload.integer(UInt32.self, at: 0)
        }
        let flags = message.payload.integer(UInt32.self, at: 8)
        self.init(
            index: message.payload.integer(UInt32.self, at: 4), name: name, mtu: Int(number(Int(IFLA_MTU))),
            kind: attributes[UInt16(IFLA_LINKINFO)]?.nested[UInt16(IFLA_INFO_KIND)]?.string ?? "",
            master: number(Int(IFLA_MASTER)), lower: number(Int(IFLA_LINK)), isUp: flags & UInt32(IFF_UP) != 0,
            isLoopback: flags & UInt32(IFF_LOOPBACK) != 0)
    }

    /// Makes a device in the calling thread's network namespace. For probes in a temporary namespace.
    ///
    /// - Throws: EOPNOTSUPP where the kernel has no such devices.
    public static func add(_ name: String, kind: String) throws(SystemError) {
        var socket = try NetlinkSocket(protocol: NETLINK_ROUTE)
        let sequence = socket.reserveSequence()
        var writer = NetlinkWriter()
        writer.beginMessage(
            type: UInt16(RTM_NEWLINK), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL),
            sequence: sequence)
        writer.append(UInt64(0))
        writer.append(UInt64(0))
        writer.attribute(UInt16(IFLA_IFNAME), string: name)
        let information = writer.beginNested(UInt16(IFLA_LINKINFO))
        writer.attribute(UInt16(IFLA_INFO_KIND), string: kind)
        writer.endNested(information)
        writer.endMessage()
        try socket.request(writer.bytes, sequence: sequence, operation: "make a device of kind \(kind)") { _ in }
    }
}
