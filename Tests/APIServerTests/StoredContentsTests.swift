import JSONStream
import ObjectStore
import Synchronization
import Testing

@testable import APIObjects
@testable import APIResources
@testable import APIServer

@Suite struct StoredContentsTests {
    private static func service(_ name: String, _ address: String, port: Int) -> StoredObject {
        let object: JSONValue = [
            "metadata": ["name": .string(name), "namespace": "default"],
            "spec": [
                "type": "NodePort", "clusterIP": .string(address), "clusterIPs": [.string(address)],
                "ports": [["port": 80, "nodePort": .integer(Int64(port)), "protocol": "TCP"]],
            ],
        ]
        return StoredObject(
            key: ResourceDefinition.services.key(namespace: "default", name: name),
            value: ResourceDefinition.services.storedForm.encode(object), revision: 1)
    }

    @Test("What is given out twice, and what no server can read, is told")
    func problems() {
        let objects = [
            Self.service("a", "10.96.0.5", port: 30001), Self.service("b", "10.96.0.5", port: 30002),
            Self.service("c", "10.96.0.6", port: 30001),
            StoredObject(key: "/registry/configmaps/default/odd", value: [1, 2], revision: 1),
            StoredObject(key: "/registry/unknown/odd", value: [1, 2], revision: 1),
        ]
        let problems = StoredContents.problems(objects)
        #expect(problems.count == 3, "\(problems)")
        for word in ["10.96.0.5", "30001", "configmaps/default/odd"] {
            #expect(problems.contains { $0.contains(word) })
        }
        #expect(StoredContents.problems([objects[0]]).isEmpty)
    }

    @Test("Objects move in the order of their revisions, without what only sharing needs")
    func migration() async throws {
        let store = MemoryStore()
        let lines = Lines()
        let migration = StoreMigration(store: store, events: .seconds(60)) { lines.add($0) }
        func object(_ key: String, _ revision: Revision) -> StoredObject {
            StoredObject(key: key, value: Array(key.utf8), revision: revision)
        }
        let objects = [
            object("/registry/configmaps/x/a", 7), object("/registry/configmaps/x/b", 3),
            object("/registry/events/x/e", 5), object(AllocationClaims.key(port: 30001), 4),
            object(ServerLeases.prefix + "10.0.0.1-6443", 8),
        ]
        #expect(try await migration.fill(objects, after: 0) == 3)
        let found = store.list(prefix: "/registry/").sorted { $0.revision < $1.revision }
        #expect(
            found.map(\.key) == [
                "/registry/configmaps/x/b", "/registry/events/x/e", "/registry/configmaps/x/a",
            ])
        await #expect(throws: StoreMigration.Refused.self) { try await migration.fill(objects, after: 0) }
    }

    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }
}

extension MemoryStore {
    fileprivate func list(prefix: String) -> [StoredObject] {
        (try? list(prefix: prefix, after: nil, limit: nil, at: nil).objects) ?? []
    }
}
