import APITesting
import Foundation
import JSONStream
import Testing

@testable import APIObjects
@testable import APISecurity
@testable import APIServer

@Suite struct AuditTests {
    @Test(arguments: [
        ("kind: Policy", "is no Policy of audit.k8s.io/v1"),
        ("{apiVersion: audit.k8s.io/v1, kind: Policy}", "has no rules: nothing would be logged"),
        (
            "{apiVersion: audit.k8s.io/v1, kind: Policy, rules: [{level: Request}]}",
            "rules[0].level: Request is not supported; use Metadata or None"
        ),
        (
            "{apiVersion: audit.k8s.io/v1, kind: Policy, rules: [{level: X}]}",
            "rules[0].level: \"X\" is unknown; use Metadata or None"
        ),
        (
            "{apiVersion: audit.k8s.io/v1, kind: Policy, rules: [{level: None, user: [a]}]}",
            "rules[0]: unknown field \"user\""
        ),
        (
            "{apiVersion: audit.k8s.io/v1, kind: Policy, omitStages: [X], rules: [{level: None}]}",
            "omitStages: \"X\" is no stage"
        ),
    ])
    func policies(_ text: String, _ problem: String) {
        do throws(AuditPolicy.Problem) {
            _ = try AuditPolicy(parsing: Array(text.utf8))
            Issue.record("taken")
        } catch {
            #expect(error.description == problem)
        }
    }

    @Test func rules() throws {
        let policy = try AuditPolicy(
            parsing: Array(
                """
                apiVersion: audit.k8s.io/v1
                kind: Policy
                omitStages: [RequestReceived]
                rules:
                - {level: None, users: [quiet]}
                - {level: None, nonResourceURLs: ["/healthz*"]}
                - level: Metadata
                  resources: [{group: "", resources: [pods/log, "services/*"]}]
                  omitStages: [ResponseStarted]
                - {level: None, namespaces: [dull]}
                - {level: Metadata, verbs: [create]}
                """.utf8))
        func stages(_ request: RequestAttributes, _ user: String = "u") -> Int {
            policy.stages(request, UserInfo(name: user)).count
        }
        #expect(stages(RequestAttributes(verb: "create", resource: "pods")) == 3)
        #expect(stages(RequestAttributes(verb: "create", resource: "pods"), "quiet") == 0)
        #expect(stages(RequestAttributes(verb: "get", resource: "pods")) == 0)
        #expect(stages(RequestAttributes(verb: "get", resource: "pods", subresource: "log")) == 2)
        #expect(stages(RequestAttributes(verb: "get", resource: "services", subresource: "status")) == 2)
        #expect(stages(RequestAttributes(verb: "create", resource: "pods", namespace: "dull")) == 0)
        #expect(stages(RequestAttributes(verb: "get", path: "/healthz/ping")) == 0)
        #expect(stages(RequestAttributes(verb: "create", path: "/x")) == 3)
    }

