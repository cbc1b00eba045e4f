internal import Dataplane
internal import Glibc
internal import LinuxSystem
internal import Netlink
internal import NetworkAddress

/// Makes the Service addresses local to this host, so that packets to them come to the input hook: on a dummy device of
/// ours or, if the kernel has none, by local routes to loopback with a protocol number of ours.
struct ServiceDevice: ~Copyable {
    /// Above all numbers that routing programs use (rtm_protocol).
    static let routes = AddressHolder.localRoute(maker: routeMaker, metric: nil)
    private static let routeMaker: UInt8 = 198

    /// The addresses of one family on this host.
    struct Addresses: Hashable, Sendable {
        var ours: Set<IPAddress> = []
        /// On all other devices.
        var others: Set<IPAddress> = []
    }

    private let family: IPFamily
    private let name: String
    private var socket: RouteSocket
    /// What holds the addresses; nil before ``prepare()``.
    private(set) var place: AddressHolder?

    /// - Parameter name: of the device; ours alone.
    init(family: IPFamily, name: String) throws(DataplaneError) {
        socket = try DataplaneError.wrapping { () throws(SystemError) in try RouteSocket() }
        self.family = family
        self.name = name
    }

    /// Makes the device if it is not there, or finds out that the kernel has no such devices.
    mutating func prepare() throws(DataplaneError) -> AddressHolder {
        let found = try DataplaneError.wrapping { () throws(SystemError) in try deviceOrRoutes() }
        place = found
        return found
    }

    private mutating func deviceOrRoutes() throws(SystemError) -> AddressHolder {
        if let index = try socket.device(name) { return .device(index) }
        do throws(SystemError) {
            // It stays down: its addresses are local all the same, and it gets no link-local one.
            return .device(try socket.addDevice(name, kind: "dummy"))
        } catch  where error.code == EOPNOTSUPP {
            return Self.routes
        } catch  where error.code == EEXIST {
            // The other family's backend was faster.
            return .device(try socket.found(name))
        }
    }

    /// What is there now. ``prepare()`` comes first.
    mutating func read() throws(DataplaneError) -> Addresses {
        try DataplaneError.wrapping { () throws(SystemError) in
            var found = Addresses()
            let place = place
            try socket.addresses(family) { entry in
                if place == .device(entry.device) {
                    found.ours.insert(entry.address)
                } else {
                    found.others.insert(entry.address)
                }
            }
            if place == Self.routes { found.ours = try socket.localRoutes(family, maker: Self.routeMaker) }
            return found
        }
    }

    /// What is there without anything being made.
    private mutating func present() throws(DataplaneError) -> Addresses {
        place = try DataplaneError.wrapping { () throws(SystemError) in
            try socket.device(name).map { .device($0) } ?? Self.routes
        }
        return try read()
    }

    /// The addresses that are there, on the device or as routes, without anything being made.
    mutating func all() throws(DataplaneError) -> Set<IPAddress> { try present().ours.union(try routed()) }

    private mutating func routed() throws(DataplaneError) -> Set<IPAddress> {
        try DataplaneError.wrapping { () throws(SystemError) in
            try socket.localRoutes(family, maker: Self.routeMaker)
        }
    }

    /// Removes the routes that ``retire(keeping:)`` left, where a device holds the addresses.
    mutating func removeRetired() throws(DataplaneError) {
        guard case .device? = place else { return }
        let family = family
        try DataplaneError.wrapping { () throws(SystemError) in
            let left = try socket.localRoutes(family, maker: Self.routeMaker)
            _ = try socket.change(add: [], remove: left, at: Self.routes)
        }
    }

    /// Has addresses that connections still need be local routes, which this host's own new connections do not take their
    /// source from, and removes the others, and the device when it holds none of the other family.
    mutating func retire(keeping kept: Set<IPAddress>) throws(DataplaneError) {
        let found = try present()
        let left = try routed()
        let source =
            family == .ipv4 ? found.others.filter { !$0.isLoopback && !$0.isLinkLocal }.min() : nil
        let holder = AddressHolder.localRoute(maker: Self.routeMaker, metric: Self.retiredMetric, source: source)
        try DataplaneError.wrapping { () throws(SystemError) in
            _ = try socket.change(add: kept.subtracting(left).sorted(), remove: [], at: holder)
            _ = try socket.change(add: [], remove: left.subtracting(kept).sorted(), at: Self.routes)
        }
        try removeDeviceAddresses(found)
    }

    /// Beside the route of the device's own address.
    private static let retiredMetric: UInt32 = 198

    /// Adds and removes addresses; those that are there, or gone, already are no error.
    mutating func change(
        add added: some Sequence<IPAddress>, remove removed: some Sequence<IPAddress>
    ) throws(DataplaneError) -> SentMessages {
        guard let place else { return SentMessages() }
        return try DataplaneError.wrapping { () throws(SystemError) in
            try socket.change(add: added, remove: removed, at: place)
        }
    }

    /// Removes this family's addresses, and the device if it holds none of the other family either.
    mutating func removeAll() throws(DataplaneError) {
        let found = try present()
        let left = try routed()
        try DataplaneError.wrapping { () throws(SystemError) in
            _ = try socket.change(add: [], remove: left.sorted(), at: Self.routes)
        }
        try removeDeviceAddresses(found)
    }

    private mutating func removeDeviceAddresses(_ found: Addresses) throws(DataplaneError) {
        guard case .device(let index)? = place else { return }
        _ = try change(add: [], remove: found.ours)
        try DataplaneError.wrapping { () throws(SystemError) in
            var isUsed = false
            try socket.addresses { if $0.device == index { isUsed = true } }
            if !isUsed { try socket.deleteDevice(name) }
        }
    }
}
