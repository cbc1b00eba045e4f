import NetworkAddress
import TestSupport
import Testing

@testable import SimulatedNodes

@Suite struct PodAddressesTests {
    private static let networks = ["10.244.1.0/29", "fd00:1::/125"].compactMap { IPNetwork($0) }

    @Test func oneOfEachFamily() throws {
        var pool = PodAddresses(Self.networks)
        let first = try #require(Self.allocate(&pool, "a"))
        #expect(first.map(\.description) == ["10.244.1.2", "fd00:1::2"])
        #expect(Self.allocate(&pool, "b")?.first?.description == "10.244.1.3")
    }

    private static func allocate(_ pool: inout PodAddresses, _ uid: String) -> [IPAddress]? { pool.allocate(uid) }

    @Test("Zero, the gateway's and the last one are nobody's; what is free again is used last") func exhaustion() {
        var pool = PodAddresses(Self.networks)
        var last: [String] = []
        for index in 0..<5 { last.append(Self.allocate(&pool, "p\(index)")?.first?.description ?? "none") }
        #expect(last == (2...6).map { "10.244.1.\($0)" })
        #expect(Self.allocate(&pool, "more") == nil)
        pool.release("p3")
        #expect(Self.allocate(&pool, "more")?.first?.description == "10.244.1.5")
    }

    @Test func claims() {
        var pool = PodAddresses(Self.networks)
        func claim(_ address: String, _ uid: String) -> Bool {
            pool.claim([IPAddress(address)].compactMap { $0 }, uid)
        }
        let results = [
            claim("10.244.1.4", "a"), claim("10.244.1.4", "a"), claim("10.244.1.4", "b"), claim("10.9.0.1", "b"),
            pool.claim([], "b"),
        ]
        #expect(results == [true, true, false, false, false])
    }

    @Test(arguments: 0..<8 as Range<UInt64>) func noAddressIsGivenTwice(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var pool = PodAddresses(["10.0.0.0/28"].compactMap { IPNetwork($0) })
        var held: [String: IPAddress] = [:]
        for step in 0..<500 {
            if random.oneIn(2), let uid = held.keys.sorted().randomElement(using: &random) {
                pool.release(uid)
                held[uid] = nil
            } else if let address = Self.allocate(&pool, "p\(step)")?.first {
                #expect(!held.values.contains(address))
                held["p\(step)"] = address
            } else {
                #expect(held.count == 13)
            }
        }
    }
}
