import Dataplane
import DataplaneTesting
import NetworkAddress
import ServiceModel
import Testing

@testable import NftablesDataplane

extension NftablesKernelTests {
    /// Many changes against the real kernel.
    @Suite(.serialized) struct KernelWalkTests {
        @Test(
            "Random changes add up to what a new start wants", arguments: zip([11, 12] as [UInt64], IPFamily.allCases))
        func walk(seed: UInt64, family: IPFamily) async throws {
            var walk = RandomServices(seed: seed, family: family)
            try await Kernel.withDataplane("viaduct-test", family) { first in
                _ = try await first.apply(walk.step())
                for step in 1...200 {
                    let delta = walk.step()
                    let report = try await first.apply(delta)
                    // Repair would hide a plan that the kernel refused.
                    #expect(!report.repaired, "step \(step)")
                    guard step % 20 == 0 else { continue }
                    #expect(!(try await first.verify().repaired), "step \(step)")
                    let second = try Kernel.dataplane("viaduct-test", family)
                    #expect(try await second.apply(walk.whole) == ApplyReport(), "step \(step)")
                    // The second one removed chains that only the first one still knew.
                    _ = try await first.verify()
                    #expect(try await first.verify() == ApplyReport(), "step \(step)")
                }
                _ = try await first.apply(FamilyDelta(removed: Set(walk.states.keys)))
                let empty = try Kernel.dataplane("viaduct-test", family)
                _ = try await first.verify()
                #expect(try await empty.apply(FamilyDelta(node: walk.node)) == ApplyReport())
            }
        }

        @Test("A service may have a thousand endpoints, and lose them", arguments: [UInt32?.none, 10800])
        func manyEndpoints(affinity: UInt32?) async throws {
            try await Kernel.withDataplane("viaduct-test") { dataplane in
                for count in [1, 16, 17, 1000, 40, 1000, 999, 0, 20] {
                    let state = try Sample.state(
                        "many", clusterIP: "172.30.0.1", endpoints: try Sample.endpoints(count),
                        local: try Sample.endpoints(count / 2)
                    ) {
                        $0.nodePort = 30080
                        $0.externalPolicyLocal = true
                        $0.affinityTimeout = affinity
                    }
                    let delta = Sample.delta([state], node: NodeFacts())
                    #expect(!(try await dataplane.apply(delta).repaired))
                    #expect(!(try await dataplane.verify().repaired))
                    let second = try Kernel.dataplane("viaduct-test")
                    let adopted = try await second.apply(delta)
                    #expect(adopted == ApplyReport(), "\(count) endpoints: \(adopted)")
                    // The second one removed chains that only the first one still knew.
                    _ = try await dataplane.verify()
                }
            }
        }

        @Test("A name that is longer than a comment is cut, and not written again and again")
        func longNames() async throws {
            let long = String(repeating: "n", count: 63)
            let name = ServicePortName(namespace: long, name: "\(long.dropLast())1", port: long, transport: .udp)
            var state = try Sample.state("x", clusterIP: "172.30.0.1", endpoints: [])
            state.service.name = name
            #expect(name.description.utf8.count > 128)
            let delta = Sample.delta([state], node: NodeFacts())
            try await Kernel.withDataplane("viaduct-test") { first in
                _ = try await first.apply(delta)
                let second = try Kernel.dataplane("viaduct-test")
                #expect(try await second.apply(delta) == ApplyReport())
                if NftCommand.isInstalled {
                    let text = try NftCommand.run("list set ip viaduct-test no-endpoints")
                    #expect(text.contains("comment \"\(name.description.prefix(127))\""))
                }
            }
        }

        @Test("Service CIDRs change in any way", arguments: IPFamily.allCases)
        func serviceCIDRs(family: IPFamily) async throws {
            let lists =
                family == .ipv4
                ? [
                    ["10.96.0.0/16"], ["10.96.0.0/12"], ["10.97.0.0/16", "10.96.0.0/16", "10.98.0.0/16"],
                    ["10.96.0.0/24", "10.96.2.0/24"], ["255.0.0.0/8", "0.0.0.0/8"], ["10.0.0.0/8", "10.96.0.0/16"],
                    ["0.0.0.0/0"], [],
                ]
                : [["fd00::/112"], ["fd00::/108", "fd00::1:0:0/112"], ["fd00::/112", "fd00::1:0/112"], ["::/0"], []]
            try await Kernel.withDataplane("viaduct-test", family) { first in
                _ = try await first.apply(FamilyDelta(node: NodeFacts()))
                for list in lists + lists.reversed() {
                    let node = NodeFacts(serviceCIDRs: list.compactMap { IPNetwork($0) })
                    #expect(!(try await first.apply(FamilyDelta(node: node)).repaired), "\(list)")
                    let second = try Kernel.dataplane("viaduct-test", family)
                    #expect(try await second.apply(FamilyDelta(node: node)) == ApplyReport(), "\(list)")
                    _ = try await first.verify()
                }
            }
        }
    }
}
