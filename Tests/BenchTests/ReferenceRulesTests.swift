import Testing

@testable import Bench

@Suite struct ReferenceRulesTests {
    private static let workload = Workload(services: 300, endpoints: 4)
    /// A port a service and one more for each of the three that are probed.
    private static let ports = 303

    private static func lines(_ tool: ReferenceTool) -> [Substring] {
        tool.text(for: workload).split(separator: "\n")
    }

    @Test("iptables: a rule for each port in one list, a chain for each port and each endpoint")
    func iptables() {
        let lines = Self.lines(.iptablesRestore)
        #expect(lines.contains("*nat") && lines.last == "COMMIT")
        let chains = lines.filter { $0.hasPrefix(":KUBE-SVC-") || $0.hasPrefix(":KUBE-SEP-") }.map {
            $0.prefix { $0 != " " }
        }
        #expect(chains.count == Self.ports * 5)
        #expect(Set(chains).count == chains.count)
        #expect(chains.allSatisfy { $0.count <= 29 })
        #expect(lines.count { $0.hasPrefix("-A KUBE-SERVICES ") } == Self.ports + 1)
        #expect(lines.count { $0.contains(" -j DNAT --to-destination ") } == Self.ports * 4)
        #expect(lines.count { $0.contains("--probability") } == Self.ports * 3)
        #expect(lines.contains { $0.contains("--probability 0.2500000000 ") })
        #expect(lines.contains { $0.contains("--probability 0.3333333333 ") })
        #expect(lines.contains { $0.contains("--probability 0.5000000000 ") })
    }

    @Test("Every chain that is jumped to is there")
    func targets() {
        let lines = Self.lines(.iptablesRestore)
        let chains = Set(lines.filter { $0.hasPrefix(":") }.map { $0.dropFirst().prefix { $0 != " " } })
        for line in lines {
            guard let target = line.split(separator: " ").drop(while: { $0 != "-j" }).dropFirst().first,
                target.hasPrefix("KUBE-")
            else { continue }
            #expect(chains.contains(target), "\(line)")
        }
    }

    @Test("nft: an element for each port, which leads to its chain and on to its endpoints'")
    func nftables() {
        let lines = Self.lines(.nft)
        let chains = lines.filter { $0.contains("/svc-") }
        let names = Set(
            chains.filter { $0.hasPrefix("add chain") }.compactMap { $0.split(separator: " ").dropFirst(4).first })
        #expect(names.count == Self.ports * 5)
        let elements = lines.filter { $0.hasPrefix("add element ip kube-proxy service-ips") }
        #expect(elements.count == Self.ports)
        for element in elements {
            let goal = element.split(separator: " ").dropLast().last ?? ""
            #expect(names.contains(goal))
        }
        #expect(lines.count { $0.contains("numgen random mod 4 vmap") } == Self.ports)
    }

    @Test func virtualServers() {
        let lines = Self.lines(.ipvsadm)
        #expect(lines.count { $0.hasPrefix("-A -t ") } == 300)
        #expect(lines.count { $0.hasPrefix("-A -u ") } == 3)
        #expect(lines.count { $0.hasPrefix("-a ") } == Self.ports * 4)
        #expect(lines.first == "-A -t 10.96.1.0:80 -s rr")
        #expect(lines.dropFirst().first == "-a -t 10.96.1.0:80 -r 10.128.1.0:8080 -m -w 1")
    }
}
