import DataplaneTesting
import NetworkAddress
import Nftables
import ServiceModel
import Testing

@testable import IPVSDataplane

// Rules are long, and a golden is read best as nft prints it.
// swift-format-ignore-file

/// All chains with their rules, as nft would write them.
@Suite struct ServiceTableTests {
    /// A line a chain (type, hook and priority of base chains), then its rules with their comments.
    private func text(
        _ family: IPFamily, _ localTraffic: LocalTrafficDetector = .none, masqueradeAll: Bool = false,
        node: NodeFacts = NodeFacts(), chains names: Set<String>? = nil
    ) -> String {
        let configuration = IPVSConfiguration(family: family)
        let node = node.telling(localTraffic, family, masqueradeAll: masqueradeAll)
        var lines: [String] = []
        for chain in ServiceTable(configuration: configuration, node: node).chains
        where names?.contains(chain.name) ?? true {
            lines.append(chain.name + (chain.base.map { " \($0.kind.rawValue) \($0.hook) \($0.priority)" } ?? ""))
            lines += chain.rules.map { "  \($0.text)" + ($0.comment.map { " # \($0)" } ?? "") }
        }
        return lines.joined(separator: "\n")
    }

    @Test func ipv4() {
        #expect(
            text(.ipv4) == """
                filter-prerouting filter prerouting -110
                  ct state new jump firewall-check
                filter-input filter input 90
                  ct state new jump services
                filter-input-post-ipvs filter input 110
                  ct state new jump clear-marks
                  ct state new jump service-ips-check
                filter-output filter output -110
                  ct state new jump firewall-check
                filter-output-pre-ipvs filter output -99
                  ct state new jump empty-node-ports
                  ct state new jump services
                nat-postrouting nat postrouting 100
                  jump masquerading
                filter-postrouting filter postrouting 110
                  ct state new jump clear-marks
                firewall-check
                  ip daddr . meta l4proto . th dport @firewall-ips ip daddr . meta l4proto . th dport . ip saddr != @source-ranges drop # LoadBalancerSourceRanges
                services
                  ip daddr @cluster-ips goto cluster-ip
                  fib saddr type local meta mark set ip daddr . meta l4proto . th dport map @short-circuit-marks return # short-circuit local traffic
                  ip daddr . meta l4proto . th dport @no-local-endpoints drop
                  meta mark set ip daddr . meta l4proto . th dport map @service-marks return
                  ip daddr @service-ips return
                  fib daddr type local ip daddr != 127.0.0.0/8 goto node-ports
                empty-node-ports
                  fib daddr type local ip daddr != 127.0.0.0/8 ip daddr & 0.0.0.0 . meta l4proto . th dport @empty-nodeports accept
                node-ports
                  fib saddr type local meta mark set ip daddr & 0.0.0.0 . meta l4proto . th dport map @short-circuit-marks return # short-circuit local traffic
                  ip daddr & 0.0.0.0 . meta l4proto . th dport @no-local-endpoints drop
                  meta mark set ip daddr & 0.0.0.0 . meta l4proto . th dport map @service-marks return
                cluster-ip
                  ip daddr . meta l4proto . th dport @no-local-endpoints drop
                masquerading
                  meta mark & 0xff000003 == 0x56000000 masquerade fully-random # from anywhere to ExternalIPs, LoadBalancer IPs and NodePorts
                  meta mark & 0xff000003 == 0x56000002 fib saddr type local masquerade fully-random # masquerade local traffic
                  meta mark & 0xff000000 != 0x56000000 meta mark & 0x00004000 != 0x00000000 meta mark set meta mark ^ 0x00004000 masquerade fully-random
                  ip saddr . ip daddr @hairpin masquerade fully-random # an endpoint that reached itself
                  ip saddr @service-ips masquerade fully-random # the node asks a service IP with that IP as its source
                clear-marks
                  meta mark & 0xff000000 == 0x56000000 meta mark set 0x00000000
                service-ips-check
                  ip daddr @service-ips reject # Reject traffic to invalid ports of service IPs
                """)
    }

    @Test("IPv6 is the same with other addresses") func ipv6() {
        let translated = text(.ipv4).replacing("ip daddr", with: "ip6 daddr").replacing("ip saddr", with: "ip6 saddr")
            .replacing("127.0.0.0/8", with: "::1").replacing("& 0.0.0.0", with: "& ::")
        #expect(text(.ipv6) == translated)
    }

    @Test("Pods here are told by the configured detector, and not masqueraded for cluster IPs") func localTraffic() {
        #expect(
            text(.ipv4, .bridgeInterface("cni0"), chains: ["cluster-ip", "node-ports"]) == """
                node-ports
                  iifname "cni0" meta mark set ip daddr & 0.0.0.0 . meta l4proto . th dport map @short-circuit-marks return # short-circuit pod traffic
                  fib saddr type local meta mark set ip daddr & 0.0.0.0 . meta l4proto . th dport map @short-circuit-marks return # short-circuit local traffic
                  ip daddr & 0.0.0.0 . meta l4proto . th dport @no-local-endpoints drop
                  meta mark set ip daddr & 0.0.0.0 . meta l4proto . th dport map @service-marks return
                cluster-ip
                  ip daddr . meta l4proto . th dport @no-local-endpoints drop
                  iifname != "cni0" meta mark set meta mark | 0x00004000 # masquerade traffic from outside the cluster
                """)
        #expect(
            text(.ipv4, .bridgeInterface("cni0"), masqueradeAll: true, chains: ["cluster-ip"]) == """
                cluster-ip
                  ip daddr . meta l4proto . th dport @no-local-endpoints drop
                  meta mark set meta mark | 0x00004000 # masqueradeAll
                """)
    }

    @Test("Node ports at some addresses only: they stand in a set") func nodePortAddresses() {
        let node = NodeFacts(nodePortAddresses: [IPAddress(ipv4: 1)])
        #expect(
            text(.ipv4, node: node, chains: ["empty-node-ports"]) == """
                empty-node-ports
                  ip daddr @nodeport-ips ip daddr & 0.0.0.0 . meta l4proto . th dport @empty-nodeports accept
                """)
        #expect(text(.ipv4, node: node) == text(.ipv4, node: NodeFacts(nodePortAddresses: [])))
    }
}
