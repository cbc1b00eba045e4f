import Charts
import Foundation
import IPVSDataplane
import IptablesDataplane
import NetworkAddress
import Nftables
import NftablesDataplane
import ProxyConfiguration
import ProxyServer
import ServiceModel
import Testing

@testable import Bench

@Suite struct WayTests {
    private static let workload = Workload(services: 20, endpoints: 3)
    /// A port a service and one more for each of the three that are probed.
    private static let ports = 23

    private static func deltas(_ interface: KernelInterface) throws -> (all: FamilyDelta, change: FamilyDelta) {
        var settings = ProxySettings()
        settings.mode = interface.mode
        var model = WorkloadModel(workload, settings)
        model.load()
        let all = try model.takeDelta().delta
        model.change(turn: 0)
        return (all, try model.takeDelta().delta)
    }

    // MARK: Texts

    @Test("nft gets each element of ours, with its comment, and as many rules")
    func nftScript() throws {
        var content = NftablesContent(NftablesConfiguration(family: .ipv4))
        let script = NftScript(table: "viaduct", layout: NftablesContent.layout)
        let (all, change) = try Self.deltas(.nfTables)
        let plan = try content.take(all)
        let lines = script.text(plan).split(separator: "\n")
        let rules = plan.addedChains.reduce(0) { $0 + $1.rules.count }
        #expect(lines.first == "add table ip viaduct { comment \"service rules of viaduct proxy\"; }")
        #expect(lines.count { $0.hasPrefix("add rule ") } == rules && rules > 50)
        #expect(lines.count { $0.hasPrefix("add chain ") } == plan.addedChains.count)
        let endpoints = try #require(lines.first { $0.hasPrefix("add element ip viaduct endpoints {") })
        #expect(endpoints.split(separator: ",").count == Self.ports * 3)
        #expect(endpoints.contains("10.96.1.0 . tcp . 80 . 2 : 10.128.1.2 . 8080"))
        let counts = try #require(lines.first { $0.hasPrefix("add element ip viaduct endpoint-counts {") })
        #expect(counts.contains("10.96.1.0 . tcp . 80 . 0 comment \"bench/svc-0:tcp\" : 0x3"))
        #expect(lines.contains("add element ip viaduct service-cidrs { 10.96.0.0-10.111.255.255 }"))
        #expect(!lines.contains { $0.contains("numgen random mod 1 ") || $0.contains("meta priority vmap") })
        let changed = script.text(try content.take(change)).split(separator: "\n")
        #expect(changed.count == 3, "\(changed)")
        #expect(changed.contains("delete element ip viaduct endpoint-counts { 10.96.1.6 . tcp . 80 . 0 }"))
    }

