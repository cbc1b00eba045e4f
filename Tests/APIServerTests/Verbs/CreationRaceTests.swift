import JSONStream
import ObjectStore
import Synchronization
import Testing

import enum ObjectStore.Expectation

@testable import APIObjects
@testable import APIResources

/// A store in which somebody else makes an object just before the first one that wants to.
private final class RacingStore: ObjectStore {
    private let base = MemoryStore()
    private let rival: @Sendable (String) -> [UInt8]?
    private let races = Mutex(0)

    init(_ rival: @escaping @Sendable (String) -> [UInt8]?) { self.rival = rival }

    func run() async throws { try await base.run() }
    func currentRevision() async throws(StoreError) -> Revision { base.currentRevision() }
    func get(_ key: String) async throws(StoreError) -> StoredObject? { base.get(key) }
    func list(
        prefix: String, after: String?, limit: Int?, at revision: Revision?
    ) async throws(StoreError) -> StoredPage {
        try base.list(prefix: prefix, after: after, limit: limit, at: revision)
    }
    func put(
        _ key: String, _ value: [UInt8], expecting: Expectation, lifetime: Duration?
    ) async throws(StoreError) -> Revision {
        try await commit([StoreChange(key, value, expecting: expecting, lifetime: lifetime)])
    }
    func delete(_ key: String, expecting: Expectation) async throws(StoreError) -> Revision {
        try await base.delete(key, expecting: expecting)
    }
    func commit(_ changes: [StoreChange]) async throws(StoreError) -> Revision {
        if let change = changes.first, change.expecting == .absent, let other = rival(change.key),
            races.withLock({
                $0 += 1; return $0 == 1
            })
        {
            _ = try await base.put(change.key, other, expecting: .absent)
        }
        return try base.commit(changes)
    }
    func watch(prefix: String, after revision: Revision) async throws(StoreError) -> StoreWatch {
        try base.watch(prefix: prefix, after: revision)
    }
    func requestProgress() async throws(StoreError) { base.requestProgress() }
    func compact(through revision: Revision) async throws(StoreError) { base.compact(through: revision) }
    func setAside(_ damaged: DamagedValue) async throws(StoreError) { base.setAside(damaged) }
    func problem() async -> StoreError? { base.problem() }
}

@Suite struct CreationRaceTests {
    @Test("Who applies an object that another made in the meantime has it merged")
    func loserMerges() async throws {
        let store = RacingStore { key in
            guard key.hasSuffix("/configmaps/default/shared") else { return nil }
            let other: JSONValue = [
                "kind": "ConfigMap", "apiVersion": "v1",
                "metadata": ["name": "shared", "namespace": "default", "uid": "u"],
                "data": ["theirs": "1"],
            ]
            return ResourceDefinition.configMaps.storedForm.encode(other)
        }
        try await TestServer.with(store: store) { server in
            let mine: JSONValue = [
                "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "shared"], "data": ["mine": "1"],
            ]
            let answer = try await server.send(
                "PATCH", "/api/v1/namespaces/default/configmaps/shared?fieldManager=me", mine,
                type: "application/apply-patch+yaml")
            #expect(answer.status == 200)
            #expect(answer.json["data"]?["mine"] == "1" && answer.json["data"]?["theirs"] == "1")
        }
    }

    @Test("A dry run of a change gives back nothing that the object holds")
    func dryRunFreesNothing() async throws {
        try await TestServer.with(nodePorts: 30000...30000) { server in
            let services = "/api/v1/namespaces/default/services"
            func service(_ name: String, _ type: String) -> JSONValue {
                ["metadata": ["name": .string(name)], "spec": ["type": .string(type), "ports": [["port": 80]]]]
            }
            let made = try await server.send("POST", services, service("a", "NodePort"))
            #expect(made.status == 201)
            var changed = made.json
            changed["spec"] = [
                "type": "ClusterIP", "ports": [["port": 80]], "clusterIP": changed["spec"]?["clusterIP"] ?? "",
            ]
            #expect(try await server.send("PUT", "\(services)/a?dryRun=All", changed).status == 200)
            // The only node port is still taken.
            #expect(try await server.send("POST", services, service("b", "NodePort")).status != 201)
        }
    }
}
