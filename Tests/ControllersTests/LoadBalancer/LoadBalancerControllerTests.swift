import JSONStream
import KubeAPI
import Testing

@testable import Controllers

@Suite struct LoadBalancerControllerTests {
    private static func settings() throws -> LoadBalancerController.Settings {
        LoadBalancerController.Settings(pool: try AddressPool(["192.0.2.0/31", "2001:db8::/127"]))
    }

    private static func spec(_ more: [String: JSONValue] = [:]) -> JSONValue {
        var spec: JSONValue = ["type": "LoadBalancer", "ports": [["port": 80]]]
        for (name, value) in more { spec[name] = value }
        return spec
    }

    private static func service(_ world: ControllerWorld, _ name: String) async throws -> ManagedService? {
        try await world.list(ManagedService.self, in: "default").first { $0.metadata.name == name }
    }

    private static func ips(_ world: ControllerWorld, _ name: String) async throws -> [String] {
        try await service(world, name)?.loadBalancerIngress.map(\.ip) ?? []
    }

    private static let path = "/api/v1/namespaces/default/services"

    @Test(.timeLimit(.minutes(30))) func addressesAreGivenAndTakenBack() async throws {
        try await ControllerWorld.with { world in
            let settings = try Self.settings()
            try await world.addService("a", Self.spec())
            try await world.run({ [LoadBalancerController($0, settings: settings)] }) {
                try await world.eventually { try await Self.ips(world, "a") == ["192.0.2.0"] }
                let a = try #require(try await Self.service(world, "a"))
                #expect(a.loadBalancerIngress.map(\.ipMode) == ["VIP"])
                #expect(a.metadata.finalizers == ["service.kubernetes.io/load-balancer-cleanup"])
                try await world.addService("b", Self.spec(["ipFamilyPolicy": "RequireDualStack"]))
                try await world.eventually { try await Self.ips(world, "b") == ["192.0.2.1", "2001:db8::"] }
                try await world.addService("other", Self.spec(["loadBalancerClass": "example.com/other"]))
                try await world.addService("c", Self.spec())
                try await world.eventually { world.events.reasons.contains("SyncLoadBalancerFailed") }
                #expect(try await Self.ips(world, "c").isEmpty)

                // No load balancer any more: the address goes to the one that waits.
                try await world.patch("\(Self.path)/a", ["spec": ["type": "ClusterIP"]])
                try await world.eventually { try await Self.ips(world, "c") == ["192.0.2.0"] }
                try await world.eventually { try await Self.service(world, "a")?.metadata.finalizers == [] }
                #expect(try await Self.ips(world, "a").isEmpty)
                #expect(try await Self.ips(world, "other").isEmpty)
                #expect(try await Self.service(world, "other")?.metadata.finalizers == [])
            }
            // Deleted while nobody is here: the finalizer holds it.
            try await world.delete("\(Self.path)/b")
            #expect(try await Self.service(world, "b")?.metadata.isBeingDeleted == true)
            try await world.run({ [LoadBalancerController($0, settings: settings)] }) {
                try await world.eventually { try await Self.service(world, "b") == nil }
                try await world.addService("d", Self.spec(["loadBalancerIP": "192.0.2.0"]))
                try await world.eventually { world.events.reasons.filter { $0 == "SyncLoadBalancerFailed" }.count >= 2 }
                try await world.addService("e", Self.spec())
                try await world.eventually { try await Self.ips(world, "e") == ["192.0.2.1"] }
                #expect(try await Self.ips(world, "c") == ["192.0.2.0"])
                #expect(try await Self.ips(world, "d").isEmpty)
                try await world.delete("\(Self.path)/c")
                try await world.eventually { try await Self.ips(world, "d") == ["192.0.2.0"] }
            }
        }
    }

    @Test("Of two Services that show the same address, the older keeps it after a restart", .timeLimit(.minutes(30)))
    func repair() async throws {
        try await ControllerWorld.with { world in
            let settings = try Self.settings()
            for name in ["b-older", "a-younger"] {
                try await world.addService(name, Self.spec())
                try await world.patch(
                    "\(Self.path)/\(name)/status", ["status": ["loadBalancer": ["ingress": [["ip": "192.0.2.1"]]]]])
                // Timestamps have whole seconds.
                if name == "b-older" { try await Task.sleep(for: .milliseconds(1100)) }
            }
            try await world.run({ [LoadBalancerController($0, settings: settings)] }) {
                try await world.eventually { try await Self.ips(world, "a-younger") == ["192.0.2.0"] }
                try await world.eventually { try await Self.service(world, "b-older")?.metadata.finalizers.count == 1 }
                #expect(try await Self.ips(world, "b-older") == ["192.0.2.1"])
            }
        }
    }
}
