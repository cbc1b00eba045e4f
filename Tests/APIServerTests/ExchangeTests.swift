import EtcdStore
import EtcdTesting
import Foundation
import JSONStream
import ObjectStore
import Testing

@testable import APIObjects
@testable import APISecurity
@testable import APIServer

/// Plays the recorded exchanges with kube-apiserver, in order, against a new server.
@Suite struct ExchangeTests {
    static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared/api/exchanges.json")

    static var isRecorded: Bool { FileManager.default.fileExists(atPath: file.path) }

    /// The recording left out some exchanges whose effects the tables show.
    static let unrecorded: [(before: String, method: String, path: String, type: String, body: JSONValue)] = [
        (
            "slice", "POST", "/api/v1/namespaces/t1/services", "application/json",
            [
                "apiVersion": "v1", "kind": "Service", "metadata": ["name": "sctp"],
                "spec": ["clusterIP": "10.96.7.7", "ports": [["port": 9, "protocol": "SCTP"]]],
            ]
        ),
        (
            "slice", "PATCH", "/api/v1/namespaces/t1/services/full", "application/merge-patch+json",
            ["spec": ["ports": [["name": "more", "port": 1234]]]]
        ),
        (
            "slice", "PATCH", "/api/v1/namespaces/t1/services/np", "application/merge-patch+json",
            ["spec": ["type": "ExternalName", "externalName": "x.example", "ports": nil]]
        ),
    ]

    @Test(.enabled(if: isRecorded, "../shared/api/exchanges.json is missing"))
    func recordedExchangesAgree() async throws {
        try await play(over: MemoryStore())
    }

    @Test(
        .enabled(if: isRecorded, "../shared/api/exchanges.json is missing"),
        .enabled(if: EtcdServer.isInstalled, "etcd-server is not installed"))
    func recordedExchangesAgreeOverEtcd() async throws {
        try await EtcdServer.with { etcd in
            var configuration = try etcd.configuration
            configuration.root = "/registry"
            try await play(over: EtcdStore(configuration))
        }
    }

    private func play(over store: any ObjectStore) async throws {
        let recording = try JSONValue(parsing: Array(try Data(contentsOf: Self.file)))
        let admin = UserInfo(name: "admin", uid: "0", groups: [UserInfo.privilegedGroup])
        try await TestServer.with(store: store, configure: { $0.authentication.tokens = ["t": admin] }) { server in
            let server = server.with(token: "t")
            var played = 0
            for exchange in recording.items("exchanges") {
                for extra in Self.unrecorded where extra.before == exchange.text("name") {
                    let answer = try await server.send(extra.method, extra.path, extra.body, type: extra.type)
                    #expect(answer.status < 300, "\(extra.path): \(answer.json)")
                }
                try await play(exchange, server)
                played += 1
            }
            #expect(played == 141)
        }
    }

    private func play(_ exchange: JSONValue, _ server: TestServer) async throws {
        let body: [UInt8]? =
            switch exchange["body"] {
            case .string(let text)?: Array(text.utf8)
            case .null?, nil: nil
            case let value?: value.serialized()
            }
        let answer = try await server.send(
            exchange.text("method"), exchange.text("path"), body, type: exchange.text("ctype"),
            accept: exchange.text("accept"))
        let wanted = exchange["response"] ?? [:]
        let differences = ExchangeComparison(wanted: wanted, answer: answer).differences
        #expect(differences.isEmpty, "\(exchange.text("name")): \(differences.joined(separator: "\n"))")
    }
}
