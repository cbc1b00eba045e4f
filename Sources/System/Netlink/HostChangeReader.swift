internal import CLinux
internal import Glibc
public import NetworkAddress

/// A change of a host that matters to a service proxy.
public enum HostChange: Hashable, Sendable {
    /// Somebody else removed addresses of Services: a local route, an address of our device, or the device.
    case serviceAddressesGone(IPFamily)
    /// The host's own addresses changed.
    case addresses
}

/// Finds changes of a host in rtnetlink's notifications. Pure.
///
/// It recognises our own changes by the number of the socket that made the request. For IPv6 addresses the kernel does
/// not report that number, so removals of those from our device are not reported.
struct HostChangeReader {
    /// Devices of ours, by name.
    private let names: Set<String>
    /// Who made our local routes (rtm_protocol).
    private let makers: Set<UInt8>
    private var devices: Set<UInt32>

    init(devices names: Set<String>, numbers: Set<UInt32>, makers: Set<UInt8>) {
        self.names = names
        self.makers = makers
        devices = numbers
    }

    mutating func read(_ message: NetlinkMessage, isOwnSocket: (UInt32) -> Bool) -> [HostChange] {
        switch message.type {
        case UInt16(RTM_NEWLINK), UInt16(RTM_DELLINK): return link(message, isOwn: isOwnSocket(message.port))
        case UInt16(RTM_NEWADDR), UInt16(RTM_DELADDR): return address(message, isOwn: isOwnSocket(message.port))
        case UInt16(RTM_DELROUTE):
            guard !isOwnSocket(message.port), let (family, maker) = route(message), makers.contains(maker) else {
                return []
            }
            return [.serviceAddressesGone(family)]
        default: return []
        }
    }

    private mutating func link(_ message: NetlinkMessage, isOwn: Bool) -> [HostChange] {
        // struct ifinfomsg
        guard message.payload.count >= 16 else { return [] }
        let number = message.payload.integer(UInt32.self, at: 4)
        if message.type == UInt16(RTM_DELLINK) {
            // Bridges tell of ports that leave by the same message, in a family of their own.
            guard message.payload.first == UInt8(AF_UNSPEC), devices.remove(number) != nil, !isOwn else { return [] }
            return IPFamily.allCases.map { .serviceAddressesGone($0) }
        }
        if !names.isEmpty, let name = message.attributes(after: 16)[UInt16(IFLA_IFNAME)]?.string, names.contains(name) {
            devices.insert(number)
        }
        return []
    }

    private func address(_ message: NetlinkMessage, isOwn: Bool) -> [HostChange] {
        // struct ifaddrmsg
        guard message.payload.count >= 8, let family = Self.family(message.payload.first) else { return [] }
        guard devices.contains(message.payload.integer(UInt32.self, at: 4)) else { return [.addresses] }
        let isGone = message.type == UInt16(RTM_DELADDR) && family == .ipv4 && !isOwn && message.port != 0
        return isGone ? [.serviceAddressesGone(family)] : []
    }

    private func route(_ message: NetlinkMessage) -> (IPFamily, maker: UInt8)? {
        // struct rtmsg
        let header = message.payload
        guard header.count >= 12, let family = Self.family(header.first),
            header[header.startIndex + 4] == UInt8(RT_TABLE_LOCAL.rawValue)
        else { return nil }
        return (family, header[header.startIndex + 5])
    }

    private static func family(_ number: UInt8?) -> IPFamily? { IPFamily.allCases.first { $0.number == number } }
}
