import JSONStream
import KubeAPI
import KubeClient
import NetworkAddress
import ServerTesting
import Testing

@testable import HostNode

/// Against the API server.
@Suite struct NodeRegistrationTests {
    private static func registration(_ live: LiveServer, renewal: Duration = .milliseconds(50)) -> NodeRegistration {
        var periods = NodeHeartbeat.Periods()
        periods.renewal = renewal
        return NodeRegistration(
            client: live.client, name: "here",
            addresses: ["192.0.2.1", "2001:db8::1", "192.0.2.2"].compactMap { IPAddress($0) },
            periods: periods, logger: live.logger)
    }

    private static func running(
        _ live: LiveServer, _ body: () async throws -> Void
    ) async throws {
        let registration = registration(live)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await registration.run() }
            try await body()
            group.cancelAll()
        }
    }

    @Test("The Lease is renewed again and again, also when another one has written it, and by a second start")
    func renewals() async throws {
        try await LiveServer.with { live in
            for _ in 0..<2 {
                try await Self.running(live) {
                    var last = ""
                    for round in 0..<4 {
                        let lease = try await live.wait(for: Lease.self, "here", namespace: "kube-node-lease") {
                            ($0?.renewTime ?? last) != last
                        }
                        last = try #require(lease).renewTime
                        #expect(lease?.holder == "here")
                        guard round == 2, var other = lease else { continue }
                        other.transitions = 7
                        _ = try? await live.client.update(Lease.self, other.metadata.key, other.json.serialized())
                    }
                }
            }
        }
    }

    @Test("describe finds no empty version and no heartbeat of the year 1")
    func status() async throws {
        try await LiveServer.with { live in
            try await live.create(Node.self, #"{"apiVersion":"v1","kind":"Node","metadata":{"name":"here"}}"#)
            try await Self.running(live) {
                try await live.wait(for: Node.self, "here") { $0?.readyCondition?.isTrue == true }
                let body = try await live.client.send(APIRequest(.get, "/api/v1/nodes/here"))
                let node = try JSONValue(parsing: body)
                let info = try #require(node["status"]?["nodeInfo"]?.objectValue)
                #expect(info.count == 10)
                for (name, value) in info { #expect(value.stringValue?.isEmpty == false, "\(name)") }
                for condition in node["status"]?["conditions"]?.arrayValue ?? [] {
                    #expect(condition["lastHeartbeatTime"]?.stringValue?.hasPrefix("20") == true)
                    #expect(condition["lastTransitionTime"]?.stringValue?.hasPrefix("20") == true)
                }
                let addresses = (node["status"]?["addresses"]?.arrayValue ?? []).map { $0["address"]?.stringValue }
                #expect(addresses == ["192.0.2.1", "2001:db8::1", "192.0.2.2", "here"])
                #expect(node["metadata"]?["labels"]?["kubernetes.io/os"]?.stringValue == "linux")
            }
        }
    }

    @Test("Who calls the node silent is answered with the next heartbeat")
    func recovers() async throws {
        try await LiveServer.with { live in
            try await Self.running(live) {
                let node = try await live.wait(for: Node.self, "here") { $0?.readyCondition?.isTrue == true }
                try await live.client.patchStatus(
                    #require(node), ["conditions": [Condition("Ready", "Unknown").json]])
                try await live.wait(for: Node.self, "here") { $0?.readyCondition?.isTrue == true }
            }
        }
    }

    @Test("A Node that somebody removed does not come back")
    func removed() async throws {
        try await LiveServer.with { live in
            try await Self.running(live) {
                let node = try await live.wait(for: Node.self, "here") { $0?.readyCondition?.isTrue == true }
                try await live.client.delete(Node.self, #require(node).metadata.key)
                try await Task.sleep(for: .milliseconds(200))
                try await live.wait(for: Node.self, "here") { $0 == nil }
            }
        }
    }
}
