import JSONStream
import KubeAPI
import Testing

@testable import Controllers

@Suite struct EndpointSliceMirroringControllerTests {
    private static let path = "/api/v1/namespaces/default/endpoints"

    private static func mirrored(_ world: ControllerWorld) async throws -> [String] {
        try await world.list(ManagedEndpointSlice.self, in: "default")
            .filter { $0.managedBy == MirroringPlan.controllerName }
            .flatMap(\.endpoints).flatMap(\.routing.addresses).sorted()
    }

    @Test(.timeLimit(.minutes(30))) func handWrittenEndpointsAreMirrored() async throws {
        try await ControllerWorld.with { world in
            try await world.run({ [EndpointSliceMirroringController($0)] }) {
                try await world.create(
                    Self.path,
                    [
                        "apiVersion": "v1", "kind": "Endpoints", "metadata": ["name": "db"],
                        "subsets": [
                            ["addresses": [["ip": "192.0.2.1"], ["ip": "2001:db8::1"]], "ports": [["port": 5432]]]
                        ],
                    ])
                // The Service comes later than its Endpoints.
                try await world.addService("db", ["ports": [["port": 5432]]])
                try await world.eventually { try await Self.mirrored(world) == ["192.0.2.1", "2001:db8::1"] }
                try await world.patch(
                    "\(Self.path)/db",
                    ["subsets": [["addresses": [["ip": "192.0.2.2"]], "ports": [["port": 5432]]]]])
                try await world.eventually { try await Self.mirrored(world) == ["192.0.2.2"] }
                let skip: JSONValue = ["endpointslice.kubernetes.io/skip-mirror": "true"]
                try await world.patch("\(Self.path)/db", ["metadata": ["labels": skip]])
                try await world.eventually { try await Self.mirrored(world).isEmpty }
                try await world.patch("\(Self.path)/db", ["metadata": ["labels": .null]])
                try await world.eventually { try await Self.mirrored(world) == ["192.0.2.2"] }
                // With a selector, another controller provides the slices.
                try await world.patch(
                    "/api/v1/namespaces/default/services/db", ["spec": ["selector": ["app": "db"]]])
                try await world.eventually { try await Self.mirrored(world).isEmpty }
            }
        }
    }
}
