import AsyncHTTPClient
import JSONStream
import NIOCore
import NIOHTTP1
import ObjectStore
import Testing

@testable import APIObjects

@Suite struct WatchTests {
    private static let services = "/api/v1/namespaces/default/services"

    private static func service(_ name: String, labels: JSONValue = [:]) -> JSONValue {
        [
            "apiVersion": "v1", "kind": "Service", "metadata": ["name": .string(name), "labels": labels],
            "spec": ["ports": [["port": 80]]],
        ]
    }

    /// The frames of a watch until `isEnough` says so.
    private func frames(
        _ server: TestServer, _ path: String, until isEnough: @Sendable ([JSONValue]) -> Bool
    ) async throws -> [JSONValue] {
        var request = HTTPClientRequest(url: server.base + path)
        request.headers.add(name: "Accept", value: "application/json")
        let response = try await server.client.execute(request, timeout: .seconds(600))
        var frames: [JSONValue] = []
        var rest: [UInt8] = []
        for try await piece in response.body {
            rest += Array(buffer: piece)
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                frames.append(try JSONValue(parsing: rest[..<end]))
                rest.removeFirst(end + 1)
            }
            if isEnough(frames) { break }
        }
        return frames
    }

    private func summary(_ frames: [JSONValue]) -> [String] {
        frames.map { "\($0.text("type")) \($0["object"]?["metadata"]?.text("name") ?? "")" }
    }

    @Test func initialEventsEndWithAnAnnotatedBookmark() async throws {
        try await TestServer.with { (server: TestServer) async throws -> Void in
            _ = try await server.send("POST", Self.services, Self.service("a"))
            let path =
                "\(Self.services)?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
            let frames = try await frames(server, path) { $0.last?.text("type") == "BOOKMARK" }
            #expect(summary(frames) == ["ADDED a", "ADDED kubernetes", "BOOKMARK "])
            let metadata = frames.last?["object"]?["metadata"]
            #expect(metadata?["annotations"]?["k8s.io/initial-events-end"] == "true")
            #expect(Int64(metadata?.text("resourceVersion") ?? "") ?? 0 > 0)
        }
    }

    @Test func watchAfterListMissesNothing() async throws {
        try await TestServer.with { (server: TestServer) async throws -> Void in
            let list = try await server.send("GET", Self.services)
            let version = list.json["metadata"]?.text("resourceVersion") ?? ""
            try await withThrowingTaskGroup(of: [JSONValue].self) { group in
                group.addTask {
                    try await frames(server, "\(Self.services)?watch=1&resourceVersion=\(version)") { $0.count >= 200 }
                }
                try await withThrowingTaskGroup(of: Void.self) { writers in
                    for index in 0..<200 {
                        writers.addTask { _ = try await server.send("POST", Self.services, Self.service("s\(index)")) }
                    }
                    try await writers.waitForAll()
                }
                let seen = try await group.next() ?? []
                let versions = seen.compactMap { Int64($0["object"]?["metadata"]?.text("resourceVersion") ?? "") }
                #expect(versions.count == 200)
                #expect(versions == versions.sorted())
                #expect(Set(seen.compactMap { $0["object"]?["metadata"]?["name"] }).count == 200)
            }
        }
    }

    @Test func objectsThatLeaveASelectorAreDeletedForIt() async throws {
        try await TestServer.with { (server: TestServer) async throws -> Void in
            let version = try await server.send("GET", Self.services).json["metadata"]?.text("resourceVersion") ?? ""
            _ = try await server.send("POST", Self.services, Self.service("a", labels: ["x": "1"]))
            for value in ["2", "1"] {
                _ = try await server.send(
                    "PATCH", "\(Self.services)/a", ["metadata": ["labels": ["x": .string(value)]]],
                    type: "application/merge-patch+json")
            }
            _ = try await server.send("DELETE", "\(Self.services)/a")
            let path = "\(Self.services)?watch=1&labelSelector=x%3D1&resourceVersion=\(version)"
            let frames = try await frames(server, path) { $0.count >= 4 }
            #expect(summary(frames) == ["ADDED a", "DELETED a", "ADDED a", "DELETED a"])
        }
    }

    @Test func aWatchEndsAtItsTimeoutWithABookmark() async throws {
        try await TestServer.with { (server: TestServer) async throws -> Void in
            let path = "\(Self.services)?watch=1&resourceVersion=0&timeoutSeconds=1&allowWatchBookmarks=true"
            let frames = try await frames(server, path) { _ in false }
            #expect(summary(frames) == ["ADDED kubernetes", "BOOKMARK "])
        }
    }

    @Test func versionsOfAnEarlierStoreAreTooOld() async throws {
        let store = MemoryStore()
        for value in 1...20 { _ = try await store.put("/elsewhere", [UInt8(value)], expecting: .anything) }
        try await TestServer.with(store: store) { (server: TestServer) async throws -> Void in
            let frames = try await frames(server, "\(Self.services)?watch=1&resourceVersion=5") { !$0.isEmpty }
            #expect(frames.first?.text("type") == "ERROR")
            #expect(frames.first?["object"]?["code"] == 410)
        }
    }

    @Test func pagesShowOneState() async throws {
        try await TestServer.with { (server: TestServer) async throws -> Void in
            for index in 0..<5 { _ = try await server.send("POST", Self.services, Self.service("p\(index)")) }
            let first = try await server.send("GET", "\(Self.services)?limit=3").json
            _ = try await server.send("DELETE", "\(Self.services)/p4")
            let token = first["metadata"]?.text("continue") ?? ""
            let rest = try await server.send("GET", "\(Self.services)?limit=3&continue=\(token)").json
            let names = (first.items("items") + rest.items("items")).map { $0["metadata"]?.text("name") ?? "" }
            #expect(names == ["kubernetes", "p0", "p1", "p2", "p3", "p4"])
            #expect(first["metadata"]?["remainingItemCount"] == 3)
            #expect(first["metadata"]?["resourceVersion"] == rest["metadata"]?["resourceVersion"])
            #expect(rest["metadata"]?["continue"] == nil)
        }
    }
}
