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
        lines.append(
            machine.versions.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "; "))
        lines.append(
            "medians of \(report.rounds) \(report.rounds == 1 ? "round" : "rounds")"
                + (report.counts.allSatisfy(\.subjects.isEmpty)
                    ? "" : "; \(report.connections) new connections to each service and protocol in a round"))
        for count in report.counts {
            lines += ["", strong("\(TextTable.grouped(count.services)) services of \(report.endpoints) endpoints")]
            for part in ReportTables(report, count).all { lines += [""] + table(part) }
        }
        if !report.unavailable.isEmpty {
            lines += ["", strong("Not measured")]
            lines += report.unavailable.map { "  \($0)" }
        }
        lines += ["", "Again: \(report.command)"]
        return lines.joined(separator: "\n") + "\n"
    }

    private func strong(_ text: String) -> String { isColoured ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
    private func faint(_ text: String) -> String { isColoured ? "\u{1B}[2m\(text)\u{1B}[0m" : text }

    private func table(_ table: TextTable) -> [String] {
        table.lines().enumerated().map { $0 == 0 ? faint($1) : $1 }
    }
}
