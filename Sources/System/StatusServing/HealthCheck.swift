/// One health check of a process.
public struct HealthCheck: Sendable {
    /// Checks only that the process answers.
    public static let ping = HealthCheck("ping") { nil }

    /// As in `/healthz/NAME`.
    public var name: String
    /// Returns what is wrong; nil if healthy. Must not block.
    public var problem: @Sendable () -> String?

    public init(_ name: String, problem: @escaping @Sendable () -> String?) {
        self.name = name
        self.problem = problem
    }
}

/// The checks behind one path, with answers in the format of kube-apiserver's health endpoints.
public struct HealthEndpoint: Sendable {
    /// `healthz`, `livez` or `readyz`.
    public var name: String
    public var checks: [HealthCheck]
    /// Gets failed checks with their reasons, which the combined answer does not show.
    public var failed: @Sendable ([String: String]) -> Void

    public init(
        _ name: String, _ checks: [HealthCheck], failed: @escaping @Sendable ([String: String]) -> Void = { _ in }
    ) {
        self.name = name
        self.checks = checks
        self.failed = failed
    }

    /// Nil if the path is not this endpoint's.
    public func answer(_ question: HTTPQuestion) -> HTTPAnswer? {
        if question.path == "/\(name)" { return answerAll(question) }
        let prefix = "/\(name)/"
        guard question.path.hasPrefix(prefix) else { return nil }
        let wanted = question.path.dropFirst(prefix.count)
        guard let check = checks.first(where: { $0.name == wanted }) else { return nil }
        guard let problem = check.problem() else { return .text("ok") }
        return .text("internal server error: \(problem)\n", status: 500)
    }

    private func answerAll(_ question: HTTPQuestion) -> HTTPAnswer {
        let excluded = question.values(of: "exclude")
        var lines = ""
        var problems: [String: String] = [:]
        for check in checks {
            if excluded.contains(check.name) {
                lines += "[+]\(check.name) excluded: ok\n"
            } else if let problem = check.problem() {
                problems[check.name] = problem
                lines += "[-]\(check.name) failed: reason withheld\n"
            } else {
                lines += "[+]\(check.name) ok\n"
            }
        }
        let unknown = excluded.filter { name in !checks.contains { $0.name == name } }
        if !unknown.isEmpty {
            let names = unknown.map { "\"\($0)\"" }.joined(separator: ",")
            lines += "warn: some health checks cannot be excluded: no matches for \(names)\n"
        }
        guard problems.isEmpty else {
            failed(problems)
            return .text("\(lines)\(name) check failed\n", status: 500)
        }
        return .text(question.values(of: "verbose").isEmpty ? "ok" : "\(lines)\(name) check passed\n")
    }
}
