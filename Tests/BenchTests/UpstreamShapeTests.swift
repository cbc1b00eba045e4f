import LinuxSystem
import Testing

@testable import Bench

/// What kube-proxy v1.36 writes in a full sync, put together here from what is known of it: its own tests of all rules
/// (TestOverallIPTablesRules, TestOverallNFTablesRules) and the proxiers.
@Suite("The shape of upstream's rules") struct UpstreamShapeTests {
    /// Service 1 is not probed: it has one port.
    private static let workload = Workload(services: 6, endpoints: 3)
    private static let clusterIP = "10.96.1.1"
    private static let endpoints = ["10.128.1.3", "10.128.1.4", "10.128.1.5"]

    private static func lines(_ tool: ReferenceTool, _ workload: Workload = workload) -> [String] {
        tool.text(for: workload).split(separator: "\n").map(String.init)
    }

    private static func name(after marker: String, in line: String?) throws -> String {
        let words = try #require(line).split(separator: " ").map(String.init)
        return words[try #require(words.lastIndex(of: marker)) + 1]
    }

    @Test("iptables: all rules of one service port, in their order")
    func iptablesService() throws {
        let lines = Self.lines(.iptablesRestore)
        let match = "-m tcp -p tcp -d \(Self.clusterIP) --dport 80"
        let title = "-m comment --comment \"bench/svc-1:tcp cluster IP\""
        let dispatch = lines.filter { $0.hasPrefix("-A KUBE-SERVICES") && $0.contains(" \(Self.clusterIP) ") }
        let chain = try Self.name(after: "-j", in: dispatch.first)
        let choices = lines.filter { $0.hasPrefix("-A \(chain) ") && $0.contains(" -> ") }
        let own = try choices.map { try Self.name(after: "-j", in: $0) }
        #expect(Set(own).count == 3)
        let chances = ["0.3333333333", "0.5000000000"].map { "-m statistic --mode random --probability \($0) " } + [""]
        var expected = ["-A KUBE-SERVICES \(title) \(match) -j \(chain)"]
        expected.append("-A \(chain) \(title) \(match) ! -s 10.0.0.0/8 -j KUBE-MARK-MASQ")
        for (number, address) in Self.endpoints.enumerated() {
            expected.append(
                "-A \(chain) -m comment --comment \"bench/svc-1:tcp -> \(address):8080\" \(chances[number])-j \(own[number])"
            )
        }
        for (number, address) in Self.endpoints.enumerated() {
            let start = "-A \(own[number]) -m comment --comment bench/svc-1:tcp"
            expected.append("\(start) -s \(address) -j KUBE-MARK-MASQ")
            expected.append("\(start) -m tcp -p tcp -j DNAT --to-destination \(address):8080")
        }
        #expect(lines.filter { line in line.contains("bench/svc-1:") } == expected)
        #expect(chain.hasPrefix("KUBE-SVC-") && chain.count == 25)
        #expect(own.allSatisfy { $0.hasPrefix("KUBE-SEP-") && $0.count == 25 })
        for name in own + [chain] { #expect(lines.contains(":\(name) - [0:0]")) }
    }

    @Test("iptables: what is there without any service")
    func iptablesFrame() throws {
        let lines = Self.lines(.iptablesRestore)
        let split = try #require(lines.firstIndex(of: "COMMIT"))
        let (filter, nat) = (lines[...split], lines[(split + 1)...])
        #expect(filter.first == "*filter" && nat.first == "*nat" && nat.last == "COMMIT")
        #expect(!filter.contains { $0.contains("bench/") })
        func targets(_ chain: String, _ table: ArraySlice<String>) throws -> [String] {
            try table.filter { $0.hasPrefix("-A \(chain) ") }.map { try Self.name(after: "-j", in: $0) }
        }
        #expect(
            try targets("INPUT", filter) == [
                "KUBE-PROXY-FIREWALL", "KUBE-NODEPORTS", "KUBE-EXTERNAL-SERVICES", "KUBE-FIREWALL",
            ])
        #expect(
            try targets("FORWARD", filter) == [
                "KUBE-PROXY-FIREWALL", "KUBE-FORWARD", "KUBE-SERVICES", "KUBE-EXTERNAL-SERVICES",
            ])
        #expect(try targets("OUTPUT", filter) == ["KUBE-PROXY-FIREWALL", "KUBE-SERVICES", "KUBE-FIREWALL"])
        // Packets of established connections pass two rules before they are accepted.
        #expect(try targets("KUBE-FORWARD", filter) == ["DROP", "ACCEPT", "ACCEPT"])
        let guarded = ["KUBE-PROXY-FIREWALL", "KUBE-SERVICES", "KUBE-EXTERNAL-SERVICES"]
        for line in filter where guarded.contains(where: { line.hasSuffix("-j \($0)") }) {
            #expect(line.contains(" -m conntrack --ctstate NEW "), "\(line)")
        }
        #expect(try targets("KUBE-POSTROUTING", nat) == ["RETURN", "MARK", "MASQUERADE"])
        #expect(nat.contains { $0.hasSuffix("-j MASQUERADE --random-fully") })
        // Node ports come last of all, by a tail call.
        let last = nat.last { $0.hasPrefix("-A KUBE-SERVICES ") }
        #expect(last?.hasSuffix("-m addrtype --dst-type LOCAL -j KUBE-NODEPORTS") == true)
        for chain in ["PREROUTING", "OUTPUT"] { #expect(try targets(chain, nat) == ["KUBE-SERVICES"]) }
    }

    @Test("iptables: beyond 1,000 endpoints, rules that lead to endpoints have no comments")
    func largeClusters() {
        func comments(_ workload: Workload) -> (endpoints: Int, services: Int) {
            let lines = Self.lines(.iptablesRestore, workload).filter { $0.contains("--comment") }
            return (
                lines.count { $0.contains(" KUBE-SEP-") || $0.contains(" -> ") },
                lines.count { $0.contains(" cluster IP\"") }
            )
        }
        // 197 services with 5 endpoints each and 3 more ports: 1,000 endpoints.
        let small = comments(Workload(services: 197, endpoints: 5))
        #expect(small.endpoints == 3000 && small.services == 400)
        let large = comments(Workload(services: 198, endpoints: 5))
        #expect(large.endpoints == 0 && large.services == 402)
    }

    @Test("nftables: all commands of one service port, in their order")
    func nftablesService() throws {
        let lines = Self.lines(.nft)
        let table = "ip kube-proxy"
        let element = lines.first { $0.hasPrefix("add element \(table) service-ips { \(Self.clusterIP) ") }
        let chain = try Self.name(after: "goto", in: element)
        let own = try lines.filter { $0.hasPrefix("add chain \(table) endpoint-") && $0.contains("/svc-1/") }.map {
            try Self.name(after: "kube-proxy", in: $0)
        }
        #expect(chain.hasPrefix("service-") && chain.hasSuffix("-bench/svc-1/tcp/tcp") && chain.count == 8 + 8 + 20)
        #expect(own.map { $0.suffix(17) } == Self.endpoints.map { "__\($0)/8080".suffix(17) })
        var expected = (own + [chain]).flatMap { ["add chain \(table) \($0)", "flush chain \(table) \($0)"] }
        expected.append("add element \(table) cluster-ips { \(Self.clusterIP) }")
        expected.append("add element \(table) service-ips { \(Self.clusterIP) . tcp . 80 : goto \(chain) }")
        let rule = "add rule \(table)"
        expected.append("\(rule) \(chain) ip daddr \(Self.clusterIP) ip saddr != 10.0.0.0/8 jump mark-for-masquerade")
        let choices = own.enumerated().map { "\($0) : goto \($1)" }.joined(separator: " , ")
        expected.append("\(rule) \(chain) numgen random mod 3 vmap { \(choices) }")
        for (name, address) in zip(own, Self.endpoints) {
            expected.append("\(rule) \(name) ip saddr \(address) jump mark-for-masquerade")
            expected.append("\(rule) \(name) meta l4proto tcp dnat to \(address):8080")
        }
        #expect(lines.filter { $0.contains("svc-1/") || $0.contains(" \(Self.clusterIP) ") } == expected)
    }

    @Test("nftables: hooks with upstream's priorities, a look-up each for the first packet of a connection")
    func nftablesFrame() {
        let lines = Self.lines(.nft)
        func has(_ end: String) -> Bool { lines.contains { $0.hasSuffix(end) } }
        #expect(has("filter-prerouting-pre-dnat { type filter hook prerouting priority -110 ; }"))
        #expect(has("filter-output-pre-dnat { type filter hook output priority -110 ; }"))
        for hook in ["input", "forward", "output"] {
            #expect(has("filter-\(hook) { type filter hook \(hook) priority 0 ; }"))
            #expect(has("filter-\(hook) ct state new jump service-endpoints-check"))
        }
        for hook in ["forward", "output"] { #expect(has("filter-\(hook) ct state new jump cluster-ips-check")) }
        #expect(has("services ip daddr . meta l4proto . th dport vmap @service-ips"))
        #expect(has("cluster-ips-check ip daddr @cluster-ips reject"))
        // Services with two ports have one address.
        #expect(lines.count { $0.hasPrefix("add element ip kube-proxy cluster-ips ") } == 6)
        #expect(lines.count { $0.hasPrefix("add element ip kube-proxy service-ips ") } == 9)
    }

    @Test(
        "The programs load both", .enabled(if: (try? NetworkNamespace()) != nil, "needs network namespaces"),
        arguments: [ReferenceTool.iptablesRestore, .nft])
    func loads(tool: ReferenceTool) throws {
        guard let path = ToolVersions.path(of: tool) else { return }
        let process = try ChildProcess(
            path, tool.arguments, input: .bytes(Array(tool.text(for: Self.workload).utf8)), in: try NetworkNamespace())
        let end = try #require(process.wait(within: .seconds(60)))
        #expect(end.status == 0, "\(process.errorText)")
    }
}
