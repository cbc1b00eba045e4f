import DataplaneTesting
import NetworkAddress
import ServiceModel
import Testing

@testable import IptablesDataplane

/// What changes of shares rewrite.
@Suite struct ShareTests {
    @Test(
        "A weight step, a drain, an ejection: one chain for each list of endpoints, whatever the number of services",
        arguments: [10, 2000])
    func shares(services: Int) throws {
        var state = IptablesState(configuration: IptablesConfiguration(family: .ipv4))
        _ = state.apply(Sample.many(services, endpoints: 3))
        func service(_ weights: [UInt16]) throws -> ServicePortState {
            let plain = Sample.state("web", try Sample.address("172.31.0.1"), Sample.endpoints(4, from: 60_000)) {
                $0.nodePort = 30080
                $0.externalIPs = [IPAddress(ipv4: 0xC000_0201)]
            }
            return ServicePortState(
                service: plain.service,
                cluster: zip(plain.endpoints(.cluster), weights).map { Endpoint($0.address, weight: $1) })
        }
        _ = state.apply(Sample.delta([try service([1, 1, 1, 1])], node: nil))
        for weights in [[1, 1, 0, 1], [1, 1, 1, 1], [5, 1, 1, 1], [0, 1, 1, 1], [10, 10, 10, 1]] as [[UInt16]] {
            let edits = try #require(state.apply(Sample.delta([try service(weights)], node: nil)))
            #expect(edits[.filter]?.isEmpty ?? true)
            let nat = try #require(edits[.nat])
            // The Service's own chain, and those that lead to it.
            #expect(nat.changed.count <= 4 && nat.removed.isEmpty, "\(weights): \(nat.changed.keys) \(nat.removed)")
        }
    }
}
