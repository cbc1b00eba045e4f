import Charts
import Foundation
import NetworkAddress
import NftablesDataplane
import ProxyServer
import Testing

@testable import Bench

@Suite struct BenchReportTests {
    private static let workload = Workload(services: 10, endpoints: 2)

    private static func samples(_ connect: [Double]) -> LatencyProbe.Samples {
        var samples = LatencyProbe.Samples()
        samples.connect = connect.map { $0 * 1000 }
        return samples
    }

    /// Two rounds without rules and with a mode, the second of them slower for both.
    private static func records() -> [SubjectRecord] {
        var base = SubjectRecord(.noRules)
        var mode = SubjectRecord(.mode(.nftables))
        for (slow, added) in [(0.0, 2.0), (50.0, 4.0)] {
            base.beginRound()
            mode.beginRound()
            base.add(samples([10, 11, 12].map { $0 + slow }), at: .last)
            var found = samples([10, 11, 90].map { $0 + slow + added })
            found.answeredBy = [
                UInt32(workload.endpoint(9, 0).value): 1, UInt32(workload.endpoint(9, 1).value): 2, 12345: 99,
            ]
            mode.add(found, at: .last)
            base.endRound()
            mode.endRound()
        }
        mode.programming = [
            ProgrammingFigures(
                seconds: 2, userSeconds: 1, systemSeconds: 0.5, messages: 7, bytes: 100, added: 3, removed: 0),
            ProgrammingFigures(
                seconds: 4, userSeconds: 2, systemSeconds: 0.5, messages: 8, bytes: 101, added: 4, removed: 0),
        ]
        mode.processPeak = [5e6]
        return [base, mode]
    }

    private static func report(notice: String? = nil) -> BenchReport {
        BenchReport(
            notice: notice, command: "viaduct bench --quick",
            machine: MachineDescription(
                kernel: "Linux 6.1", cpuinfo: "processor: 0\nmodel name: Some CPU\n", meminfo: "", vendor: "",
                versions: ["viaduct": "1"]), started: "2026-01-01T00:00:00Z", seconds: 12, endpoints: 2, rounds: 2,
            connections: 3,
            unavailable: [.init(subject: "ipvs", services: nil, reason: "no module <ip_vs>")],
            counts: [.init(services: 10, subjects: SubjectRecord.figures(records(), workload))])
    }

    @Test("The added cost is that of each round, so that a slower round does not count")
    func added() throws {
        let figures = SubjectRecord.figures(Self.records(), Self.workload)
        let last = try #require(figures[1].latency(.last, .connect))
        #expect(last.added?.rounds == [2, 4] && last.added?.median == 3)
        #expect(last.p50.rounds == [13, 65] && last.slowest == 144 && last.samples == 6)
        #expect(figures[0].latency(.last, .connect)?.added == nil)
        #expect(figures[1].latency(.first, .connect) == nil)
    }

    @Test("A round without a figure of its own is left out of the comparison")
    func missingRound() throws {
        var records = Self.records()
        records[0].beginRound()
        records[0].add(Self.samples([1]), at: .last)
        records[0].endRound()
        records[1].beginRound()
        records[1].endRound()
        let last = try #require(SubjectRecord.figures(records, Self.workload)[1].latency(.last, .connect))
        #expect(last.added?.rounds == [2, 4])
    }

    @Test func programmingAndFairness() throws {
        let mode = SubjectRecord.figures(Self.records(), Self.workload)[1]
        let programming = try #require(mode.programming)
        #expect(programming.seconds.median == 3 && programming.cpuSeconds?.rounds == [1.5, 2.5])
        #expect(programming.messages == 8 && programming.added == 4)
        #expect(mode.change == nil && mode.memory?.kernel == nil && mode.memory?.processPeak?.median == 5e6)
        // Answers of nobody's address do not count.
        #expect(mode.fairness?.connections == 6 && mode.fairness?.degreesOfFreedom == 1)
    }

    @Test func survivesJSON() throws {
        let data = try JSONEncoder().encode(Self.report(notice: "ratios only"))
        let read = try JSONDecoder().decode(BenchReport.self, from: data)
        #expect(read.notice == "ratios only" && read.counts[0].subjects == Self.report().counts[0].subjects)
    }

    @Test("In an emulator the first line says that only ratios count")
    func notice() throws {
        let text = TextReport(Self.report(notice: "Only ratios."), isColoured: false).text
        #expect(text.hasPrefix("Only ratios.\n"))
        let page = ReportCharts(Self.report(notice: "Only ratios.")).page
        #expect(page.banner == "Only ratios.")
    }

    @Test func text() {
        let plain = TextReport(Self.report(), isColoured: false).text
        #expect(!plain.contains("\u{1B}"))
        #expect(plain.contains("10 services of 2 endpoints") && plain.contains("ipvs: no module <ip_vs>"))
        #expect(plain.contains("Again: viaduct bench --quick\n"))
        #expect(TextReport(Self.report(), isColoured: true).text.contains("\u{1B}[1m"))
    }

    @Test("Charts have a line for each subject that was measured, without rules as what they are compared with")
    func charts() throws {
        let charts = ReportCharts(Self.report())
        #expect(charts.charts.map(\.name) == ["latency", "programming", "process-memory"])
        let latency = charts.latency
        #expect(latency.series.map(\.name) == ["no rules", "nftables"])
        #expect(latency.series.map(\.isReference) == [true, false])
        #expect(latency.series[1].style == 0)
        let point = try #require(latency.series[1].points.first)
        #expect(point.x == 10 && abs((point.y ?? 0) - 39e-6) < 1e-12)
        let names = charts.files.map(\.name)
        #expect(names == ["latency.svg", "programming.svg", "process-memory.svg", "report.html"])
        #expect(charts.files.allSatisfy { $0.text.count > 500 })
        #expect(charts.files[3].text.contains("no module &lt;ip_vs&gt;"))
    }
}
