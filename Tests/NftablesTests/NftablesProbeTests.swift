import NetworkAddress
import Testing

@testable import Nftables

@Suite struct NftablesProbeTests {
    @Test("A rehearsal has no end, so that the kernel throws it away", arguments: IPFamily.allCases)
    func rehearsal(family: IPFamily) throws {
        for feature in NftablesFeature.allCases {
            let (plan, layout) = feature.plan(family)
            func encode(isRehearsal: Bool) throws -> Transaction {
                try TransactionEncoder.encode(
                    plan, family: family, table: "t", layout: layout, firstSequence: 1, isRehearsal: isRehearsal)
            }
            let real = try encode(isRehearsal: false)
            let rehearsed = try encode(isRehearsal: true)
            // The end is 20 bytes: a header, and struct nfgenmsg.
            #expect(Array(real.bytes.dropLast(20)) == rehearsed.bytes)
            #expect(rehearsed.messageCount == real.messageCount - 1)
        }
    }

    @Test(
        "A rule without a condition that drops is told from one with a condition",
        arguments: [
            ("immediate reg 0 drop", true), ("counter pkts 0 bytes 0; immediate reg 0 drop", true),
            ("log prefix x; reject type 0 code 3", true), ("immediate reg 0 accept", false),
            ("meta load l4proto => reg 1; cmp eq reg 1 0x06; immediate reg 0 drop", false), ("", false),
            ("counter pkts 0 bytes 0", false),
        ])
    func dropsOfAll(signature: String, isDrop: Bool) {
        #expect(Ruleset.isDropOfAll(signature) == isDrop)
    }
}
