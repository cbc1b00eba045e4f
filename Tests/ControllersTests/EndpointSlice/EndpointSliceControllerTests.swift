import JSONStream
import KubeAPI
import Testing

@testable import Controllers

@Suite struct EndpointSliceControllerTests {
    @Test(.timeLimit(.minutes(30))) func podsBecomeEndpointsInSlicesAndEndpoints() async throws {
        try await ControllerWorld.with { world in
            try await world.addNode("node1")
            try await world.addService(
                "web",
                [
                    "selector": ["app": "web"], "ports": [["port": 80, "targetPort": 8080]],
                    "trafficDistribution": "PreferSameZone",
                ])
            try await world.run({ [EndpointSliceController($0), EndpointsController($0)] }) {
                for number in 1...120 { try await world.addPod("p\(number)", ip: "10.0.0.\(number)") }
                let wanted = Set((1...120).map { "10.0.0.\($0)" })
                try await world.eventually { try await Self.addresses(world) == wanted }
                let slices = try await Self.slices(world)
                // Made one after the other while the cache lags behind: none is there twice.
                #expect(slices.count == 2 && slices.allSatisfy { $0.endpoints.count <= 100 })
                #expect(slices.flatMap(\.endpoints).count == 120)
                #expect(slices.flatMap(\.endpoints).allSatisfy { $0.routing.zoneHints == ["z1"] })
                try await world.eventually { try await Self.legacyAddresses(world) == wanted }

                let pods = "/api/v1/namespaces/default/pods"
                for number in 1...119 { try await world.delete("\(pods)/p\(number)", ["gracePeriodSeconds": 0]) }
                try await world.eventually { try await Self.addresses(world) == ["10.0.0.120"] }
                try await world.eventually { try await Self.slices(world).count == 1 }
                try await world.patch("\(pods)/p120", ["metadata": ["labels": ["app": "other"]]])
                try await world.eventually { try await Self.addresses(world).isEmpty }
                try await world.eventually { try await Self.legacyAddresses(world).isEmpty }
                #expect(try await Self.slices(world).count == 1)

                try await world.delete("/api/v1/namespaces/default/services/web")
                try await world.eventually { try await world.list(Endpoints.self, in: "default").isEmpty }
            }
        }
    }

    @Test(.timeLimit(.minutes(30))) func whatOthersDoToSlicesIsMended() async throws {
        try await ControllerWorld.with { world in
            try await world.addNode("node1")
            try await world.addService("web", ["selector": ["app": "web"], "ports": [["port": 80]]])
            try await world.run({ [EndpointSliceController($0)] }) {
                try await world.addPod("a", ip: "10.0.0.1")
                try await world.eventually { try await Self.addresses(world) == ["10.0.0.1"] }
                let name = try #require(try await Self.slices(world).first?.metadata.name)
                let path = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/\(name)"
                try await world.patch(path, ["endpoints": [["addresses": ["10.9.9.9"]]]])
                try await world.eventually { try await Self.addresses(world) == ["10.0.0.1"] }
                try await world.delete(path)
                try await world.eventually { try await Self.addresses(world) == ["10.0.0.1"] }
            }
        }
    }

    @Test(.timeLimit(.minutes(30))) func podsWaitForTheirNode() async throws {
        try await ControllerWorld.with { world in
            try await world.addService("web", ["selector": ["app": "web"], "ports": [["port": 80]]])
            try await world.run({ [EndpointSliceController($0)] }) {
                try await world.addPod("a", ip: "10.0.0.1", node: "late")
                try await world.eventually { try await Self.slices(world).count == 1 }
                #expect(try await Self.addresses(world).isEmpty)
                try await world.addNode("late")
                try await world.eventually { try await Self.addresses(world) == ["10.0.0.1"] }
            }
        }
    }

    private static func slices(_ world: ControllerWorld) async throws -> [ManagedEndpointSlice] {
        try await world.list(ManagedEndpointSlice.self, in: "default").filter { $0.serviceKey?.name == "web" }
    }

    private static func addresses(_ world: ControllerWorld) async throws -> Set<String> {
        Set(try await slices(world).flatMap(\.endpoints).flatMap(\.routing.addresses))
    }

    private static func legacyAddresses(_ world: ControllerWorld) async throws -> Set<String> {
        let endpoints = try await world.list(Endpoints.self, in: "default").first { $0.metadata.name == "web" }
        return Set((endpoints?.subsets ?? []).flatMap(\.addresses).map(\.ip))
    }
}
