import NetworkAddress
import ServiceModel
import Testing

@testable import IptablesDataplane

@Suite struct RuleEncoderTests {
    /// What stands behind the entry's head and the extension's header.
    private static func information(_ rule: Rule) -> ArraySlice<UInt8> {
        var encoder = RuleEncoder(.ipv4)
        encoder.append(rule)
        return encoder.buffer.bytes[(EntryLayout(.ipv4).size + EntryLayout.extensionHeader)...]
    }

    /// Leaves something behind on the stack.
    @inline(never) private static func dirty(_ depth: Int) -> Int {
        withUnsafeTemporaryAllocation(byteCount: 512, alignment: 16) { memory in
            for index in memory.indices { memory[index] = UInt8(truncatingIfNeeded: index &+ depth) | 1 }
            return depth == 0 ? Int(memory[7]) : dirty(depth - 1) &+ Int(memory[depth])
        }
    }

    @Test("The gaps of C structs are zero, or equal rules would differ")
    func gaps() {
        var marked = Rule(.accept)
        marked.matches = [.mark(0x4000, isInverted: true)]
        var datagrams = Rule(.accept)
        datagrams.transport = .udp
        datagrams.matches = [.destinationPort(53...53)]
        for depth in 0..<16 {
            #expect(Self.dirty(depth) != 0)
            // struct xt_mark_mtinfo1: mark, mask, invert; struct xt_udp: two ranges of ports, flags.
            #expect(Self.information(marked).prefix(16).elementsEqual([0, 64, 0, 0, 0, 64, 0, 0, 1] + zeros(7)))
            #expect(Self.information(datagrams).prefix(16).elementsEqual([0, 0, 255, 255, 53, 0, 53, 0] + zeros(8)))
        }
    }

    private func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
}
