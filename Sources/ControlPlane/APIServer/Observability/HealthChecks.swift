import ObjectStore

/// `/livez`, `/readyz`, `/healthz` and their single checks.
struct HealthChecks: Sendable {
    struct Check: Sendable {
        var name: String
        /// Throws what is wrong.
        var run: @Sendable () async throws -> Void
    }

    struct Answer: Sendable {
        var code: Int
        var text: String
    }

    private struct Stopping: Error {}

    /// By endpoint.
    private let checks: [String: [Check]]

    init(store: any ObjectStore, isStopping: @escaping @Sendable () -> Bool) {
        let ping = Check(name: "ping") {}
        let log = Check(name: "log") {}
        let storage = Check(name: "etcd") { _ = try await store.currentRevision() }
        // Another start would make no room, so that only readiness tells it.
        let space = Check(name: "etcd-readiness") {
            if let problem = await store.problem() { throw problem }
        }
        let shutdown = Check(name: "shutdown") {
            if isStopping() { throw Stopping() }
        }
        checks = [
            "livez": [ping, log, storage], "readyz": [ping, log, storage, space, shutdown],
            "healthz": [ping, log, storage],
        ]
    }

    /// - Parameter path: such as `["readyz"]` or `["readyz", "ping"]`; nil if there is no such check.
    func answer(_ path: [String], isVerbose: Bool, excluded: [String]) async -> Answer? {
        guard let endpoint = path.first, let all = checks[endpoint] else { return nil }
        let single = path.dropFirst().joined(separator: "/")
        let wanted = single.isEmpty ? all : all.filter { $0.name == single }
        guard !wanted.isEmpty else { return nil }
        var lines = ""
        var hasFailed = false
        for check in wanted {
            if excluded.contains(check.name) {
                lines += "[+]\(check.name) excluded: ok\n"
                continue
            }
            do {
                try await check.run()
                lines += "[+]\(check.name) ok\n"
            } catch {
                hasFailed = true
                lines += "[-]\(check.name) failed: reason withheld\n"
            }
        }
        let unknown = excluded.filter { name in !all.contains { $0.name == name } }
        if !unknown.isEmpty {
            let names = unknown.map { "\"\($0)\"" }.joined(separator: ",")
            lines += "warn: some health checks cannot be excluded: no matches for \(names)\n"
        }
        if hasFailed { return Answer(code: 500, text: "\(lines)\(endpoint) check failed\n") }
        return Answer(code: 200, text: isVerbose ? "\(lines)\(endpoint) check passed\n" : "ok")
    }
}
