public import Charts
import Dataplane
import ProxyConfiguration
import ProxyServer

/// The charts of a report: one line for each subject over the number of services, and a page with all of it.
public struct ReportCharts {
    private let report: BenchReport

    public init(_ report: BenchReport) {
        self.report = report
    }

    /// File names without their endings, and charts.
    public var charts: [(name: String, chart: LineChart)] {
        [
            ("latency", latency), ("answer", answer), ("programming", programming), ("change", change),
            ("process-memory", processMemory),
            ("kernel-memory", kernelMemory), ("ways", ways), ("ways-change", waysChange),
        ].filter { !$0.1.series.isEmpty }
    }

    /// What a directory of charts holds: names and texts of files.
    public var files: [(name: String, text: String)] {
        charts.map { ("\($0.name).svg", $0.chart.svg()) } + [("report.html", page.html())]
    }

    private var note: String { report.notice ?? "\(report.machine.processor), \(report.machine.kernel)" }

    // MARK: Charts

    public var latency: LineChart {
        chart(
            "New connection to the last service",
            "TCP connect, median; whiskers: p90. A proxy in user space accepts before it reaches an endpoint",
            "time to connect", .seconds
        ) { Self.last($0, .connect) }
    }

    public var answer: LineChart {
        chart(
            "First answer over a new connection", "TCP, last service, median; whiskers: p90", "time to answer",
            .seconds
        ) { Self.last($0, .answer) }
    }

    private static func last(
        _ figures: BenchReport.SubjectFigures, _ kind: BenchReport.Latency.Kind
    ) -> (Double, Double?, Double?)? {
        figures.latency(.last, kind).map { ($0.p50.median / 1e6, nil, $0.p90.median / 1e6) }
    }

    public var programming: LineChart {
        chart("Programming all services", spreadNote, "time", .seconds) { Self.spread($0.programming?.seconds) }
    }

    public var change: LineChart {
        chart("One endpoint changes", spreadNote, "time", .seconds) { Self.spread($0.change?.seconds) }
    }

    public var processMemory: LineChart {
        chart("Memory of the process", "peak, resident", "memory", .bytes, scale: .linear) {
            Self.spread($0.memory?.processPeak)
        }
    }

    public var kernelMemory: LineChart {
        chart("Memory of the kernel", "growth while all is programmed", "memory", .bytes, scale: .linear) {
            Self.spread($0.memory?.kernel)
        }
    }

    public var ways: LineChart {
        wayChart("Ways into the kernel: all services") { Self.spread($0.programming.seconds) }
    }

    public var waysChange: LineChart {
        wayChart("Ways into the kernel: one endpoint changes") { Self.spread($0.change.seconds) }
    }

    private func wayChart(
        _ title: String, _ value: @escaping (BenchReport.WayFigures) -> (y: Double, low: Double?, high: Double?)?
    ) -> LineChart {
        chart(title, spreadNote, "time", .seconds, names: KernelWay.allCases.map(\.description)) { count, name in
            count.ways?.first { $0.way.description == name }.flatMap(value)
        }
    }

    private var spreadNote: String {
        "median of \(report.rounds) \(report.rounds == 1 ? "round" : "rounds"); whiskers: fastest and slowest"
    }

    private static func spread(_ spread: Spread?) -> (Double, Double?, Double?)? {
        spread.map { ($0.median, $0.low, $0.high) }
    }

    private func chart(
        _ title: String, _ subtitle: String, _ label: String, _ unit: ChartUnit, scale: ChartAxis.Scale = .log10,
        _ value: (BenchReport.SubjectFigures) -> (y: Double, low: Double?, high: Double?)?
    ) -> LineChart {
        chart(title, subtitle, label, unit, scale: scale, names: names) { $0.subject($1).flatMap(value) }
    }

