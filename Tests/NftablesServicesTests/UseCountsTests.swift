import NetworkAddress
import Testing

@testable import Nftables
@testable import NftablesServices

@Suite struct UseCountsTests {
    @Test("Only the first use and the end of the last one count") func counts() {
        var uses = UseCounts<Int>()
        let begins = [uses.retain(1), uses.retain(1)]
        #expect(begins == [true, false])
        #expect(uses.contains(1))
        let ends = [uses.release(1), uses.release(1), uses.release(1)]
        #expect(ends == [false, true, false])
        #expect(!uses.contains(1))
        #expect(uses.items.isEmpty)
    }

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

    @Test("Ranges within others are left out") func ranges() {
        let networks = ["10.0.0.0/8", "10.1.0.0/16", "192.0.2.0/25", "192.0.2.0/25"].compactMap { IPNetwork($0) }
        #expect(IPNetwork.withoutContained(networks).map(\.description) == ["10.0.0.0/8", "192.0.2.0/25"])
    }
}
