/// The tables of one number of services, for the terminal and for the page.
struct ReportTables {
    private let report: BenchReport
    private let count: BenchReport.Count

    init(_ report: BenchReport, _ count: BenchReport.Count) {
        self.report = report
        self.count = count
    }

    /// New and kept connections.
    var connections: TextTable {
        var table = TextTable(header: [
            "new connections, µs", "TCP first", "middle", "last", "added", "p90", "p99", "answer", "UDP", "added",
            "Gbit/s", "CPU ms/Gbit", "requests/s", "fair p",
        ])
        for subject in count.subjects where !subject.latency.isEmpty {
            let last = subject.latency(.last, .connect)
            let datagram = subject.latency(.last, .datagram)
            table.rows.append([
                subject.subject, figure(subject.latency(.first, .connect)?.p50),
                figure(subject.latency(.middle, .connect)?.p50), figure(last?.p50), signed(last?.added),
                figure(last?.p90), figure(last?.p99), figure(subject.latency(.last, .answer)?.p50),
                figure(datagram?.p50), signed(datagram?.added), figure(subject.bytesPerSecond, scale: 8e-9),
                milliseconds(subject.cpuSecondsPerGigabit), figure(subject.requestsPerSecond),
                subject.fairness.map { TextTable.fixed($0.pValue, 2) } ?? "-",
            ])
        }
        return table
    }

    /// Time, CPU and memory of programming.
    var programming: TextTable {
        var table = TextTable(header: [
            "programming, ms", "all", "CPU", "messages", "objects", "one change", "CPU", "messages", "1 %", "removal",
            "kernel MB", "process MB",
        ])
        for subject in count.subjects where subject.programming != nil {
            table.rows.append([
                subject.subject, milliseconds(subject.programming?.seconds),
                milliseconds(subject.programming?.cpuSeconds), whole(subject.programming?.messages),
                whole(subject.programming?.added), milliseconds(subject.change?.seconds),
                milliseconds(subject.change?.cpuSeconds), whole(subject.change?.messages),
                milliseconds(subject.churn?.seconds), milliseconds(subject.removal?.seconds),
                figure(subject.memory?.kernel, scale: 1e-6), figure(subject.memory?.processPeak, scale: 1e-6),
            ])
        }
        return table
    }

    /// Ways into the kernel, with how many times as long they take as ours.
    var ways: TextTable {
        var table = TextTable(header: [
            "ways into the kernel, ms", "all", "× ours", "CPU", "× ours", "one change", "× ours", "CPU", "× ours",
            "objects",
        ])
        for way in count.ways ?? [] {
            table.rows.append([
                way.way.description, milliseconds(way.programming.seconds), times(way.ratios?.programmingSeconds),
                milliseconds(way.programming.cpuSeconds), times(way.ratios?.programmingCPU),
                milliseconds(way.change.seconds), times(way.ratios?.changeSeconds),
                milliseconds(way.change.cpuSeconds), times(way.ratios?.changeCPU),
                whole(way.content.values.reduce(0, +)),
            ])
        }
        return table
    }

    /// All that have anything in them.
    var all: [TextTable] { [connections, programming, ways].filter { !$0.rows.isEmpty } }

    private func times(_ ratio: Double?) -> String { ratio.map(TextTable.figure) ?? "-" }

    private func figure(_ spread: Spread?, scale: Double = 1) -> String {
        spread.map { TextTable.figure($0.median * scale) } ?? "-"
    }

    private func milliseconds(_ spread: Spread?) -> String { figure(spread, scale: 1000) }
    private func whole(_ number: Int?) -> String { number.map(TextTable.grouped) ?? "-" }

    private func signed(_ spread: Spread?) -> String {
        spread.map { ($0.median < 0 ? "" : "+") + TextTable.fixed($0.median, 1) } ?? "-"
    }
}
