internal import CLinux
internal import Glibc
public import LinuxSystem
public import NetworkAddress

/// Routes to networks behind gateways that one maker has set (linux/rtnetlink.h).
extension RouteSocket {
    /// The routes of the main table with the rtm_protocol `maker`, of both families.
    public mutating func gatewayRoutes(maker: UInt8) throws(SystemError) -> [IPNetwork: IPAddress] {
        var routes: [IPNetwork: IPAddress] = [:]
        for family in IPFamily.allCases {
            try dump("list routes") { writer, sequence in
                writer.beginMessage(
                    type: UInt16(RTM_GETROUTE), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP), sequence: sequence)
                writer.gatewayRouteHeader(family, prefixLength: 0, maker: maker, scope: 0, flags: 0)
                writer.endMessage()
            } _: { message in
                if let (network, gateway) = Self.gatewayRoute(message, maker) { routes[network] = gateway }
            }
        }
        return routes
    }

    private static func gatewayRoute(_ message: NetlinkMessage, _ maker: UInt8) -> (IPNetwork, IPAddress)? {
        // struct rtmsg
        let header = message.payload
        guard message.type == UInt16(RTM_NEWROUTE), header.count >= 12,
            header[header.startIndex + 4] == UInt8(RT_TABLE_MAIN.rawValue), header[header.startIndex + 5] == maker
        else { return nil }
        let attributes = message.attributes(after: 12)
        guard let destination = attributes[UInt16(RTA_DST.rawValue)]?.payload,
            let gateway = attributes[UInt16(RTA_GATEWAY.rawValue)]?.payload,
            let address = IPAddress(bytes: destination), let through = IPAddress(bytes: gateway),
            let network = IPNetwork(address: address, prefixLength: Int(header[header.startIndex + 1]))
        else { return nil }
        return (network, through)
    }

    /// Adds or replaces a route. The kernel finds the device by the gateway.
    public mutating func setGatewayRoute(
        to network: IPNetwork, through gateway: IPAddress, maker: UInt8
    ) throws(SystemError) {
        try ask("add the route to \(network) through \(gateway)") { writer, sequence in
            writer.beginMessage(
                type: UInt16(RTM_NEWROUTE),
                flags: UInt16(NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE), sequence: sequence)
            writer.gatewayRouteHeader(
                network.family, prefixLength: UInt8(network.prefixLength), maker: maker,
                scope: UInt8(RT_SCOPE_UNIVERSE.rawValue), flags: 0)
            writer.attribute(UInt16(RTA_DST.rawValue), bytes: network.address.bytes)
            writer.attribute(UInt16(RTA_GATEWAY.rawValue), bytes: gateway.bytes)
            writer.endMessage()
        } answer: { _ in
        }
    }

    /// A missing route is no error.
    public mutating func deleteGatewayRoute(to network: IPNetwork, maker: UInt8) throws(SystemError) {
        do {
            try ask("delete the route to \(network)") { writer, sequence in
                writer.beginMessage(
                    type: UInt16(RTM_DELROUTE), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK), sequence: sequence)
                writer.gatewayRouteHeader(
                    network.family, prefixLength: UInt8(network.prefixLength), maker: maker,
                    scope: UInt8(RT_SCOPE_UNIVERSE.rawValue), flags: 0)
                writer.attribute(UInt16(RTA_DST.rawValue), bytes: network.address.bytes)
                writer.endMessage()
            } answer: { _ in
            }
        } catch {
            if error.code != ESRCH { throw error }
        }
    }
}

extension NetlinkWriter {
    /// struct rtmsg
    fileprivate mutating func gatewayRouteHeader(
        _ family: IPFamily, prefixLength: UInt8, maker: UInt8, scope: UInt8, flags: UInt32
    ) {
        append(family.number)
        append(prefixLength)
        append(UInt16(0))
        append(UInt8(RT_TABLE_MAIN.rawValue))
        append(maker)
        append(scope)
        append(UInt8(RTN_UNICAST))
        append(flags)
    }
}
