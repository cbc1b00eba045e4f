import Dataplane
import LinuxSystem
import NetworkAddress
import ServiceModel
import Testing

@testable import NftablesDataplane

@Suite(.serialized, .enabled(if: Kernel.isUsable, "needs \(Kernel.missing ?? "")"))
struct NftablesDataplaneTests {
    private static let node = NodeFacts(
        nodeIP: IPAddress("10.0.0.9"), serviceCIDRs: [IPNetwork("172.30.0.0/16")].compactMap { $0 },
        nodePortAddresses: [IPAddress("10.0.0.9")].compactMap { $0 })

    @Test("A second start with the same objects sends nothing")
    func adoption() async throws {
        let delta = Sample.delta(try Sample.variety(), node: Self.node)
        try await Kernel.withDataplane("viaduct-test") { first in
            let report = try await first.apply(delta)
            #expect(report.messages > 0)
            #expect(!report.repaired)
            let second = try Kernel.dataplane("viaduct-test")
            #expect(try await second.apply(delta) == ApplyReport())
            #expect(try await second.verify() == ApplyReport())
        }
    }

    @Test func signatures() async throws {
        try await Kernel.withDataplane("viaduct-test") { first in
            _ = try await first.apply(Sample.delta(try Sample.variety(), node: Self.node))
            var socket = try NetlinkSocket(protocol: 12)
            let table = try KernelReader(family: .ipv4, table: "viaduct-test").read(&socket)
            for chain in TableDefinition(configuration: NftablesConfiguration(family: .ipv4, table: "viaduct-test"), node: Self.node).chains {
                let wanted = try chain.rules.map { try RuleCodec.signature(of: $0, family: .ipv4) }
                #expect(table.chains[chain.name]?.rules.compactMap { $0 } == wanted, "\(chain.name)")
            }
        }
    }
}
