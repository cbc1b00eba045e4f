/// The report for people.
package struct DoctorText {
    private let report: DoctorReport
    private let isColoured: Bool

    package init(_ report: DoctorReport, isColoured: Bool) {
        self.report = report
        self.isColoured = isColoured
    }

    package var text: String {
        let place = report.isHostNetwork ? "the host's network" : "a network namespace that is not the host's"
        var lines = ["Linux \(report.kernel), \(place)", ""]
        lines += modes
        lines += findings
        if let modeSwitch = report.modeSwitch { lines += [""] + switched(modeSwitch) }
        lines += gaps
        lines += ["", summary]
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: Parts

    private var modes: [String] {
        var lines = [faint("MODE       STATE    WHY")]
        for mode in report.modes {
            let reasons = mode.reasons.isEmpty ? [""] : mode.reasons
            for (index, reason) in reasons.prefix(5).enumerated() {
                let name = padded(index == 0 ? mode.mode : "", 11)
                let state = padded(index == 0 ? mode.state.rawValue : "", 9)
                lines.append(trimmed(name + (index == 0 ? paint(state, colour(mode.state)) : state) + reason))
            }
            if reasons.count > 5 { lines.append("                    and \(reasons.count - 5) more, see -o json") }
        }
        let others = report.general.filter { $0.state == "works" }.map(\.name)
        return lines + (others.isEmpty ? [] : [trimmed(padded("also", 20) + others.joined(separator: ", "))])
    }

    private var findings: [String] {
        guard !report.findings.isEmpty else { return [] }
        var lines = ["", faint("SEVERITY  FINDING")]
        for finding in report.findings {
            lines.append(
                paint(padded(finding.severity.rawValue.uppercased(), 10), colour(finding.severity))
                    + "\(finding.id): \(finding.message)")
            lines += finding.evidence.map { "          \(faint("read"))  \($0.source): \(oneLine($0.value))" }
            lines += finding.cures.map { "          \(faint("cure"))  \($0)" }
        }
        if report.findings.contains(where: { $0.cures.contains { $0.contains("sysctl -w") } }) {
            lines += [
                "",
                "What sysctl -w sets lasts until the next boot; the same names and values in a file of "
                    + "/etc/sysctl.d stay.",
            ]
        }
        return lines
    }

    private var gaps: [String] {
        guard !report.gaps.isEmpty else { return [] }
        return ["", faint("NOT LOOKED AT")] + report.gaps.map { "  \($0.what): \($0.why)" }
    }

    private func switched(_ plan: ModeSwitch) -> [String] {
        func part(_ title: String, _ lines: [String]) -> [String] {
            lines.isEmpty ? [] : [faint(title)] + lines.map { "  \($0)" }
        }
        let from = plan.from.isEmpty ? "no mode of ours in force" : plan.from.joined(separator: ", ")
        return [strong("Switch to \(plan.to) mode, from \(from)")] + part("REFUSES THE START", plan.refusals)
            + part("COMES", plan.comes) + part("GOES, when the new rules are in force", plan.goes)
            + part(
                "DIFFERS FOR CONNECTIONS, compared with \(plan.comparedWith.joined(separator: ", ")) mode",
                plan.differences)
    }

    private var summary: String {
        func count(_ severity: Severity, _ one: String, _ many: String) -> String {
            let number = report.findings.count { $0.severity == severity }
            return "\(number) \(number == 1 ? one : many)"
        }
        return "\(count(.error, "error", "errors")), \(count(.warning, "warning", "warnings")), "
            + "\(count(.note, "note", "notes")), \(report.gaps.count) not looked at"
    }

    // MARK: Words

    private func oneLine(_ text: String) -> String {
        text.split { $0.isNewline || $0 == "\t" }.joined(separator: " ")
    }

    private func trimmed(_ line: String) -> String {
        var line = line
        while line.hasSuffix(" ") { line.removeLast() }
        return line
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func colour(_ state: ModeVerdict.State) -> Int {
        switch state {
        case .works: 32
        case .limited, .unknown: 33
        case .fails: 31
        }
    }

    private func colour(_ severity: Severity) -> Int {
        switch severity {
        case .note: 36
        case .warning: 33
        case .error: 31
        }
    }

    private func paint(_ text: String, _ colour: Int) -> String {
        isColoured ? "\u{1B}[\(colour)m\(text)\u{1B}[0m" : text
    }
    private func strong(_ text: String) -> String { isColoured ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
    private func faint(_ text: String) -> String { isColoured ? "\u{1B}[2m\(text)\u{1B}[0m" : text }
}
