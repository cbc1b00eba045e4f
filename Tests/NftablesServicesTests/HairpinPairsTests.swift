import NetworkAddress
import Nftables
import Testing

@testable import NftablesServices

@Suite struct HairpinPairsTests {
    @Test("A pair that comes back before it was deleted is left alone") func hairpin() {
        let address = IPAddress(ipv4: 1)
        var pairs = HairpinPairs()
        var plan = Plan()
        pairs.change([], to: [address], &plan)
        #expect(plan.addedCount == 1)
        plan = Plan()
        pairs.change([address], to: [], &plan)
        #expect(plan.isEmpty)
        #expect(pairs.stale == [address])
        pairs.change([], to: [address], &plan)
        #expect(plan.isEmpty)
        pairs.change([address], to: [], &plan)
        pairs.deleteStale(&plan)
        #expect(plan.deletedCount == 1)
        #expect(pairs.stale.isEmpty)
    }
}
