internal import CLinux
import Glibc
public import NetworkAddress

/// Talks ARP and neighbour discovery at one device, for addresses that the kernel does not know as its own. Needs
/// CAP_NET_RAW.
public final class NeighborSocket: Sendable {
    /// The device's number.
    public let device: UInt32
    /// 6 bytes.
    public let hardwareAddress: [UInt8]
    private let arp: Int32
    /// Sockets for IPv6 packets and for sending; nil where the device has no IPv6.
    private let ipv6: (packets: Int32, sending: Int32)?

    private static let ethernetARP: UInt16 = 0x0806
    private static let ethernetIPv6: UInt16 = 0x86DD
    private static let neighborSolicitation: UInt8 = 135
    private static let mostBytes = 2048
    /// Packets of one look.
    private static let mostPackets = 256

    /// A packet that came, without its link header.
    public enum Packet: Hashable, Sendable {
        case arp([UInt8])
        /// With its IPv6 header.
        case ipv6([UInt8])
    }

    /// - Throws: ENODEV for a device without hardware addresses of Ethernet's kind.
    public init(device: UInt32) throws(SystemError) {
        self.device = device
        var hardware = [UInt8](repeating: 0, count: 6)
        let arp = try SystemCall.run("open a socket for ARP") {
            unsafe viaduct_open_packets(Self.ethernetARP, device, &hardware)
        }
        self.arp = arp
        hardwareAddress = hardware
        do throws(SystemError) {
            ipv6 = try Self.openIPv6(device)
        } catch {
            // A kernel without IPv6 is no reason not to speak ARP.
            guard error.code == EAFNOSUPPORT || error.code == ENODEV else {
                SystemCall.close(arp)
                throw error
            }
            ipv6 = nil
        }
    }

    private static func openIPv6(_ device: UInt32) throws(SystemError) -> (packets: Int32, sending: Int32) {
        var hardware = [UInt8](repeating: 0, count: 6)
        let sending = try SystemCall.run("open a socket for neighbour discovery") { viaduct_open_icmpv6(device) }
        var packets: Int32 = -1
        do throws(SystemError) {
            packets = try SystemCall.run("open a socket for IPv6 packets") {
                unsafe viaduct_open_packets(ethernetIPv6, device, &hardware)
            }
            try SocketFilter(icmpv6Type: neighborSolicitation).attach(to: packets)
            return (packets, sending)
        } catch {
            if packets >= 0 { SystemCall.close(packets) }
            SystemCall.close(sending)
            throw error
        }
    }

    deinit {
        SystemCall.close(arp)
        if let ipv6 {
            SystemCall.close(ipv6.packets)
            SystemCall.close(ipv6.sending)
        }
    }

    /// Sends an ARP packet to a hardware address of 6 bytes.
    public func send(arp bytes: [UInt8], to hardware: [UInt8]) throws(SystemError) {
        guard hardware.count == 6 else { throw SystemError("send ARP", code: EINVAL) }
        try SystemCall.run("send ARP") {
            unsafe viaduct_send_packet(arp, Self.ethernetARP, device, hardware, bytes, bytes.count)
        }
    }

    /// Sends a message of ICMPv6; the kernel fills in its checksum.
    public func send(icmpv6 bytes: [UInt8], to address: IPAddress) throws(SystemError) {
        guard let ipv6, address.family == .ipv6 else { throw SystemError("send ICMPv6", code: EAFNOSUPPORT) }
        try SystemCall.run("send ICMPv6") {
            unsafe viaduct_send_icmpv6(ipv6.sending, device, address.bytes, bytes, bytes.count)
        }
    }

    /// Joins or leaves a multicast group of IPv6. Memberships add up, and end with the socket.
    public func setMember(_ isMember: Bool, of group: IPAddress) throws(SystemError) {
        guard let ipv6, group.family == .ipv6 else { throw SystemError("join a group", code: EAFNOSUPPORT) }
        try SystemCall.run("join or leave \(group)") {
            unsafe viaduct_join_group(ipv6.sending, device, group.bytes, isMember ? 1 : 0)
        }
    }

    /// All that came, without waiting.
    public func receive() throws(SystemError) -> [Packet] {
        var packets: [Packet] = []
        while let bytes = try Self.next(arp), packets.count < Self.mostPackets { packets.append(.arp(bytes)) }
        guard let ipv6 else { return packets }
        while let bytes = try Self.next(ipv6.packets), packets.count < 2 * Self.mostPackets {
            packets.append(.ipv6(bytes))
        }
        return packets
    }

    private static func next(_ descriptor: Int32) throws(SystemError) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: mostBytes)
        do throws(SystemError) {
            let count = try SystemCall.run("receive a packet") {
                unsafe bytes.withUnsafeMutableBytes { raw in unsafe recv(descriptor, raw.baseAddress, raw.count, 0) }
            }
            return Array(bytes.prefix(count))
        } catch {
            // A device that goes down says so once.
            if error.code == EAGAIN || error.code == ENETDOWN { return nil }
            throw error
        }
    }

    /// Waits until a packet comes to one of the sockets, at most this long.
    public static func wait(_ sockets: [NeighborSocket], atMost time: Duration) throws(SystemError) {
        var files = sockets.flatMap { socket in [socket.arp] + (socket.ipv6.map { [$0.packets] } ?? []) }
            .map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let (seconds, attoseconds) = time.components
        let limit = Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000)
        do throws(SystemError) {
            try SystemCall.run("wait for packets") { unsafe poll(&files, nfds_t(files.count), limit) }
        } catch {
            throw error
        }
    }
}
