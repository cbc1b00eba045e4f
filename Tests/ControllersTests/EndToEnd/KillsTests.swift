import JSONStream
import KubeAPI
import KubeClient
import TestSupport
import Testing

@testable import Controllers

/// Controllers that are killed at any moment, in the middle of what they do, again and again: 200 times in all.
@Suite struct KillsTests {
    private static let names = ["a", "b"]

    private static func controllers(_ context: ControllerContext) -> [any ManagedController] {
        [ReplicaSetController(context), DeploymentController(context), EndpointSliceController(context)]
    }

    @Test(.timeLimit(.minutes(30)), arguments: [1, 2] as [UInt64]) func survivesKills(_ seed: UInt64) async throws {
        try await ControllerWorld.with { world in
            var generator = SeededGenerator(seed: seed)
            try await world.addNode("node1")
            for name in Self.names {
                try await world.createDeployment(name, replicas: 3, image: "first")
                try await world.addService(name, ["selector": ["app": .string(name)], "ports": [["port": 80]]])
            }
            for round in 0..<100 {
                let name = generator.oneIn(2) ? "a" : "b"
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: try await world.edit(name, ["replicas": .integer(.random(in: 0...8, using: &generator))])
                case 1: try await world.setImage("image-\(Int.random(in: 0..<4, using: &generator))", of: name)
                case 2: try await Self.removePod(world, &generator)
                default: try await world.startPods()
                }
                try await runAndKill(world, afterRequests: .random(in: 3...40, using: &generator))
                guard round % 20 == 19 else { continue }
                try await world.run(Self.controllers) { try await Self.expectSettled(world) }
            }
        }
    }

    /// Kills the controllers when so many requests were answered, or when they have nothing more to do.
    private func runAndKill(_ world: ControllerWorld, afterRequests count: Int) async throws {
        let end = world.requests.count + count
        try await world.run(Self.controllers) {
            var (last, idle) = (world.requests.count, 0)
            while world.requests.count < end, idle < 15 {
                try await Task.sleep(for: .milliseconds(1))
                idle = world.requests.count == last ? idle + 1 : 0
                last = world.requests.count
            }
        }
    }

    private static func removePod(_ world: ControllerWorld, _ generator: inout SeededGenerator) async throws {
        let pods = try await world.list(Pod.self).sorted { $0.metadata.name < $1.metadata.name }
        guard let pod = pods.randomElement(using: &generator) else { return }
        try await world.client.delete(Pod.self, pod.metadata.key, DeleteOptions(gracePeriod: 0))
    }

    /// Just the pods that are wanted, and just these in the slices, each once.
    private static func expectSettled(_ world: ControllerWorld) async throws {
        let isReached = try await world.wait {
            guard try await WorkloadsTests.isSettled(world) else { return false }
            for name in names where try await !Self.slicesFit(name, world) { return false }
            return true
        }
        #expect(isReached)
        for name in names {
            let deployment = try await world.client.get(Deployment.self, ObjectKey(namespace: "default", name: name))
            let pods = try await world.list(Pod.self).filter { $0.metadata.labels["app"] == name }
            #expect(pods.count == Int(deployment.replicas), "\(name)")
        }
    }

    private static func slicesFit(_ name: String, _ world: ControllerWorld) async throws -> Bool {
        let pods = try await world.list(Pod.self).filter { $0.metadata.labels["app"] == name }
        let slices = try await world.list(ManagedEndpointSlice.self).filter { $0.serviceKey?.name == name }
        let held = slices.flatMap(\.endpoints)
        return slices.count == 1 && held.count == pods.count && held.allSatisfy { $0.routing.ready != false }
            && Set(held.flatMap(\.routing.addresses)) == Set(pods.flatMap(\.status.podIPs))
    }
}
