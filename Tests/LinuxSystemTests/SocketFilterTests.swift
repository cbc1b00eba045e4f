import LinuxSystem
import NetworkAddress
import TestSupport
import Testing

@Suite("Socket filters") struct SocketFilterTests {
    /// Runs a program on a packet that has this source: whether it passes. Nil if the program is not valid.
    private func passes(_ filter: SocketFilter, _ source: IPAddress) -> Bool? {
        let start = 0xFFF0_0000 + (source.family == .ipv4 ? 12 : 8)
        var accumulator: UInt32 = 0
        var place = 0
        for _ in 0...filter.instructions.count {
            guard filter.instructions.indices.contains(place) else { return nil }
            let instruction = filter.instructions[place]
            place += 1
            switch instruction.code {
            case 0x20:
                let offset = Int(instruction.value) - start
                guard offset >= 0, offset + 4 <= source.bytes.count else { return nil }
                accumulator = source.bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
            case 0x54: accumulator &= instruction.value
            case 0x15: place += Int(accumulator == instruction.value ? instruction.ifTrue : instruction.ifFalse)
            case 0x05: place += Int(instruction.value)
            case 0x06: return instruction.value != 0
            default: return nil
            }
        }
        return nil
    }

    @Test("A source must be in a network of each list", arguments: IPFamily.allCases)
    func lists(family: IPFamily) throws {
        var random = SeededGenerator(seed: 5)
        let bits = family.bitWidth
        // Few bits differ, so that networks are hit.
        func address() -> IPAddress {
            let value = UInt128(UInt8.random(in: 0...255, using: &random))
            let place = [0, bits / 2 - 4, bits - 8].randomElement(using: &random) ?? 0
            return IPAddress(family: family, value: UInt128(10) << UInt128(bits - 8) | value << UInt128(place))
        }
        var passed = 0
        for _ in 0..<300 {
            let lists = (0..<Int.random(in: 1...2, using: &random)).map { _ in
                (0..<Int.random(in: 0...6, using: &random)).compactMap { _ in
                    IPNetwork(address: address(), prefixLength: Int.random(in: 0...bits, using: &random))
                }
            }
            let filter = try #require(SocketFilter(sources: lists, family: family))
            for _ in 0..<20 {
                let source = address()
                let wanted = lists.allSatisfy { $0.contains { $0.contains(source) } }
                #expect(passes(filter, source) == wanted, "\(source) in \(lists)")
                passed += wanted ? 1 : 0
            }
        }
        #expect(passed > 300 && passed < 5700)
    }

    @Test("Networks of the other family let nobody through, and what is too long for the kernel is refused")
    func limits() throws {
        let other = try #require(IPNetwork("::/0"))
        let filter = try #require(SocketFilter(sources: [[other]], family: .ipv4))
        #expect(passes(filter, IPAddress(ipv4: 1)) == false)
        let many = (0..<2000).map { IPNetwork(IPAddress(ipv4: UInt32($0))) }
        #expect(SocketFilter(sources: [many], family: .ipv4) == nil)
        #expect(SocketFilter(sources: [Array(many.prefix(500))], family: .ipv4) != nil)
    }
}
