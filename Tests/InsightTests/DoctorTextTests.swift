import Foundation
import HostInspection
import Insight
import NftablesDataplane
import ProxyServer
import Testing

@Suite struct DoctorTextTests {
    private static var report: DoctorReport {
        var facts = goodHost()
        facts.settings["/proc/sys/net/ipv4/ip_forward"] = .seen("0")
        facts.ruleset = .hidden("needs CAP_NET_ADMIN: run it as root")
        return Examination.report(facts, DoctorOptions(mode: .nftables, asksForSwitch: true))
    }

    @Test("The text has what was read, its cure, what was not looked at, and a sum")
    func text() {
        let text = DoctorText(Self.report, isColoured: false).text
        #expect(text.contains("\nERROR     ip-forward: IPv4 packets are not forwarded"))
        #expect(text.contains("          read  /proc/sys/net/ipv4/ip_forward: 0\n"))
        #expect(text.contains("          cure  sysctl -w net.ipv4.ip_forward=1\n"))
        #expect(text.contains("\nNOT LOOKED AT\n  the rules in nf_tables: needs CAP_NET_ADMIN"))
        #expect(text.contains("Switch to nftables mode, from no mode of ours in force\n"))
        #expect(text.hasSuffix("\n1 error, 0 warnings, 0 notes, 1 not looked at\n"))
        #expect(!text.contains("\u{1B}"))
        #expect(!text.contains(" \n"))
        let coloured = DoctorText(Self.report, isColoured: true).text
        #expect(coloured.contains("\u{1B}[31mERROR"))
        #expect(coloured.replacing(/\u{1B}\[\d+m/, with: "").filter { $0 != " " } == text.filter { $0 != " " })
    }

    @Test("The report goes through JSON as it is")
    func json() throws {
        let data = try JSONEncoder().encode(Self.report)
        #expect(try JSONDecoder().decode(DoctorReport.self, from: data) == Self.report)
        let text = String(decoding: data, as: UTF8.self)
        #expect(text.contains(#""version":1"#) && text.contains(#""severity":"error""#))
    }
}
