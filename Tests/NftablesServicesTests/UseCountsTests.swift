import Testing

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
}