    @Test(
        "What nft does not load has a stand-in, also with session affinity",
        arguments: [
            (
                "meta priority set ip daddr . th dport . numgen random mod 1 offset 1 map @a meta priority vmap @b",
                "meta mark set ip daddr . th dport . ct mark map @a meta mark vmap @b"
            ),
            (
                "meta priority set none dnat ip to ip daddr . numgen random mod 3 map @endpoints",
                "meta priority set none dnat ip to ip daddr . ct mark map @endpoints"
            ),
            (
                "meta priority set numgen random mod 3 update @c { ip saddr timeout 3h : meta priority } "
                    + "dnat ip to ip daddr . meta priority map @endpoints",
                "meta priority set numgen random mod 3 update @c { ip saddr timeout 3h : ct mark } "
                    + "dnat ip to ip daddr . ct mark map @endpoints"
            ),
            ("ip saddr 10.0.0.0/8 jump x", "ip saddr 10.0.0.0/8 jump x"),
        ])
    func standIns(rule: String, expected: String) { #expect(NftScript.loadable(rule) == expected) }

    @Test("iptables-restore gets every rule, and each chain that is jumped to; a change empties what it rewrites")
    func restoreText() throws {
        var content = IptablesContent(IptablesConfiguration(family: .ipv4, localhostNodePorts: true))
        let (all, change) = try Self.deltas(.legacyTables)
        let whole = content.take(all)
        let lines = whole.restoreText.split(separator: "\n")
        #expect(lines.count { $0.hasPrefix("*") } == 2 && lines.count { $0 == "COMMIT" } == 2)
        #expect(lines.count { $0.contains(" -j DNAT --to-destination ") } == Self.ports * 3)
        let chains = Set(lines.filter { $0.hasPrefix(":") }.map { $0.dropFirst().prefix { $0 != " " } })
        for line in lines where line.hasPrefix("-A ") {
            let words = line.split(separator: " ")
            let target = words.drop { $0 != "-j" }.dropFirst().first ?? ""
            if target.hasPrefix("KUBE-") { #expect(chains.contains(target), "\(line)") }
            if words[1].hasPrefix("KUBE-") { #expect(chains.contains(words[1]), "\(line)") }
        }
        let changed = content.take(change).restoreText.split(separator: "\n")
        #expect(changed.first == "*nat" && changed.last == "COMMIT")
        #expect(changed.count { $0.hasPrefix(":KUBE-SVC-") } == 1)
        #expect(changed.count { $0.contains("DNAT") } == 2)
    }

    @Test("ipvsadm gets a line a message; an endpoint that goes gets weight 0")
    func ipvsadmText() throws {
        var content = IPVSContent(IPVSConfiguration(family: .ipv4))
        let (all, change) = try Self.deltas(.ipvs)
        let messages = content.take(all)
        let lines = messages.ipvsadmText.split(separator: "\n")
        #expect(lines.count == Self.ports * 4 && messages.count == lines.count)
        #expect(lines.contains("-A -t 10.96.1.0:80 -s rr"))
        #expect(lines.contains("-a -u 10.96.1.0:80 -r 10.128.1.2:8080 -m -w 1"))
        #expect(content.take(change).ipvsadmText == "-e -t 10.96.1.6:80 -r 10.128.1.20:8080 -m -w 0\n")
    }

    // MARK: What was brought there

    @Test("A way that leaves something out, or brings something else, is found out")
    func differences() {
        let ours = WayContent(counts: ["rules": 3, "elements": 10], data: 5, rules: 6)
        #expect(ours.difference(from: ours, of: .libnftnl) == nil)
        var other = ours
        other.counts["elements"] = 9
        #expect(other.difference(from: ours, of: .libnftnl) == "9 elements instead of 10")
        other = ours
        other.data = 4
        #expect(other.difference(from: ours, of: .nft) == "other elements")
        #expect(other.difference(from: ours, of: .libnl) == "other contents")
        other = ours
        other.rules = 7
        #expect(other.difference(from: ours, of: .libnftnl) == "other rules")
        #expect(other.difference(from: ours, of: .nft) == nil, "its rules stand in for ours")
    }

    @Test("The order of lines does not count, their number does")
    func digest() {
        #expect(WayContent.digest(["a", "b"]) == WayContent.digest(["b", "a"]))
        #expect(WayContent.digest(["a", "b"]) != WayContent.digest(["ab"]))
        #expect(WayContent.digest(["a", "a"]) != WayContent.digest(["a"]))
    }

    // MARK: Report

    private static func record(_ way: KernelWay, _ seconds: Double) -> WayRecord {
        var record = WayRecord(way)
        record.contents = [WayContent(counts: ["rules": 2, "elements": 5], data: 1)]
        for factor in [1.0, 3, 2] {
            record.programming.append(
                ProgrammingFigures(
                    seconds: seconds * factor, userSeconds: seconds * factor / 2, systemSeconds: 0, messages: 3))
            record.change.append(
                ProgrammingFigures(seconds: seconds * factor / 10, userSeconds: 0, systemSeconds: 0))
        }
        return record
    }

    @Test("Ratios are medians by ours of the same interface; without ours there are none")
    func ratios() throws {
        var failed = Self.record(.nft, 100)
        failed.hasFailed = true
        let figures = WayRecord.figures([
            Self.record(.blob, 2), Self.record(.libiptc, 3), failed, Self.record(.nft, 9),
        ])
        #expect(figures.map(\.way) == [.blob, .libiptc, .nft])
        #expect(figures.map(\.isOurs) == [true, false, false])
        #expect(figures[0].ratios == nil && figures[2].ratios == nil)
        let ratios = try #require(figures[1].ratios)
        #expect(ratios.programmingSeconds == 1.5 && ratios.programmingCPU == 1.5)
        #expect(abs((ratios.changeSeconds ?? 0) - 1.5) < 1e-9)
        #expect(ratios.changeCPU == nil, "nothing can be divided by no time at all")
    }

    @Test("The table is in the text, the page, the charts and the JSON")
    func report() throws {
        var report = BenchReport(
            command: "viaduct bench --only-ways",
            machine: MachineDescription(kernel: "", cpuinfo: "", meminfo: "", vendor: "", versions: [:]),
            started: "", seconds: 1, endpoints: 3, rounds: 3, connections: 1, unavailable: [],
            counts: [.init(services: 20, subjects: [])])
        #expect(!TextReport(report, isColoured: false).text.contains("ways into the kernel"))
        report.counts[0].ways = WayRecord.figures([Self.record(.libnftnl, 2), Self.record(.nft, 3)])
        let text = TextReport(report, isColoured: false).text
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("nf_tables by nft -f") })
        let cells = line.split(separator: " ").suffix(9)
        #expect(cells == ["6,000", "1.50", "3,000", "1.50", "600", "1.50", "0.0000", "-", "7"])
        #expect(!text.contains("new connections"))
        let charts = ReportCharts(report)
        #expect(charts.charts.map(\.name) == ["ways", "ways-change"])
        #expect(charts.ways.series.map(\.name) == ["nf_tables by libnftnl", "nf_tables by nft -f"])
        #expect(charts.page.html().contains("nf_tables by nft -f"))
        let again = try JSONDecoder().decode(BenchReport.self, from: try JSONEncoder().encode(report))
        #expect(again.counts[0].ways == report.counts[0].ways)
    }

    @Test("Every interface has one way that the proxy goes, and a program's, in this order")
    func kinds() {
        for interface in KernelInterface.allCases {
            let ways = interface.ways
            #expect(ways.map(\.isOurs) == [true] + ways.dropFirst().map { _ in false })
            #expect(ways.map(\.isProgram) == ways.dropLast().map { _ in false } + [true])
        }
    }
}
