import Netlink
import NetworkAddress
import TestSupport
import Testing

@testable import AddressAnnouncement

@Suite struct NeighborMessageTests {
    private static let mine: [UInt8] = [2, 0, 0, 0, 0, 1]
    private static let other: [UInt8] = [2, 0, 0, 0, 0, 9]

    private static func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

    /// `ip` asks who has `target` (RFC 826), as tcpdump shows it.
    private static func arpRequest() -> [UInt8] {
        [0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 9, 10, 0, 0, 9, 0, 0, 0, 0, 0, 0, 10, 0, 0, 1]
    }

    @Test func arp() throws {
        let (asker, target) = (try Self.address("10.0.0.9"), try Self.address("10.0.0.1"))
        #expect(
            NeighborMessage(arp: Self.arpRequest())
                == .question(target: target, sender: asker, hardware: Self.other))
        let answer = NeighborMessage.arpAnswer(target, Self.mine, to: asker, Self.other)
        #expect(answer == [0, 1, 8, 0, 6, 4, 0, 2, 2, 0, 0, 0, 0, 1, 10, 0, 0, 1, 2, 0, 0, 0, 0, 9, 10, 0, 0, 9])
        #expect(NeighborMessage(arp: answer) == .claim(target, hardware: Self.mine))
        for message in NeighborMessage.gratuitous(target, Self.mine) {
            #expect(NeighborMessage(arp: message) == .claim(target, hardware: Self.mine))
        }
    }

    @Test func neighbourDiscovery() throws {
        let (asker, target) = (try Self.address("fe80::9"), try Self.address("fd00::1:2"))
        let group = try #require(NeighborMessage.solicitedGroup(target))
        #expect(group.description == "ff02::1:ff01:2")
        let header: [UInt8] = [0x60, 0, 0, 0, 0, 32, 58, 255] + asker.bytes + group.bytes
        let question = header + [135, 0, 0, 0, 0, 0, 0, 0] + target.bytes + [1, 1] + Self.other
        #expect(NeighborMessage(ipv6: question) == .question(target: target, sender: asker, hardware: Self.other))
        var routed = question
        routed[7] = 254
        #expect(NeighborMessage(ipv6: routed) == nil)
        let answer = NeighborMessage.advertisement(target, Self.mine, isAnswer: true)
        #expect(answer == [136, 0, 0, 0, 0x60, 0, 0, 0] + target.bytes + [2, 1] + Self.mine)
        #expect(NeighborMessage.advertisement(target, Self.mine, isAnswer: false)[4] == 0x20)
    }

    @Test("Nothing that comes from the link crashes")
    func fuzz() throws {
        var generator = SeededGenerator(seed: 17)
        let target = try Self.address("fd00::1")
        let header: [UInt8] = [0x60, 0, 0, 0, 0, 32, 58, 255] + target.bytes + target.bytes
        let seeds = [
            Self.arpRequest(), header + [135, 0, 0, 0, 0, 0, 0, 0] + target.bytes + [1, 1] + Self.other + [9, 0],
        ]
        for _ in 0..<20_000 {
            for seed in seeds {
                var bytes = seed
                for _ in 0..<Int.random(in: 0...4, using: &generator) {
                    bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
                }
                bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &generator)))
                _ = NeighborMessage(arp: bytes)
                _ = NeighborMessage(ipv6: bytes)
            }
        }
    }
}
