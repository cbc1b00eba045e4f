import NetworkAddress
import Testing

@testable import NftablesServices

@Suite struct SourceRangesTests {
    @Test("Ranges within others are left out") func ranges() {
        let networks = ["10.0.0.0/8", "10.1.0.0/16", "192.0.2.0/25", "192.0.2.0/25"].compactMap { IPNetwork($0) }
        #expect(IPNetwork.withoutContained(networks).map(\.description) == ["10.0.0.0/8", "192.0.2.0/25"])
    }
}
