import JSONStream
import KubeAPI
import Logging
import Testing

@testable import KubeClient

struct EventRecorderTests {
    /// Runs a recorder until the server got `count` requests.
    private func requests(
        _ count: Int, statuses: [Int], _ record: @escaping @Sendable (EventRecorder) -> Void
    ) async throws -> [FakeServer.Request] {
        let counter = Counter()
        return try await FakeServer.run { _, responder in
            let index = counter.increase() - 1
            try await responder.reply("{}", status: index < statuses.count ? statuses[index] : 201)
        } _: { server in
            try await KubeClientTests.withClient(KubeClientTests.plain(server.port)) { client in
                let clock = RetryClock(
                    now: { .seconds(100 * counter.value) }, sleep: { _ in }, random: { $0.lowerBound })
                let recorder = EventRecorder(
                    client: client, instance: "node-1", clock: clock,
                    logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
                record(recorder)
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await recorder.run() }
                    for _ in 0..<60_000 where server.requests.count < count {
                        try? await Task.sleep(for: .milliseconds(5))
                    }
                    group.cancelAll()
                }
                return server.requests
            }
        }
    }

    @Test func anEventIsPosted() async throws {
        let requests = try await requests(2, statuses: [500]) { recorder in
            recorder.record(testEvent(name: "lost"))
            recorder.record(testEvent("FailedSync", String(repeating: "é", count: 600)))
        }
        let request = try #require(requests.last)
        #expect(request.method == "POST")
        #expect(request.path == "/apis/events.k8s.io/v1/namespaces/ns/events")
        let body = try JSONValue(parsing: request.body)
        #expect(body["apiVersion"] == "events.k8s.io/v1")
        #expect(body["kind"] == "Event")
        #expect(body["metadata"]?["namespace"] == "ns")
        #expect(body["metadata"]?["name"]?.stringValue?.hasPrefix("web.") == true)
        #expect(body["eventTime"]?.stringValue?.wholeMatch(of: /20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/) != nil)
        #expect(body["reportingController"] == "kube-proxy")
        #expect(body["reportingInstance"] == "node-1")
        #expect(body["type"] == "Warning")
        #expect(body["reason"] == "FailedSync")
        #expect(body["action"] == "Sync")
        #expect(body["note"]?.stringValue == String(repeating: "é", count: 512))
        #expect(
            body["regarding"]
                == ["apiVersion": "v1", "kind": "Service", "name": "web", "namespace": "ns", "uid": "u"])
        #expect(body["series"] == nil)
    }

    @Test func aRepeatUpdatesTheSeriesOrPostsItAnew() async throws {
        let requests = try await requests(4, statuses: [201, 200, 404]) { recorder in
            for _ in 0..<3 { recorder.record(testEvent("R", "again")) }
        }
        #expect(requests.map(\.method) == ["POST", "PATCH", "PATCH", "POST"])
        let name = try JSONValue(parsing: requests[0].body)["metadata"]?["name"]?.stringValue ?? ""
        #expect(requests[1].path == "/apis/events.k8s.io/v1/namespaces/ns/events/\(name)")
        let patch = try JSONValue(parsing: requests[1].body)
        #expect(patch["series"]?["count"] == 2)
        #expect(patch["note"] == "again")
        let again = try JSONValue(parsing: requests[3].body)
        #expect(again["series"]?["count"] == 3)
        #expect(again["metadata"]?["name"] == .string(name))
    }

    @Test func eventsOfTheNodeGoToDefault() async throws {
        let requests = try await requests(1, statuses: []) { recorder in
            recorder.record(
                KubeEvent(
                    .normal, reason: "Starting", action: "StartKubeProxy", note: "",
                    regarding: .init(apiVersion: "v1", kind: "Node", key: ObjectKey(namespace: "", name: "n1"))))
        }
        let request = try #require(requests.first)
        #expect(request.path == "/apis/events.k8s.io/v1/namespaces/default/events")
        #expect(try JSONValue(parsing: request.body)["regarding"]?["namespace"] == nil)
    }
}
