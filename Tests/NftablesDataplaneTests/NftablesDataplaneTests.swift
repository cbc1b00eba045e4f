import Dataplane
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
}
