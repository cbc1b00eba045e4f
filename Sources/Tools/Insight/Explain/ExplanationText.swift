/// The explanation for people.
package struct ExplanationText {
    private let explanation: Explanation
    private let isColoured: Bool
    private var lines: [String] = []

    package init(_ explanation: Explanation, isColoured: Bool) {
        self.explanation = explanation
        self.isColoured = isColoured
    }

    package var text: String {
        var copy = self
        copy.addConnection()
        copy.addEndpoints()
        copy.addKernel()
        copy.addConnections()
        copy.addObstacles()
        copy.addTrace()
        copy.addRest()
        return copy.lines.joined(separator: "\n") + "\n"
    }

    // MARK: Parts

    private mutating func addConnection() {
        let connection = explanation.connection
        let address = connection.address.contains(":") ? "[\(connection.address)]" : connection.address
        row("From", "\(connection.from): \(connection.originReason)")
        var target = "\(address):\(connection.port)/\(connection.protocol)"
        if let service = explanation.service {
            target += ", \(Self.kind(service.kind)) of Service \(service.namespace)/\(service.name)"
            target += service.portName.isEmpty ? "" : ", port \(service.portName)"
        }
        row("To", target)
        for note in explanation.notes { row("", note) }
        if let service = explanation.service { row("Policy", "\(service.policy): \(service.policyReason)") }
        if let ranges = explanation.sourceRanges {
            let verdict = ranges.admits.map { $0 ? "admit the client" : "do not admit the client" }
            row("Sources", "\(shortened(ranges.ranges)) \(verdict ?? "may or may not admit the client")")
        }
        if let affinity = explanation.affinity { row("Affinity", Self.text(affinity)) }
        if let masquerade = explanation.masquerade, explanation.outcome.result == .endpoints {
            row("Masquerade", "\(masquerade.applies ? "yes" : "no"): \(masquerade.reason)")
        }
        if let sockets = explanation.sockets {
            let count = sockets.count.map { "; \($0) so far to this port of the Service" } ?? ""
            row(
                "Sockets",
                (sockets.isTranslated ? "translated " : "left to the packet rules: ") + sockets.reason + count)
        }
        row("Outcome", outcome)
        row("Mode", "\(explanation.mode) on \(explanation.node), \(explanation.settings)")
    }

    private static func kind(_ kind: String) -> String {
        [
            "clusterIP": "cluster IP", "externalIP": "external IP", "loadBalancerIP": "load balancer IP",
            "nodePort": "node port",
        ][kind] ?? kind
    }

    private static func text(_ affinity: Explanation.AffinityPart) -> String {
        let rule = "ClientIP, \(affinity.seconds) s"
        guard let endpoint = affinity.endpoint else {
            return rule
                + (affinity.place == nil ? "; this client has no endpoint yet" : "; the client's endpoint is gone")
        }
        let left = affinity.secondsLeft.map { " for another \(Int($0.rounded())) s" } ?? ""
        return "\(rule); this client keeps \(endpoint)\(left) (\(affinity.place ?? ""))"
    }

    private var outcome: String {
        let outcome = explanation.outcome
        switch outcome.result {
        case .endpoints:
            if let kept = explanation.affinity?.endpoint {
                return paint("goes to \(kept)", 32) + ", which this client keeps"
            }
            let count = explanation.endpoints.count
            return paint(
                count == 1 ? "goes to \(explanation.endpoints[0].address)" : "goes to one of \(count) endpoints", 32)
        case .refused:
            return paint("refused", 33) + ": \(outcome.reason)"
                + (outcome.error.map { " (the send fails with \($0))" } ?? "")
        case .dropped: return paint("no answer", 31) + ": \(outcome.reason)"
        case .otherNode: return paint("not decided here", 33) + ": \(outcome.reason)"
        case .untouched:
            guard let route = outcome.route else { return "not translated: \(outcome.reason)" }
            let way: String
            switch route.kind {
            case "local":
                way =
                    route.isListening == false
                    ? "nothing listens there, so this node refuses it" : "this node itself answers"
            case "forwarded": way = "it goes on by \(route.device ?? "?")" + (route.gateway.map { " to \($0)" } ?? "")
            default: way = "there is no route to it"
            }
            return paint("not translated", 33) + ": \(outcome.reason); \(way)"
        }
    }

    private mutating func addEndpoints() {
        if !explanation.endpoints.isEmpty {
            heading("Endpoints")
            table(
                ["ADDRESS", "WEIGHT", "SHARE", "NODE", "ZONE", "STATE", "SEES"],
                explanation.endpoints.map {
                    [
                        $0.address, "\($0.weight)", "\(Int(($0.share * 100).rounded())) %", $0.node ?? "-",
                        $0.zone ?? "-",
                        $0.state, $0.isMasqueraded ? "this node" : "the client",
                    ]
                })
        }
        guard !explanation.leftOut.isEmpty else { return }
        heading("Left out")
        table(
            ["ADDRESS", "NODE", "ZONE", "WHY"],
            explanation.leftOut.map { [$0.address, $0.node ?? "-", $0.zone ?? "-", $0.reason] })
    }

    private mutating func addKernel() {
        guard let agrees = explanation.kernel.agrees else { return }
        heading("In the kernel")
        let objects = explanation.kernel.objects
        // Chains that are right are many and all alike.
        let quiet = objects.filter { $0.state == "present" && $0.kind == "chain" }
        for object in objects where !quiet.contains(object) {
            let mark = object.state == "present" ? paint("ok", 32) : paint(object.state.uppercased(), 31)
            lines.append("  \(mark)  \(object.object)  \(faint(object.place))" + (object.found.map { ": \($0)" } ?? ""))
        }
        if !quiet.isEmpty {
            let isWhole = !objects.contains { $0.kind == "rule" && $0.state != "present" }
            lines.append(
                "  \(paint("ok", 32))  \(quiet.count) chains\(isWhole ? " with all of their rules that matter here" : "")"
            )
        }
        let wrong = explanation.kernel.differences.count
        lines.append(
            "  "
                + (agrees
                    ? "all is as it should be"
                    : paint(
                        wrong == 1 ? "1 thing is not as it should be" : "\(wrong) things are not as they should be", 31))
        )
    }

    private mutating func addConnections() {
        guard explanation.connections.count > 0 else { return }
        heading("Connections that are there (\(explanation.connections.count))")
        table(
            ["CLIENT", "ENDPOINT", "STATE", "LEFT"],
            explanation.connections.shown.map {
                let state =
                    ($0.isAnswered ? "answered" : "unanswered") + ($0.isMasqueraded ? ", masqueraded" : "")
                    + ($0.isAllowed == false ? ", to none of the endpoints above" : "")
                return [$0.client, $0.endpoint ?? "not translated", state, "\($0.secondsLeft) s"]
            })
    }

    private mutating func addObstacles() {
        guard !explanation.obstacles.isEmpty else { return }
        heading("In the way")
        for obstacle in explanation.obstacles {
            let endpoints = obstacle.endpoints.isEmpty ? "" : " (on the way to \(shortened(obstacle.endpoints)))"
            lines.append(
                "  \(paint(obstacle.isCertain ? "STOPS" : "MAY STOP", obstacle.isCertain ? 31 : 33))  \(obstacle.message)"
                    + "  \(faint(obstacle.place))\(endpoints)")
        }
    }

    private mutating func addTrace() {
        guard let trace = explanation.trace else { return }
        heading("One packet \(trace.isSent ? "that explain sent" : "as it came by"): \(trace.result)")
        // Where a chain just ends there is nothing to tell.
        let steps = trace.steps.filter { $0.kind != "return" || !$0.verdict.isEmpty }
        let widths = [\Explanation.StepPart.hook, \.table, \.chain].map { path in
            (steps.map { $0[keyPath: path].count }.max() ?? 0) + 2
        }
        for step in steps {
            let place = zip([step.hook, step.table, step.chain], widths).map { padded($0, $1) }.joined()
            let words = step.words ?? (step.isOurs ? "" : "not ours")
            let verdict = step.verdict.isEmpty ? "goes on" : step.verdict
            let isEnd = verdict == "drop"
            lines.append(
                "  \(place)\(isEnd ? paint(verdict, 31) : verdict)\(step.kind == "policy" ? " (policy)" : "")"
                    + (words.isEmpty ? "" : faint("  # \(words)")))
            if let rule = step.rule { lines.append(String(repeating: " ", count: widths[0] + widths[1] + 4) + rule) }
        }
        if !trace.counters.isEmpty {
            lines.append(faint("  rules of the legacy tables that counted packets meanwhile"))
            lines += trace.counters.map { "  \($0.packets)  \($0.rule)  \(faint($0.place))" }
        }
        for flow in trace.connections {
            lines.append(
                "  connection tracking has \(flow.client) -> \(flow.endpoint ?? flow.destination)"
                    + (flow.isMasqueraded ? ", masqueraded" : "") + (flow.isAnswered ? ", answered" : ", unanswered"))
        }
        if trace.steps.isEmpty, trace.counters.isEmpty, trace.connections.isEmpty {
            lines.append("  nothing of it was seen")
        }
    }

    private mutating func addRest() {
        guard !explanation.gaps.isEmpty else { return }
        heading("Not looked at")
        for gap in explanation.gaps { lines.append("  \(gap.what): \(gap.why)") }
    }

    // MARK: Words

    private mutating func row(_ name: String, _ text: String) {
        lines.append((name.isEmpty ? String(repeating: " ", count: 12) : faint(padded(name, 12))) + text)
    }

    private mutating func heading(_ text: String) { lines += ["", faint(text)] }

    private mutating func table(_ titles: [String], _ rows: [[String]]) {
        let widths = titles.indices.map { column in
            max(titles[column].count, rows.map { $0[column].count }.max() ?? 0) + 2
        }
        func line(_ cells: [String]) -> String {
            var text = "  " + zip(cells, widths).map { padded($0, $1) }.joined()
            while text.hasSuffix(" ") { text.removeLast() }
            return text
        }
        lines.append(faint(line(titles)))
        lines += rows.prefix(50).map(line)
        if rows.count > 50 { lines.append("  and \(rows.count - 50) more, see -o json") }
    }

    private func shortened(_ items: [String]) -> String {
        let shown = items.prefix(4).joined(separator: ", ")
        return items.count > 4 ? "\(shown) and \(items.count - 4) more" : shown
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func paint(_ text: String, _ colour: Int) -> String {
        isColoured ? "\u{1B}[\(colour)m\(text)\u{1B}[0m" : text
    }
    private func faint(_ text: String) -> String { isColoured ? "\u{1B}[2m\(text)\u{1B}[0m" : text }
}
