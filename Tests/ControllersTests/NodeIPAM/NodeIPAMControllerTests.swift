import JSONStream
import KubeAPI
import NetworkAddress
import Testing

@testable import Controllers

@Suite struct NodeIPAMControllerTests {
    private static func settings() throws -> NodeIPAMController.Settings {
        NodeIPAMController.Settings(clusterCIDRs: [
            try ClusterCIDR(try #require(IPNetwork("10.244.0.0/22"))),
            try ClusterCIDR(try #require(IPNetwork("fd00:10:244::/62"))),
        ])
    }

    private static func parts(_ world: ControllerWorld) async throws -> [String: [String]] {
        Dictionary(
            uniqueKeysWithValues: try await world.list(Node.self).map { ($0.metadata.name, $0.podCIDRs) })
    }

    @Test(.timeLimit(.minutes(30))) func nodesGetAndKeepTheirParts() async throws {
        try await ControllerWorld.with { world in
            let settings = try Self.settings()
            try await world.create(
                "/api/v1/nodes",
                [
                    "apiVersion": "v1", "kind": "Node", "metadata": ["name": "given"],
                    "spec": ["podCIDR": "10.244.0.0/24", "podCIDRs": ["10.244.0.0/24", "fd00:10:244::/64"]],
                ])
            for number in 1...2 { try await world.addNode("n\(number)") }
            try await world.run({ [NodeIPAMController($0, settings: settings)] }) {
                try await world.eventually { try await Self.parts(world).values.allSatisfy { $0.count == 2 } }
            }
            let before = try await Self.parts(world)
            #expect(Set(before.values.flatMap { $0 }).count == 6)
            // After a restart, the fourth node gets the last part, and the fifth what becomes free.
            try await world.run({ [NodeIPAMController($0, settings: settings)] }) {
                try await world.addNode("n3")
                try await world.eventually { try await Self.parts(world)["n3"]?.count == 2 }
                try await world.addNode("n4")
                try await world.eventually { world.events.reasons.contains("CIDRNotAvailable") }
                #expect(try await Self.parts(world)["n4"] == [])
                try await world.delete("/api/v1/nodes/n1")
                try await world.eventually { try await Self.parts(world)["n4"] == before["n1"] }
                let all = try await Self.parts(world)
                #expect(all["n2"] == before["n2"] && Set(all.values.flatMap { $0 }).count == 8)
            }
        }
    }

    @Test("What a node gives back goes to those that wait, each time and in any order", .timeLimit(.minutes(30)))
    func waitingNodes() async throws {
        try await ControllerWorld.with { world in
            let settings = NodeIPAMController.Settings(clusterCIDRs: [
                try ClusterCIDR(try #require(IPNetwork("10.244.0.0/23")))
            ])
            try await world.run({ [NodeIPAMController($0, settings: settings)] }) {
                for number in 0..<8 { try await world.addNode("n\(number)") }
                // Two have parts; each that goes lets another one in.
                for gone in 0..<6 {
                    try await world.eventually { try await Self.parts(world).values.count { !$0.isEmpty } == 2 }
                    let holder = try await Self.parts(world).filter { !$0.value.isEmpty }.keys.sorted()[gone % 2]
                    try await world.delete("/api/v1/nodes/\(holder)")
                }
                try await world.eventually { try await Self.parts(world).values.count { !$0.isEmpty } == 2 }
            }
        }
    }
}
