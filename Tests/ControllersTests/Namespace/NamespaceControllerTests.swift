import JSONStream
import KubeAPI
import Testing

@testable import Controllers

@Suite struct NamespaceControllerTests {
    private static func namespace(_ world: ControllerWorld, _ name: String) async throws -> Namespace? {
        try await world.list(Namespace.self).first { $0.metadata.name == name }
    }

    @Test(.timeLimit(.minutes(30))) func aNamespaceGoesWhenItIsEmpty() async throws {
        try await ControllerWorld.with { world in
            try await world.create(
                "/api/v1/namespaces", ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "ns"]])
            let maps = "/api/v1/namespaces/ns/configmaps"
            for (name, finalizers) in [("free", []), ("held", ["example.com/hold"])] as [(String, [String])] {
                try await world.create(
                    maps,
                    [
                        "apiVersion": "v1", "kind": "ConfigMap",
                        "metadata": ["name": .string(name), "finalizers": .array(finalizers.map { .string($0) })],
                    ])
            }
            var settings = NamespaceController.Settings()
            settings.deletionDelay = .milliseconds(10)
            try await world.run({ [settings] in [NamespaceController($0, settings: settings)] }) {
                try await world.delete("/api/v1/namespaces/ns")
                try await world.eventually {
                    let conditions = try await Self.namespace(world, "ns")?.conditions ?? []
                    return conditions.contains {
                        $0.type == "NamespaceFinalizersRemaining" && $0.isTrue
                            && $0.message.contains("example.com/hold in 1 resource instances")
                    }
                }
                #expect(try await world.list(ConfigMap.self, in: "ns").map(\.metadata.name) == ["held"])
                #expect(try await Self.namespace(world, "ns")?.phase == "Terminating")
                try await world.patch("\(maps)/held", ["metadata": ["finalizers": .null]])
                try await world.eventually { try await Self.namespace(world, "ns") == nil }
            }
        }
    }
}
