import KubeAPI
import NetworkAddress
import TestSupport
import Testing

@testable import Controllers

@Suite struct LoadBalancerAllocatorTests {
    private typealias Demand = LoadBalancerAllocator.Demand

    private static func key(_ name: String) -> ObjectKey { ObjectKey(namespace: "ns", name: name) }

    private static func ip(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

    @Test func addressesComeInOrderAndBack() throws {
        var allocator = LoadBalancerAllocator(
            try AddressPool(["192.0.2.4/31", "192.0.2.10-192.0.2.11", "2001:db8::1"]))
        let four = Demand(families: [.ipv4])
        #expect(try allocator.assign(Self.key("a"), four) == [Self.ip("192.0.2.4")])
        #expect(try allocator.assign(Self.key("b"), four) == [Self.ip("192.0.2.5")])
        #expect(try allocator.assign(Self.key("c"), four) == [Self.ip("192.0.2.10")])
        #expect(try allocator.assign(Self.key("a"), four) == [Self.ip("192.0.2.4")])
        allocator.release(Self.key("b"))
        #expect(try allocator.assign(Self.key("d"), four) == [Self.ip("192.0.2.5")])
        #expect(try allocator.assign(Self.key("e"), four) == [Self.ip("192.0.2.11")])
        #expect(throws: LoadBalancerAllocator.Problem.exhausted(.ipv4)) { try allocator.assign(Self.key("f"), four) }
        #expect(try allocator.assign(Self.key("f"), Demand(families: [.ipv6])) == [Self.ip("2001:db8::1")])
    }

    @Test func aServiceOfTwoFamiliesHasBothOrNothingUnlessItSaysSo() throws {
        var allocator = LoadBalancerAllocator(try AddressPool(["192.0.2.0/30", "2001:db8::/127"]))
        let both = Demand(families: [.ipv6, .ipv4])
        #expect(try allocator.assign(Self.key("a"), both) == [Self.ip("2001:db8::"), Self.ip("192.0.2.0")])
        _ = try allocator.assign(Self.key("b"), both)
        #expect(throws: LoadBalancerAllocator.Problem.exhausted(.ipv6)) { try allocator.assign(Self.key("c"), both) }
        #expect(allocator.usedCount == 4)
        let either = Demand(families: [.ipv6, .ipv4], takesFewer: true)
        #expect(try allocator.assign(Self.key("c"), either) == [Self.ip("192.0.2.2")])
    }

    @Test func requestedAddressesAreCheckedAndKept() throws {
        var allocator = LoadBalancerAllocator(try AddressPool(["192.0.2.0/29"]))
        let wanted = try Self.ip("192.0.2.3")
        #expect(try allocator.assign(Self.key("a"), Demand(families: [.ipv4], address: wanted)) == [wanted])
        #expect(throws: LoadBalancerAllocator.Problem.taken(wanted, by: Self.key("a"))) {
            try allocator.assign(Self.key("b"), Demand(families: [.ipv4], address: wanted))
        }
        let outside = try Self.ip("198.51.100.1")
        #expect(throws: LoadBalancerAllocator.Problem.notInPool(outside)) {
            try allocator.assign(Self.key("b"), Demand(families: [.ipv4], address: outside))
        }
        let six = try Self.ip("2001:db8::1")
        #expect(throws: LoadBalancerAllocator.Problem.wrongFamily(six)) {
            try allocator.assign(Self.key("b"), Demand(families: [.ipv4], address: six))
        }
        #expect(allocator[Self.key("b")].isEmpty)
        // Another wish gives the first address back.
        let other = try Self.ip("192.0.2.5")
        #expect(try allocator.assign(Self.key("a"), Demand(families: [.ipv4], address: other)) == [other])
        #expect(try allocator.assign(Self.key("b"), Demand(families: [.ipv4], address: wanted)) == [wanted])
    }

    @Test("What a Service shows it keeps, as long as nobody else has it and it is in the pool")
    func adoption() throws {
        let shown = try Self.ip("192.0.2.3")
        var allocator = LoadBalancerAllocator(try AddressPool(["192.0.2.0/29"]))
        allocator.adopt(Self.key("older"), [shown, try Self.ip("198.51.100.1")])
        allocator.adopt(Self.key("younger"), [shown])
        #expect(allocator[Self.key("older")] == [shown] && allocator[Self.key("younger")].isEmpty)
        let demand = Demand(families: [.ipv4], present: [shown])
        #expect(try allocator.assign(Self.key("younger"), demand) == [Self.ip("192.0.2.0")])
        #expect(try allocator.assign(Self.key("older"), demand) == [shown])
    }

    @Test(arguments: [
        "", "192.0.2.0/33", "192.0.2.5-192.0.2.4", "192.0.2.1-2001:db8::1", "a-b", "192.0.2.1-192.0.2.2-192.0.2.3", "-",
    ])
    func badRangesAreRefused(_ text: String) {
        #expect(throws: AddressPool.Invalid.self) { try AddressPool([text]) }
    }

    @Test func rangesMustNotOverlap() {
        #expect(throws: AddressPool.Invalid.self) { try AddressPool(["192.0.2.0/24", "192.0.2.7"]) }
    }

    @Test("No address is given twice, and all come back", arguments: 0..<20 as Range<UInt64>)
    func randomWalk(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let pool = try AddressPool(["192.0.2.0/29", "192.0.2.20-192.0.2.23", "2001:db8::/125"])
        var allocator = LoadBalancerAllocator(pool)
        var held: [ObjectKey: [IPAddress]] = [:]
        for _ in 0..<400 {
            let key = Self.key("s\(Int.random(in: 0..<20, using: &random))")
            if random.oneIn(3) {
                allocator.release(key)
                held[key] = nil
            } else if random.oneIn(30) {
                allocator = LoadBalancerAllocator(pool)
                for (key, addresses) in held { allocator.adopt(key, addresses) }
            } else {
                var demand = Demand(families: [[.ipv4], [.ipv6], [.ipv4, .ipv6]].randomElement(using: &random) ?? [])
                demand.takesFewer = random.oneIn(3)
                if random.oneIn(4) {
                    demand.address = IPAddress(ipv4: 0xC000_0200 + UInt32.random(in: 0..<10, using: &random))
                }
                demand.present = held[key] ?? []
                held[key] = try? allocator.assign(key, demand)
            }
            let all = held.values.flatMap { $0 }
            #expect(Set(all).count == all.count && all.allSatisfy(pool.contains))
            #expect(allocator.usedCount == all.count)
        }
        for key in held.keys { allocator.release(key) }
        #expect(allocator.usedCount == 0)
        // All of the pool can be had again.
        for number in 0..<12 { _ = try allocator.assign(Self.key("n\(number)"), Demand(families: [.ipv4])) }
        #expect(throws: LoadBalancerAllocator.Problem.exhausted(.ipv4)) {
            try allocator.assign(Self.key("last"), Demand(families: [.ipv4]))
        }
    }
}
