/// A report for the terminal.
public struct TextReport {
    private let report: BenchReport
    private let isColoured: Bool

    public init(_ report: BenchReport, isColoured: Bool) {
        self.report = report
        self.isColoured = isColoured
    }

    public var text: String {
        var lines: [String] = []
        if let notice = report.notice { lines += [strong(notice), ""] }
        let machine = report.machine
        lines.append(
            "\(machine.processor), \(machine.cores) \(machine.cores == 1 ? "core" : "cores"), "
                + "\(TextTable.fixed(Double(machine.memory) / 1e9, 1)) GB, \(machine.kernel)")
        lines.append(machine.versions.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "; "))
        lines.append(
            "medians of \(report.rounds) \(report.rounds == 1 ? "round" : "rounds"); "
                + "\(report.connections) new connections to each service and protocol in a round")
        for count in report.counts {
            lines += ["", strong("\(TextTable.grouped(count.services)) services of \(report.endpoints) endpoints"), ""]
            lines += table(connections(count))
            lines.append("")
            lines += table(programming(count))
        }
        if !report.unavailable.isEmpty {
            lines += ["", strong("Not measured")]
            for missing in report.unavailable {
                let services = missing.services.map { " with \(TextTable.grouped($0)) services" } ?? ""
                lines.append("  \(missing.subject)\(services): \(missing.reason)")
            }
        }
        lines += ["", "Again: \(report.command)"]
        return lines.joined(separator: "\n") + "\n"
    }

    private func strong(_ text: String) -> String { isColoured ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
    private func faint(_ text: String) -> String { isColoured ? "\u{1B}[2m\(text)\u{1B}[0m" : text }

    private func table(_ table: TextTable) -> [String] {
        table.lines().enumerated().map { $0 == 0 ? faint($1) : $1 }
    }

    // MARK: Tables

    private func connections(_ count: BenchReport.Count) -> TextTable {
        var table = TextTable(header: [
            "new connections, µs", "TCP first", "middle", "last", "added", "p90", "p99", "answer", "UDP", "added",
            "Gbit/s", "requests/s", "fair p",
        ])
        for subject in count.subjects where !subject.latency.isEmpty {
            let last = subject.latency(.last, .connect)
            let datagram = subject.latency(.last, .datagram)
            table.rows.append([
                subject.subject, figure(subject.latency(.first, .connect)?.p50),
                figure(subject.latency(.middle, .connect)?.p50), figure(last?.p50), signed(last?.added),
                figure(last?.p90), figure(last?.p99), figure(subject.latency(.last, .answer)?.p50),
                figure(datagram?.p50), signed(datagram?.added), figure(subject.bytesPerSecond, scale: 8e-9),
                figure(subject.requestsPerSecond), subject.fairness.map { TextTable.fixed($0.pValue, 2) } ?? "-",
            ])
        }
        return table
    }

    private func programming(_ count: BenchReport.Count) -> TextTable {
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

    private func figure(_ spread: Spread?, scale: Double = 1) -> String {
        spread.map { TextTable.figure($0.median * scale) } ?? "-"
    }

    private func milliseconds(_ spread: Spread?) -> String { figure(spread, scale: 1000) }
    private func whole(_ number: Int?) -> String { number.map(TextTable.grouped) ?? "-" }

    private func signed(_ spread: Spread?) -> String {
        spread.map { ($0.median < 0 ? "" : "+") + TextTable.fixed($0.median, 1) } ?? "-"
    }
}
