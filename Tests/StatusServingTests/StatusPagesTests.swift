import PrometheusMetrics
import Synchronization
import Testing

@testable import StatusServing

@Suite struct StatusPagesTests {
    private final class Problems: Sendable {
        let current = Mutex<String?>(nil)
        let logged = Mutex<[[String: String]]>([])
    }

    private let problems = Problems()

    private var pages: StatusPages {
        let checks: [HealthCheck] = [.ping, HealthCheck("worker") { [problems] in problems.current.withLock { $0 } }]
        let health = HealthEndpoint("healthz", checks) { [problems] new in problems.logged.withLock { $0.append(new) } }
        let registry = MetricsRegistry()
        registry.counter("things_total", "Things").increment()
        return StatusPages(health: [health], registry: registry, configz: "{}")
    }

    private func ask(_ uri: String, local: Bool = true) -> HTTPAnswer {
        pages.answer(HTTPQuestion(uri: uri, isFromLoopback: local))
    }

    @Test func aHealthyProcess() {
        #expect(ask("/healthz") == .text("ok"))
        #expect(ask("/healthz?verbose").body == "[+]ping ok\n[+]worker ok\nhealthz check passed\n")
        #expect(ask("/healthz/worker").body == "ok")
        #expect(ask("/healthz/other").status == 404)
        #expect(ask("/livez").status == 404)
        #expect(problems.logged.withLock { $0.isEmpty })
    }

    @Test func aSickProcess() {
        problems.current.withLock { $0 = "it hangs" }
        let answer = ask("/healthz")
        #expect(answer.status == 500)
        #expect(answer.body == "[+]ping ok\n[-]worker failed: reason withheld\nhealthz check failed\n")
        #expect(problems.logged.withLock { $0 } == [["worker": "it hangs"]])
        #expect(ask("/healthz/worker").status == 500)
        #expect(ask("/healthz/worker").body == "internal server error: it hangs\n")
        #expect(ask("/healthz/ping").status == 200)
        let excluded = ask("/healthz?verbose&exclude=worker&exclude=nothing")
        #expect(excluded.status == 200)
        #expect(
            excluded.body == "[+]ping ok\n[+]worker excluded: ok\n"
                + "warn: some health checks cannot be excluded: no matches for \"nothing\"\nhealthz check passed\n")
    }

    @Test func whoMaySeeWhat() {
        #expect(ask("/metrics").body.contains("things_total 1\n"))
        #expect(ask("/configz").body == "{}")
        #expect(ask("/metrics", local: false).status == 403)
        #expect(ask("/configz", local: false).status == 403)
        #expect(ask("/nothing", local: false).status == 403)
        for path in ["/healthz", "/healthz/ping", "/healthz?verbose"] {
            #expect(ask(path, local: false).status == 200)
        }
        let open = StatusPages(health: [], registry: MetricsRegistry(), openPaths: ["/metrics"])
        #expect(open.answer(HTTPQuestion(uri: "/metrics")).status == 200)
        #expect(open.answer(HTTPQuestion(uri: "/metricsx")).status == 403)
    }

    @Test(arguments: [
        ("/a?b=c&d&b=e=f", "/a", ["c", "e=f"], [""]), ("/a", "/a", [], []), ("/?#b=c", "/", [], []), ("", "", [], []),
        ("?b", "", [""], []), ("/a?&&b=", "/a", [""], []),
    ])
    func targets(_ uri: String, _ path: String, _ b: [String], _ d: [String]) {
        let question = HTTPQuestion(uri: uri)
        #expect(question.path == path && question.values(of: "b") == b && question.values(of: "d") == d)
    }
}
