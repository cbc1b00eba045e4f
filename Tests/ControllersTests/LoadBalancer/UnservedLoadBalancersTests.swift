import JSONStream
import KubeAPI
import Testing

@testable import Controllers

@Suite struct UnservedLoadBalancersTests {
    private static func service(_ name: String, class ownClass: String? = nil) -> ManagedService {
        var service = ManagedService(metadata: ObjectMeta(name: name, namespace: "default"))
        service.type = "LoadBalancer"
        service.loadBalancerClass = ownClass
        return service
    }

    @Test func onlyThoseThatNobodyServes() {
        #expect(UnservedLoadBalancers.isUnserved(Self.service("a")))
        #expect(UnservedLoadBalancers.isUnserved(Self.service("a", class: "viaduct.io/pool")))
        #expect(!UnservedLoadBalancers.isUnserved(Self.service("a", class: "example.com/other")))
        var plain = Self.service("a")
        plain.type = "ClusterIP"
        #expect(!UnservedLoadBalancers.isUnserved(plain))
    }

    @Test("A load balancer without a pool gets an Event that says how to have one", .timeLimit(.minutes(30)))
    func event() async throws {
        try await ControllerWorld.with { world in
            try await world.create(
                "/api/v1/namespaces/default/services",
                [
                    "apiVersion": "v1", "kind": "Service", "metadata": ["name": "web"],
                    "spec": ["type": "LoadBalancer", "ports": [["port": 80]]],
                ])
            try await world.run({ [UnservedLoadBalancers($0)] }) {
                try await world.eventually { world.events.reasons.contains("SyncLoadBalancerFailed") }
            }
        }
    }
}