    private func chart(
        _ title: String, _ subtitle: String, _ label: String, _ unit: ChartUnit, scale: ChartAxis.Scale = .log10,
        names: [String],
        _ value: (BenchReport.Count, _ name: String) -> (y: Double, low: Double?, high: Double?)?
    ) -> LineChart {
        LineChart(
            title: title, subtitle: subtitle,
            xAxis: ChartAxis(
                label: "services of \(report.endpoints) endpoints", unit: .count, scale: .log10,
                ticks: report.counts.map { Double($0.services) }),
            yAxis: ChartAxis(label: label, unit: unit, scale: scale),
            series: names.compactMap { name in
                let points = report.counts.compactMap { count in
                    value(count, name).map {
                        LineChart.Point(x: Double(count.services), y: $0.y, low: $0.low, high: $0.high)
                    }
                }
                guard !points.isEmpty else { return nil }
                return LineChart.Series(
                    name: name, points: points, style: Self.styles.firstIndex(of: name),
                    isReference: name == Subject.noRules.description)
            }, note: note)
    }

    /// Who looks the same in every report, whatever else is in it.
    private static let styles =
        Backend.allCases.map(\.name) + ReferenceTool.allCases.map(\.subject) + Subject.socketModes.map(\.description)

    /// All subjects in the order of the report.
    private var names: [String] {
        var names: [String] = []
        for subject in report.counts.flatMap(\.subjects) where !names.contains(subject.subject) {
            names.append(subject.subject)
        }
        return names
    }

    // MARK: Page

    public var page: ReportPage {
        var sections = [
            ReportPage.Section(
                "Charts",
                charts.map { .lineChart($0.chart) })
        ]
        for count in report.counts {
            sections.append(
                ReportPage.Section(
                    "\(TextTable.grouped(count.services)) services",
                    ReportTables(report, count).all.map { .table($0.reportTable) }))
        }
        if !report.unavailable.isEmpty {
            sections.append(ReportPage.Section("Not measured", [.list(report.unavailable.map(\.description))]))
        }
        sections.append(ReportPage.Section("Where and how", [.facts(facts), .list(Self.method)]))
        sections.append(ReportPage.Section("Again", [.code(report.command)]))
        return ReportPage(
            title: "Proxy modes side by side", subtitle: "\(note), \(report.started)", banner: report.notice,
            sections: sections)
    }

    private var facts: [ReportPage.Fact] {
        [
            .init("Processor", "\(report.machine.processor), \(report.machine.cores) cores"),
            .init("Memory", ChartUnit.bytes.format(Double(report.machine.memory))),
            .init("Kernel", report.machine.kernel), .init("Began", report.started),
            .init("Took", ChartUnit.seconds.format(report.seconds)),
        ] + report.machine.versions.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }
    }

    /// How figures come about.
    static let method = [
        "Every mode has a client, a node and a host with backends of its own, in network namespaces of the same shape. "
            + "They stand side by side and are measured in turns, a few connections each.",
        "Clients and backends run on one processor, so that no figure depends on how long another one takes to wake up.",
        "Without rules the client connects to the endpoints in turn, through the same node.",
        "New connections: until connect() returned over TCP, until the first answer over that connection, and until the "
            + "first answer over UDP. A proxy in user space accepts before it reaches an endpoint.",
        "Programming: from the objects to the kernel's agreement, in a process of its own for each mode; CPU includes the "
            + "kernel's work on its behalf.",
        "Programs that load rules take over upstream's shape of the same services; making the text does not count.",
        "Ways into the kernel: what the modes make of the same services, brought there by our code, by the usual libraries "
            + "and by programs, in empty network namespaces; what the kernel then holds is read back and compared. Making "
            + "the content or the text does not count. Some rules for nft have ct mark in the place of what it refuses.",
        "Fairness: chi-square of which endpoint answered. p near 0 is uneven; near 1 more even than chance.",
        "Memory of the kernel: growth of SUnreclaim, VmallocUsed and Percpu in /proc/meminfo, where it is clear.",
        "Medians of the rounds; no round and no connection is left out.",
    ]
}

extension TextTable {
    /// The same table for a page.
    var reportTable: ReportTable {
        ReportTable(
            columns: header.enumerated().map { .init($1, $0 == 0 ? .leading : .trailing) },
            rows: rows.map { $0.map { ReportTable.Cell($0) } })
    }
}
