internal import CLinux
internal import Glibc
public import LinuxSystem
internal import Synchronization

/// Reports at once, until it is released, when this host's addresses change, or the addresses and routes that a proxy
/// added for Services.
public final class HostWatch: Sendable {
    private final class Reader: Sendable {
        let state: Mutex<HostChangeReader>

        init(_ reader: HostChangeReader) { state = Mutex(reader) }
    }

    private let subscription: NetlinkSubscription

    /// Starts to listen in the calling thread's network namespace.
    ///
    /// - Parameters:
    ///   - devices: those of ours.
    ///   - makers: the rtm_protocol of our local routes. If empty, route changes are not listened to at all: routing
    ///     programs may change very many.
    ///   - body: called on a queue of its own; nil: something may have been missed.
    public init(
        devices: Set<String>, makers: Set<UInt8>, body: @escaping @Sendable (HostChange?) -> Void
    ) throws(SystemError) {
        var groups = [RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR]
        if !devices.isEmpty { groups.append(RTNLGRP_LINK) }
        if !makers.isEmpty { groups += [RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE] }
        var socket = try RouteSocket()
        var numbers: Set<UInt32> = []
        for name in devices {
            if let number = try socket.device(name) { numbers.insert(number) }
        }
        let reader = Reader(HostChangeReader(devices: devices, numbers: numbers, makers: makers))
        subscription = try NetlinkSubscription(
            protocol: NETLINK_ROUTE, groups: groups.map { UInt32($0.rawValue) }, label: "host-watch"
        ) { notice in
            switch notice {
            case .lost: body(nil)
            case .message(let message):
                let changes = reader.state.withLock { $0.read(message, isOwnSocket: RouteSocket.isOwn) }
                for change in changes { body(change) }
            }
        }
    }
}
