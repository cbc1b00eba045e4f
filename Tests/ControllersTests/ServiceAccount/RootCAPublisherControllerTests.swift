import JSONStream
import KubeAPI
import Testing

@testable import Controllers

@Suite struct RootCAPublisherControllerTests {
    @Test(.timeLimit(.minutes(30))) func eachNamespaceHasTheBundle() async throws {
        try await ControllerWorld.with { world in
            try await world.run({ [RootCAPublisher($0, bundle: "PEM")] }) {
                try await world.create(
                    "/api/v1/namespaces", ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "ns"]])
                try await world.eventually {
                    let namespaces = try await world.list(Namespace.self).map(\.metadata.name)
                    let maps = try await world.list(ConfigMap.self).filter { $0.metadata.name == "kube-root-ca.crt" }
                    return Set(maps.map(\.metadata.namespace)) == Set(namespaces) && namespaces.contains("ns")
                }
                let path = "/api/v1/namespaces/ns/configmaps/kube-root-ca.crt"
                try await world.patch(path, ["data": ["ca.crt": "other"]])
                try await world.eventually { try await world.get(path)["data"] == ["ca.crt": "PEM"] }
                try await world.delete(path)
                try await world.eventually { try await world.list(ConfigMap.self, in: "ns").count == 1 }
            }
        }
    }
}
