import NetworkAddress
import PacketFilter
import Testing

@Suite struct PacketWalkTests {
    private static func packet(_ text: String = "10.0.0.1") throws -> Packet {
        Packet(
            source: IPAddress("192.0.2.7"), destination: try #require(IPAddress(text)), transport: 6,
            destinationPort: 80, inputDevice: "eth0", outputDevice: "cni0")
    }

    private static func walk(_ chains: [String: PacketChains.Chain]) -> PacketWalk {
        PacketWalk([PacketChains(name: "table inet other", chains: chains)])
    }

    private static func base(_ rules: [PacketRule], drops: Bool = false, priority: Int32 = 0) -> PacketChains.Chain {
        PacketChains.Chain(
            rules: rules, base: .init(hook: .forward, priority: priority, dropsByDefault: drops))
    }

    private static let http = PacketMatch.port(.destination, [80...80], isInverted: false)

    @Test func acceptIsNoObstacle() throws {
        let walk = Self.walk(["f": Self.base([PacketRule([Self.http], .accept)], drops: true)])
        #expect(walk.fates(of: try Self.packet(), at: .forward).isEmpty)
    }

    @Test func policyDrops() throws {
        let fates = Self.walk(["f": Self.base([], drops: true)]).fates(of: try Self.packet(), at: .forward)
        #expect(fates.map(\.rule) == ["policy drop"])
        #expect(fates.first?.isCertain == true)
    }

    @Test("A rule that cannot be worked out makes what follows uncertain, and nothing less")
    func unknownAccept() throws {
        let rules = [PacketRule([.other("xt foo")], .accept)]
        let fates = Self.walk(["f": Self.base(rules, drops: true)]).fates(of: try Self.packet(), at: .forward)
        #expect(fates.count == 1)
        #expect(fates.first?.isCertain == false)
    }

    @Test func jumpsAndReturns() throws {
        let chains = [
            "f": Self.base([PacketRule([], .jump("inner")), PacketRule([], .reject, text: "reject")]),
            "inner": PacketChains.Chain(rules: [PacketRule([Self.http], .return), PacketRule([], .drop, text: "drop")]),
        ]
        let fates = Self.walk(chains).fates(of: try Self.packet(), at: .forward)
        #expect(fates.map(\.kind) == [.reject])
        #expect(fates.first?.isCertain == true)
    }

    @Test func gotoDoesNotComeBack() throws {
        let chains = [
            "f": Self.base([PacketRule([], .goto("inner")), PacketRule([], .drop)]), "inner": PacketChains.Chain(),
        ]
        #expect(Self.walk(chains).fates(of: try Self.packet(), at: .forward).isEmpty)
    }

    @Test func established() throws {
        let rules = [
            PacketRule([.state([.established, .related], isInverted: false)], .accept),
            PacketRule([.device(.source, "eth", isPrefix: true, isInverted: false)], .drop, text: "iifname eth* drop"),
        ]
        let fates = Self.walk(["f": Self.base(rules)]).fates(of: try Self.packet(), at: .forward)
        #expect(fates.map(\.rule) == ["iifname eth* drop"])
    }

    @Test func chainsThatLeadInCirclesEnd() throws {
        let chains = ["f": Self.base([PacketRule([], .jump("f"))])]
        #expect(Self.walk(chains).fates(of: try Self.packet(), at: .forward).isEmpty)
    }
}
