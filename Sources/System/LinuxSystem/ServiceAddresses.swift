internal import CLinux
import Glibc
public import NetworkAddress

/// Addresses of Services on the loopback device, for programs that listen on them: local routes, which carry a number of
/// ours. `ip route show table local proto 199` lists them.
///
/// The kernel takes packets to such an address as its own, answers ARP for it, and lets sockets be bound to it, for IPv6
/// if ``BoundSocket`` is told. It never chooses it as the source of packets to other hosts.
public struct ServiceAddresses: ~Copyable {
    /// rtm_protocol of ours; above all numbers that the kernel and routing programs use, and not that of ipvs mode.
    static let maker: UInt8 = 199
    /// Of its own, so that the same address can be another program's local route, too, and either goes without the other.
    static let metric: UInt32 = 199
    /// Messages in one send, so that an error for each of them fits into the buffer (208 KiB) that a process without
    /// privileges has: there it is where all of them fail.
    private static let batch = 128

    public struct Present: Hashable, Sendable {
        public var ours: Set<IPAddress> = []
        /// What earlier versions made: addresses of the loopback device itself.
        public var earlier: Set<IPAddress> = []
        /// Those of all devices that others put there.
        public var others: Set<IPAddress> = []
        /// The numbers of the devices that have a link-local IPv6 address of `others`; several may have the same.
        public var devices: [IPAddress: Set<UInt32>] = [:]
    }

    public struct Sent: Hashable, Sendable {
        public var messages = 0
        public var bytes = 0
    }

    private let family: IPFamily
    private let loopback: UInt32
    private var socket: NetlinkSocket

    public init(family: IPFamily) throws(SystemError) {
        let device = try Self.findLoopback()
        let opened = try NetlinkSocket(protocol: NETLINK_ROUTE)
        self.family = family
        loopback = device
        socket = opened
        socket.filterDumps()
    }

    private static func findLoopback() throws(SystemError) -> UInt32 {
        let index = unsafe if_nametoindex("lo")
        guard index != 0 else { throw .last("find the device lo") }
        return index
    }

    public mutating func read() throws(SystemError) -> Present {
        var present = Present()
        try AddressDump.read(family, from: &socket) { entry in
            if entry.isServiceAddress {
                present.earlier.insert(entry.address)
            } else {
                present.others.insert(entry.address)
                if entry.address.family == .ipv6, entry.address.isLinkLocal {
                    present.devices[entry.address, default: []].insert(entry.device)
                }
            }
        }
        try NetlinkSocket.untilConsistent { () throws(SystemError) in
            try readRoutes { present.ours.insert($0) }
        }
        return present
    }

    private mutating func readRoutes(_ body: (IPAddress) -> Void) throws(SystemError) {
        let sequence = socket.reserveSequence()
        var writer = NetlinkWriter()
        writer.localRouteDump(family, maker: Self.maker, sequence: sequence)
        do throws(SystemError) {
            try socket.request(writer.bytes, sequence: sequence, operation: "list local routes") { message in
                guard let route = LocalRoute(message), route.maker == Self.maker, route.address.family == family
                else { return }
                body(route.address)
            }
        } catch {
            // There is no table before the first route.
            guard error.code == ENOENT else { throw error }
        }
    }

    /// Adds and removes addresses. Those that are there, or gone, already are no error.
    ///
    /// - Throws: EPERM without CAP_NET_ADMIN; nothing is changed then.
    public mutating func change(add added: [IPAddress], remove removed: [IPAddress]) throws(SystemError) -> Sent {
        var sent = Sent()
        let loopback = loopback
        for (addresses, isAdded) in [(added, true), (removed, false)] {
            try send(addresses, &sent) { writer, address, sequence in
                writer.localRoute(
                    to: address, device: loopback, maker: Self.maker, metric: Self.metric, isAdded: isAdded,
                    sequence: sequence)
            }
        }
        return sent
    }

    /// Removes what earlier versions made. Takes quadratic time, as adding them did.
    public mutating func removeEarlier(_ addresses: [IPAddress]) throws(SystemError) -> Sent {
        var sent = Sent()
        let loopback = loopback
        try send(addresses, &sent) { writer, address, sequence in
            writer.beginServiceAddress(address, device: loopback, isAdded: false, sequence: sequence)
            writer.endMessage()
        }
        return sent
    }

    /// Removes all that is ours, and what earlier versions made.
    public mutating func removeAll() throws(SystemError) -> Sent {
        let present = try read()
        let routes = try change(add: [], remove: present.ours.sorted())
        let earlier = try removeEarlier(present.earlier.sorted())
        return Sent(messages: routes.messages + earlier.messages, bytes: routes.bytes + earlier.bytes)
    }

    private mutating func send(
        _ addresses: [IPAddress], _ sent: inout Sent, _ write: (inout NetlinkWriter, IPAddress, UInt32) -> Void
    ) throws(SystemError) {
        var rest = addresses[...]
        while !rest.isEmpty {
            var writer = NetlinkWriter()
            let first = socket.reserveSequence(Self.batch)
            for (offset, address) in rest.prefix(Self.batch).enumerated() {
                write(&writer, address, first &+ UInt32(offset))
            }
            rest = rest.dropFirst(Self.batch)
            let harmless: Set = [EEXIST, ESRCH, EADDRNOTAVAIL]
            let rejections = try socket.sendBatch(writer.bytes)
            if let fault = rejections.first(where: { !harmless.contains($0.error.code) }) {
                throw SystemError(
                    "change service addresses on lo", code: fault.error.code,
                    kernelMessage: fault.error.kernelMessage)
            }
            sent.messages += writer.messageCount
            sent.bytes += writer.bytes.count
        }
    }
}

extension AddressDump {
    /// Whether an earlier version put it on the loopback device: by IFA_PROTO, which Linux has since 5.18, or for IPv4 by
    /// the label.
    var isServiceAddress: Bool { maker == 198 || label == "lo:viaduct" }
}
