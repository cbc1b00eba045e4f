internal import CLinux
public import LinuxSystem
public import NetworkAddress

/// Addresses of Services on the loopback device, for programs that listen on them: local routes with a protocol number
/// of ours. `ip route show table local proto 199` lists them.
///
/// The kernel accepts packets to such an address, answers ARP for it, and lets sockets bind to it (for IPv6 with
/// `isRoute` of ``BoundSocket``). It never chooses it as the source of packets to other hosts.
public struct ServiceAddresses: ~Copyable {
    /// rtm_protocol of ours; above all numbers that the kernel and routing programs use, and not that of ipvs mode. The
    /// metric is one of its own, so that the same address can be another program's local route, too, and either goes
    /// without the other.
    static let holder = AddressHolder.localRoute(maker: 199, metric: 199)

    public struct Present: Hashable, Sendable {
        public var ours: Set<IPAddress> = []
        /// Addresses that earlier versions added to the loopback device itself.
        public var earlier: Set<IPAddress> = []
        /// Addresses on all devices that others added.
        public var others: Set<IPAddress> = []
        /// The numbers of the devices that have a link-local IPv6 address of `others`; several may have the same.
        public var devices: [IPAddress: Set<UInt32>] = [:]
    }

    private let family: IPFamily
    private let ignoredDevices: Set<String>
    private var socket: RouteSocket

    /// - Parameter ignoredDevices: devices whose addresses are nobody's: they may go at any time.
    public init(family: IPFamily, ignoring ignoredDevices: Set<String> = []) throws(SystemError) {
        self.family = family
        self.ignoredDevices = ignoredDevices
        socket = try RouteSocket()
        socket.filterDumps()
    }

    public mutating func read() throws(SystemError) -> Present {
        var present = Present()
        var ignored: Set<UInt32> = []
        for name in ignoredDevices {
            if let number = try socket.device(name) { ignored.insert(number) }
        }
        try socket.addresses(family) { entry in
            if entry.isServiceAddress {
                present.earlier.insert(entry.address)
            } else if !ignored.contains(entry.device) {
                present.others.insert(entry.address)
                if entry.address.family == .ipv6, entry.address.isLinkLocal {
                    present.devices[entry.address, default: []].insert(entry.device)
                }
            }
        }
        present.ours = try socket.localRoutes(family, maker: 199)
        return present
    }

    /// Adds and removes addresses. It is no error if they exist, or are gone, already.
    ///
    /// - Throws: EPERM without CAP_NET_ADMIN; then nothing changes.
    public mutating func change(
        add added: [IPAddress], remove removed: [IPAddress]
    ) throws(SystemError) -> SentMessages {
        try socket.change(add: added, remove: removed, at: Self.holder)
    }

    /// Removes the addresses of earlier versions. Takes quadratic time, as adding them did.
    public mutating func removeEarlier(_ addresses: [IPAddress]) throws(SystemError) -> SentMessages {
        try socket.change(add: [], remove: addresses, at: .device(LocalRoute.loopback))
    }

    /// Keeps some addresses as long as sockets have them, and removes the others. This host's own new connections do not take
    /// their source from those that stay.
    ///
    /// - Returns: whether some stay; nil: there was none.
    public mutating func retire(keeping used: Set<IPAddress>) throws(SystemError) -> Bool? {
        let present = try read()
        guard !present.ours.isEmpty || !present.earlier.isEmpty else { return nil }
        let kept = present.ours.intersection(used)
        let source = family == .ipv4 ? present.others.filter { !$0.isLoopback && !$0.isLinkLocal }.min() : nil
        // In front of the route that is there; EEXIST where an earlier call made it.
        _ = try socket.change(
            add: kept.sorted(), remove: [], at: .localRoute(maker: 199, metric: 198, source: source))
        _ = try socket.change(
            add: [], remove: present.ours.subtracting(kept).sorted(), at: .localRoute(maker: 199, metric: nil))
        _ = try socket.change(
            add: [], remove: present.ours.subtracting(kept).sorted(), at: .localRoute(maker: 199, metric: nil))
        _ = try removeEarlier(present.earlier.sorted())
        return !kept.isEmpty
    }

    /// Removes all that is ours, and what earlier versions made.
    public mutating func removeAll() throws(SystemError) -> SentMessages {
        let present = try read()
        _ = try socket.change(
            add: [], remove: present.ours.sorted(), at: .localRoute(maker: 199, metric: 198))
        let routes = try change(add: [], remove: present.ours.sorted())
        let earlier = try removeEarlier(present.earlier.sorted())
        return SentMessages(messages: routes.messages + earlier.messages, bytes: routes.bytes + earlier.bytes)
    }
}

extension DeviceAddress {
    /// Whether an earlier version put it on the loopback device: by IFA_PROTO, which Linux has since 5.18, or for IPv4 by
    /// the label.
    var isServiceAddress: Bool { maker == 198 || label == "lo:viaduct" }
}
