import DataplaneTesting
import NetworkAddress
import ServiceModel
import Testing

@testable import Nftables
@testable import NftablesDataplane
@testable import NftablesServices

// Rules are long, and a golden is read best as nft prints it.
// swift-format-ignore-file

/// All chains with their rules, as nft would write them.
@Suite struct TableDefinitionTests {
    /// A line a chain (type, hook and priority of base chains), then its rules with their comments.
    private func text(
        _ family: IPFamily, _ localTraffic: LocalTrafficDetector = .none, masqueradeAll: Bool = false,
        node: NodeFacts = NodeFacts(), podCIDRs: [IPNetwork] = [], chains names: Set<String>? = nil
    ) -> String {
        let configuration = NftablesConfiguration(family: family)
        let node = node.telling(localTraffic, family, podCIDRs: podCIDRs, masqueradeAll: masqueradeAll)
        var lines: [String] = []
        for chain in TableDefinition(configuration: configuration, node: node).chains
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
                filter-input filter input -110
                  ct state new jump nodeport-endpoints-check
                  ct state new jump service-endpoints-check
                filter-forward filter forward -110
                  ct state new jump service-endpoints-check
                  ct state new jump cluster-ips-check
                filter-output filter output -110
                  ct state new jump firewall-check
                filter-output-post-dnat filter output -90
                  ct state new jump service-endpoints-check
                  ct state new jump cluster-ips-check
                nat-prerouting nat prerouting -100
                  jump services
                nat-output nat output -100
                  jump services
                nat-postrouting nat postrouting 100
                  jump masquerading
                firewall-check
                  ip daddr . meta l4proto . th dport @firewall-ips ip daddr . meta l4proto . th dport . ip saddr != @source-ranges drop # LoadBalancerSourceRanges
                service-endpoints-check
                  ip daddr . meta l4proto . th dport @no-endpoints reject
                nodeport-endpoints-check
                  ip daddr != 127.0.0.0/8 ip daddr & 0.0.0.0 . meta l4proto . th dport @no-endpoints reject
                cluster-ips-check
                  ip daddr @cluster-ips reject # Reject traffic to invalid ports of ClusterIPs
                  ip daddr @service-cidrs drop # Drop traffic to unallocated ClusterIPs
                services
                  ip daddr . meta l4proto . th dport @external-ips goto external
                  ip daddr . meta l4proto . th dport @external-local-ips goto external-local
                  ip daddr @cluster-ips goto cluster-ip
                  fib daddr type local ip daddr != 127.0.0.0/8 goto node-ports
                node-ports
                  ip daddr & 0.0.0.0 . meta l4proto . th dport @external-ips goto node-port
                  ip daddr & 0.0.0.0 . meta l4proto . th dport @external-local-ips goto node-port-local
                cluster-ip
                  meta priority set ip daddr . meta l4proto . th dport . numgen random mod 1 map @endpoint-counts meta priority vmap @balancers
                external
                  jump mark-for-masquerade
                  meta priority set ip daddr . meta l4proto . th dport . numgen random mod 1 map @endpoint-counts meta priority vmap @balancers
                external-local
                  fib saddr type local jump mark-for-masquerade # masquerade local traffic
                  fib saddr type local meta priority set ip daddr . meta l4proto . th dport . numgen random mod 1 map @endpoint-counts meta priority vmap @balancers # short-circuit local traffic
                  meta priority set ip daddr . meta l4proto . th dport . numgen random mod 1 offset 1 map @endpoint-counts meta priority vmap @local-balancers
                node-port
                  jump mark-for-masquerade
                  meta priority set ip daddr & 0.0.0.0 . meta l4proto . th dport . numgen random mod 1 map @endpoint-counts meta priority vmap @node-port-balancers
                node-port-local
                  fib saddr type local jump mark-for-masquerade # masquerade local traffic
                  fib saddr type local meta priority set ip daddr & 0.0.0.0 . meta l4proto . th dport . numgen random mod 1 map @endpoint-counts meta priority vmap @node-port-balancers # short-circuit local traffic
                  meta priority set ip daddr & 0.0.0.0 . meta l4proto . th dport . numgen random mod 1 offset 1 map @endpoint-counts meta priority vmap @node-port-local-balancers
                mark-for-masquerade
                  meta mark set meta mark | 0x00004000
                masquerading
                  ip saddr . ip daddr @hairpin jump mark-for-masquerade # an endpoint that reached itself
                  meta mark & 0x00004000 == 0x00000000 return
                  meta mark set meta mark ^ 0x00004000
                  masquerade fully-random
                """)
    }

    @Test("IPv6 is the same with other addresses") func ipv6() {
        let translated = text(.ipv4).replacing("ip daddr", with: "ip6 daddr").replacing("ip saddr", with: "ip6 saddr")
            .replacing("127.0.0.0/8", with: "::1").replacing("& 0.0.0.0", with: "& ::")
        #expect(text(.ipv6) == translated)
    }

    @Test("Node ports at some addresses only: they stand in a set") func nodePortAddresses() {
        let node = NodeFacts(nodePortAddresses: [IPAddress(ipv4: 1)])
        #expect(
            text(.ipv4, node: node, chains: ["services", "nodeport-endpoints-check"]) == """
                nodeport-endpoints-check
                  ip daddr @nodeport-ips ip daddr & 0.0.0.0 . meta l4proto . th dport @no-endpoints reject
                services
                  ip daddr . meta l4proto . th dport @external-ips goto external
                  ip daddr . meta l4proto . th dport @external-local-ips goto external-local
                  ip daddr @cluster-ips goto cluster-ip
                  ip daddr @nodeport-ips goto node-ports
                """)
        // Which ones, does not change the rules.
        #expect(text(.ipv4, node: node) == text(.ipv4, node: NodeFacts(nodePortAddresses: [])))
    }

    @Test("masqueradeAll does not ask where traffic comes from") func masqueradeAll() {
        #expect(
            text(.ipv4, .bridgeInterface("br0"), masqueradeAll: true, chains: ["cluster-ip"]) == """
                cluster-ip
                  jump mark-for-masquerade # masqueradeAll
                  meta priority set ip daddr . meta l4proto . th dport . numgen random mod 1 map @endpoint-counts meta priority vmap @balancers
                """)
    }

    /// How traffic that begins in a pod here is matched and excluded.
    static let detectors: [(LocalTrafficDetector, IPFamily, String, String)] = [
        (.bridgeInterface("br0"), .ipv4, "iifname \"br0\"", "iifname != \"br0\""),
        (.interfaceNamePrefix("veth"), .ipv6, "iifname \"veth*\"", "iifname != \"veth*\""),
        (.clusterCIDR(networks), .ipv4, "ip saddr 10.0.0.0/8", "ip saddr != 10.0.0.0/8"),
        (.clusterCIDR(networks), .ipv6, "ip6 saddr fd00::/48", "ip6 saddr != fd00::/48"),
        (.nodeCIDR, .ipv4, "ip saddr 10.1.0.0/24", "ip saddr != 10.1.0.0/24"),
        (.nodeCIDR, .ipv6, "ip6 saddr fd00:0:0:1::/64", "ip6 saddr != fd00:0:0:1::/64"),
    ]
    private static let networks = ["10.0.0.0/8", "fd00::/48", "11.0.0.0/8"].compactMap { IPNetwork($0) }

    @Test("Local traffic, however it is told", arguments: detectors)
    func localTraffic(detector: LocalTrafficDetector, family: IPFamily, match: String, inverted: String) {
        let podCIDRs = [family == .ipv4 ? "10.1.0.0/24" : "fd00:0:0:1::/64"].compactMap { IPNetwork($0) }
        let ip = family == .ipv4 ? "ip" : "ip6"
        #expect(
            text(family, detector, podCIDRs: podCIDRs, chains: ["cluster-ip", "external-local"]) == """
                cluster-ip
                  \(inverted) jump mark-for-masquerade # masquerade traffic from outside the cluster
                  meta priority set \(ip) daddr . meta l4proto . th dport . numgen random mod 1 map @endpoint-counts meta priority vmap @balancers
                external-local
                  \(match) meta priority set \(ip) daddr . meta l4proto . th dport . numgen random mod 1 map @endpoint-counts meta priority vmap @balancers # short-circuit pod traffic
                  fib saddr type local jump mark-for-masquerade # masquerade local traffic
                  fib saddr type local meta priority set \(ip) daddr . meta l4proto . th dport . numgen random mod 1 map @endpoint-counts meta priority vmap @balancers # short-circuit local traffic
                  meta priority set \(ip) daddr . meta l4proto . th dport . numgen random mod 1 offset 1 map @endpoint-counts meta priority vmap @local-balancers
                """)
    }

    @Test("Without a range of the family nothing counts as local")
    func noRange() {
        #expect(text(.ipv6, .clusterCIDR([IPNetwork("10.0.0.0/8")].compactMap { $0 })) == text(.ipv6))
        #expect(text(.ipv4, .nodeCIDR) == text(.ipv4))
    }

    @Test("A range that holds every address excludes none") func wholeRange() throws {
        let rule = RuleBuilder.rule(.ipv4) {
            if let all = IPNetwork("0.0.0.0/0") { $0.address(.source, in: all, inverted: true) }
        }
        #expect(
            rule.expressions == [
                .payload(.networkHeader, offset: 12, length: 4, into: Register(0)),
                .bitwise(Register(0), mask: [0, 0, 0, 0], xor: [0, 0, 0, 0]),
                .compare(Register(0), equal: false, [0, 0, 0, 0]),
            ])
    }

    @Test("Ranges are compared by whole bytes, others under a mask", arguments: [8, 11, 24, 32])
    func ranges(length: Int) throws {
        let network = try #require(IPNetwork("10.32.0.0/\(length)"))
        let rule = RuleBuilder.rule(.ipv4) { $0.address(.source, in: network) }
        let isMasked = length % 8 != 0
        let count = isMasked ? 4 : length / 8
        var expected: [Expression] = [
            .payload(.networkHeader, offset: 12, length: UInt32(count), into: Register(0))
        ]
        if isMasked { expected.append(.bitwise(Register(0), mask: [255, 224, 0, 0], xor: [0, 0, 0, 0])) }
        expected.append(.compare(Register(0), equal: true, Array(network.address.bytes.prefix(count))))
        #expect(rule.expressions == expected)
    }

    @Test func balancer() {
        let chain = BalancerChain(count: 3, kind: BalancerKind())
        #expect(chain.name == "endpoints-3")
        #expect(chain.element.text(in: chain.kind.map) == "3 : goto endpoints-3")
        #expect(
            chain.rules(.ipv4).map(\.text) == [
                "meta priority set none dnat ip to ip daddr . meta l4proto . th dport . numgen random mod 3 map @endpoints"
            ])
    }

    @Test("Chains are made in blocks, none beyond the last count") func blocks() {
        func block(_ count: Int) -> [Int] {
            BalancerChain(count: count, kind: BalancerKind(isNodePort: true, isLocal: true)).block.map(\.count)
        }
        #expect(block(3) == Array(1...16))
        #expect(block(17) == Array(17...32))
        #expect(block(BalancerChain.maximumCount) == Array(32753...32767))
    }

    @Test func affineBalancer() {
        let chain = BalancerChain(
            count: 3, kind: BalancerKind(isNodePort: true, isLocal: true), affinityTimeout: 5400)
        #expect(chain.name == "node-port-local-endpoints-3-affinity-5400s")
        #expect(
            chain.element.text(in: chain.kind.map)
                == "\(5400 << 15 + 3) : goto node-port-local-endpoints-3-affinity-5400s")
        #expect(chain.block == [chain])
        #expect(
            chain.rules(.ipv6).map(\.text).joined(separator: "\n") == """
                meta priority set ip6 daddr & :: . meta l4proto . th dport map @affinity-numbers update @local-affinity-clients { ip6 saddr . meta priority timeout 1h30m : numgen random mod 3 offset 65536 } meta priority set ip6 saddr . meta priority map @local-affinity-clients dnat ip6 to ip6 daddr & :: . meta l4proto . th dport . meta priority map @endpoints
                meta priority set ip6 daddr & :: . meta l4proto . th dport map @affinity-numbers delete @local-affinity-clients { ip6 saddr . meta priority : meta priority } update @local-affinity-clients { ip6 saddr . meta priority timeout 1h30m : numgen random mod 3 offset 65536 } meta priority set ip6 saddr . meta priority map @local-affinity-clients dnat ip6 to ip6 daddr & :: . meta l4proto . th dport . meta priority map @endpoints
                meta priority set none dnat ip6 to ip6 daddr & :: . meta l4proto . th dport . numgen random mod 3 offset 65536 map @endpoints
                """)
    }

    @Test("No two chains of a kind have one code, nor that of dropping") func codes() {
        let timeouts: [UInt32?] = [nil, 1, 2, 10800, 86399, 86400]
        let codes = timeouts.flatMap { timeout in
            [1, 2, 16384, BalancerChain.maximumCount].map {
                BalancerChain(count: $0, kind: BalancerKind(), affinityTimeout: timeout).code
            }
        }
        #expect(Set(codes).count == codes.count)
        #expect(!codes.contains(BalancerKind.noneHere))
    }

    @Test("No map of services has verdicts: one element more would have the kernel check all of them")
    func verdictMaps() {
        let maps = SetDefinition.all.filter { $0.value == .verdict }
        #expect(Set(maps.map(\.name)) == Set(BalancerKind.all.map(\.map)))
        #expect(maps.count == 4)
        #expect(maps.allSatisfy { $0.key == [.slot] })
    }

    @Test("Times as nft writes them") func durations() {
        #expect(RuleBuilder.duration(10800) == "3h")
        #expect(RuleBuilder.duration(90) == "1m30s")
        #expect(RuleBuilder.duration(86400) == "1d")
        #expect(RuleBuilder.duration(0) == "0s")
    }
}