    @Test func log() async throws {
        let path = FileManager.default.temporaryDirectory.path + "/audit-\(UUID().uuidString).log"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await TestServer.with(configure: {
            $0.authorizationModes = [.rbac]
            $0.audit = AuditLog.Configuration(path: path)
            $0.authentication.tokens = ["t": UserInfo(name: "bob", groups: ["g"])]
        }) { server in
            let bob = server.with(token: "t")
            _ = try await bob.send("GET", "/api/v1/namespaces/default/services/a?pretty=1")
            _ = try await server.send("POST", "/api/v1/namespaces", ["metadata": ["name": "n"]])
            _ = try await server.with(token: "bad").send("GET", "/healthz")
            _ = try await server.send("GET", "/api/v1/namespaces?watch=1&timeoutSeconds=1")
            var events: [JSONValue] = []
            for _ in 0..<30_000 where events.count < 5 {
                try await Task.sleep(for: .milliseconds(10))
                let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
                events = text.split(separator: "\n").map { JSONValue(text: String($0)) }
            }
            #expect(
                events.map { $0.text("stage") } == [
                    "ResponseComplete", "ResponseComplete", "ResponseComplete", "ResponseStarted", "ResponseComplete",
                ])
            let first = try #require(events.first)
            #expect(first.text("kind") == "Event" && first.text("apiVersion") == "audit.k8s.io/v1")
            #expect(first.text("level") == "Metadata" && first.text("verb") == "get")
            #expect(first.text("requestURI") == "/api/v1/namespaces/default/services/a?pretty=1")
            #expect(first["user"]?.written == #"{"username":"bob","groups":["g","system:authenticated"]}"#)
            #expect(first.strings("sourceIPs") == ["127.0.0.1"])
            #expect(
                first["objectRef"]?.written
                    == #"{"resource":"services","namespace":"default","name":"a","apiVersion":"v1"}"#)
            #expect(first["responseStatus"]?["code"]?.integerValue == 403)
            #expect(first["responseStatus"]?.text("reason") == "Forbidden")
            #expect(first["annotations"]?.text("authorization.k8s.io/decision") == "forbid")
            #expect(events[1]["annotations"]?.text("authorization.k8s.io/decision") == "allow")
            #expect(events[1]["responseStatus"]?["code"]?.integerValue == 201)
            #expect(events[2]["responseStatus"]?["code"]?.integerValue == 401)
            #expect(events[3].text("auditID") == events[4].text("auditID"))
            #expect(Set(events.map { $0.text("auditID") }).count == 4)
        }
    }

    @Test func filesAreRotated() throws {
        let directory = FileManager.default.temporaryDirectory.path + "/audit-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        var configuration = AuditLog.Configuration(path: directory + "/audit.log")
        configuration.maximumSize = 100
        configuration.maximumBackups = 2
        var file = try AuditFile(configuration)
        for index in 0..<10 { try file.write(Array("line \(index) \(String(repeating: "x", count: 60))\n".utf8)) }
        try file.close()
        let names = try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
        #expect(names.count == 3, "\(names)")
        #expect(names.last == "audit.log")
        let last = try String(contentsOfFile: directory + "/audit.log", encoding: .utf8)
        #expect(last.hasPrefix("line 9"))
    }

    @Test func metricsAndHealth() async throws {
        try await TestServer.with { server in
            _ = try await server.send("GET", "/api/v1/namespaces")
            _ = try await server.send("GET", "/api/v1/nope/x")
            let text = String(decoding: try await server.send("GET", "/metrics").bytes, as: UTF8.self)
            for line in [
                #"apiserver_request_total{code="200",component="apiserver",dry_run="",group="",resource="namespaces",scope="cluster",subresource="",verb="LIST",version="v1"} 1"#,
                #"apiserver_request_total{code="404",component="apiserver",dry_run="",group="",resource="",scope="",subresource="",verb="GET",version=""} 1"#,
                #"apiserver_current_inflight_requests{request_kind="readOnly"} 1"#,
                "# TYPE apiserver_request_duration_seconds histogram", "# TYPE process_open_fds gauge",
            ] { #expect(text.contains(line), "\(line)\n\(text)") }
            for (path, code, body) in [
                ("/livez", 200, "ok"), ("/readyz/ping", 200, "ok"), ("/healthz/nope", 404, "404 page not found\n"),
                ("/livez?verbose", 200, "[+]ping ok\n[+]log ok\n[+]etcd ok\nlivez check passed\n"),
                (
                    "/readyz?verbose&exclude=etcd", 200,
                    "[+]ping ok\n[+]log ok\n[+]etcd excluded: ok\n[+]etcd-readiness ok\n[+]shutdown ok\nreadyz check passed\n"
                ),
            ] as [(String, Int, String)] {
                let answer = try await server.send("GET", path)
                #expect(answer.status == code && String(decoding: answer.bytes, as: UTF8.self) == body, "\(path)")
            }
        }
    }
}
