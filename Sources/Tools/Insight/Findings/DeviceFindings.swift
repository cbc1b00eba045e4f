import HostInspection
import NetworkAddress
import ProxyServer

/// Devices whose MTU is larger than that of their outgoing path.
enum DeviceFindings {
    /// Kinds of devices that pods are behind.
    private static let podKinds: Set = ["bridge", "veth"]
    /// Bytes that tunnels put around each packet, over IPv4 where both are possible.
    private static let overheads = [
        "vxlan": 50, "geneve": 50, "ipip": 20, "sit": 20, "gre": 24, "gretap": 38, "wireguard": 60, "ip6tnl": 40,
    ]
    /// RFC 8200.
    private static let smallestIPv6 = 1280

    static func all(_ facts: HostFacts) -> [Finding] {
        let devices = (facts.devices.value ?? []).filter { $0.isUp && !$0.isLoopback }
        let names = Set((facts.defaultRoutes.value ?? []).map(\.device))
        let ways = devices.filter { names.contains($0.name) }
        return pods(devices, ways) + tunnels(devices, ways) + ipv6(devices, facts)
    }

    private static func pods(_ devices: [NetworkDevice], _ ways: [NetworkDevice]) -> [Finding] {
        guard let way = ways.min(by: { $0.mtu < $1.mtu }) else { return [] }
        let isWay = Set(ways.map(\.index))
        let large = devices.filter { device in
            podKinds.contains(device.kind) && device.mtu > way.mtu && !isWay.contains(device.index)
                // Behind the device that the default route names.
                && !isWay.contains(device.master)
        }
        guard !large.isEmpty else { return [] }
        return [
            Finding(
                "mtu", .warning,
                "pods send larger packets than \(way.name), the way out, takes: connections through Services stall "
                    + "where ICMP errors are filtered", modes: .netfilter,
                evidence: ([way] + large.prefix(6)).map(evidence),
                cures: [large.map { cure($0, way.mtu) }.joined(separator: " && ")])
        ]
    }

    private static func tunnels(_ devices: [NetworkDevice], _ ways: [NetworkDevice]) -> [Finding] {
        devices.compactMap { tunnel in
            guard let overhead = overheads[tunnel.kind],
                let below = devices.first(where: { $0.index == tunnel.lower }) ?? ways.min(by: { $0.mtu < $1.mtu }),
                below.index != tunnel.index, tunnel.mtu + overhead > below.mtu
            else { return nil }
            return Finding(
                "mtu-tunnel", .warning,
                "packets in the tunnel \(tunnel.name) (\(tunnel.kind)) are with its \(overhead) bytes around them "
                    + "larger than \(below.name) takes: large answers from other hosts are lost or in pieces",
                modes: .netfilter,
                evidence: [evidence(tunnel), evidence(below)], cures: [cure(tunnel, below.mtu - overhead)])
        }
    }

    private static func ipv6(_ devices: [NetworkDevice], _ facts: HostFacts) -> [Finding] {
        guard facts.hasIPv6 else { return [] }
        return devices.filter { $0.mtu < smallestIPv6 }.map { device in
            Finding(
                "mtu-ipv6", .note, "\(device.name) carries no IPv6: its packets are too small for that",
                evidence: [evidence(device)], cures: [cure(device, smallestIPv6)])
        }
    }

    private static func evidence(_ device: NetworkDevice) -> Finding.Evidence {
        Finding.Evidence("ip link show dev \(device.name)", "mtu \(device.mtu)")
    }

    private static func cure(_ device: NetworkDevice, _ mtu: Int) -> String {
        "ip link set dev \(device.name) mtu \(mtu)"
    }
}
