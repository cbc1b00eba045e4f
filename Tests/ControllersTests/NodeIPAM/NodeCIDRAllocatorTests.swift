import NetworkAddress
import TestSupport
import Testing

@testable import Controllers

@Suite struct NodeCIDRAllocatorTests {
    private static func range(_ text: String, _ size: Int? = nil) throws -> ClusterCIDR {
        try ClusterCIDR(try #require(IPNetwork(text)), nodeMaskSize: size)
    }

    @Test func eachNodeHasAPartOfEachRange() throws {
        var allocator = NodeCIDRAllocator([try Self.range("10.244.0.0/16"), try Self.range("fd00:10:244::/56")])
        #expect(try allocator.allocate("a").map(\.description) == ["10.244.0.0/24", "fd00:10:244::/64"])
        #expect(try allocator.allocate("b").map(\.description) == ["10.244.1.0/24", "fd00:10:244:1::/64"])
        // Asked again, it is the same.
        #expect(try allocator.allocate("a").map(\.description) == ["10.244.0.0/24", "fd00:10:244::/64"])
        // A part that has become free is used when all others have been.
        allocator.release("a")
        #expect(try allocator.allocate("c").first?.description == "10.244.2.0/24")
    }

    @Test func nothingIsTakenWhereOneRangeIsExhausted() throws {
        var allocator = NodeCIDRAllocator([try Self.range("10.0.0.0/22"), try Self.range("fd00::/63")])
        _ = try allocator.allocate("a")
        _ = try allocator.allocate("b")
        #expect(throws: NodeCIDRAllocator.Exhausted.self) { try allocator.allocate("c") }
        #expect(allocator.usedCount == 4)
        allocator.release("a")
        #expect(try allocator.allocate("c").count == 2)
    }

    @Test func networksOfServicesAndOfOthersAreLeftOut() throws {
        var allocator = NodeCIDRAllocator(
            [try Self.range("10.0.0.0/22")], excluding: [try #require(IPNetwork("10.0.1.128/25"))])
        // Larger than a part: two of them.
        #expect(allocator.occupy("old", [try #require(IPNetwork("10.0.2.0/23"))]).isEmpty)
        #expect(try allocator.allocate("a").map(\.description) == ["10.0.0.0/24"])
        #expect(throws: NodeCIDRAllocator.Exhausted.self) { try allocator.allocate("b") }
        let foreign = try #require(IPNetwork("192.168.0.0/24"))
        #expect(allocator.occupy("far", [foreign]) == [foreign])
        allocator.release("far")
        allocator.release("old")
        #expect(try allocator.allocate("b").map(\.description) == ["10.0.2.0/24"])
    }

    @Test("A part that two nodes claim is free when both are gone")
    func sharedParts() throws {
        let network = try #require(IPNetwork("10.0.0.0/24"))
        var allocator = NodeCIDRAllocator([try Self.range("10.0.0.0/24")])
        allocator.occupy("a", [network])
        allocator.occupy("b", [network])
        allocator.release("a")
        #expect(throws: NodeCIDRAllocator.Exhausted.self) { try allocator.allocate("c") }
        allocator.release("b")
        #expect(try allocator.allocate("c") == [network])
    }

    @Test(arguments: [("10.0.0.0/24", 16), ("10.0.0.0/8", 26), ("10.0.0.0/8", 33), ("fd00::/40", 64)])
    func badSizesAreRefused(_ text: String, _ size: Int) {
        #expect(throws: ClusterCIDR.Invalid.self) { try Self.range(text, size) }
    }

    @Test("No part is given twice, and all come back", arguments: 0..<20 as Range<UInt64>)
    func randomWalk(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let ranges = [try Self.range("10.0.0.0/20"), try Self.range("fd00::/60")]
        var allocator = NodeCIDRAllocator(ranges)
        var held: [String: [IPNetwork]] = [:]
        for step in 0..<300 {
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                guard let node = held.keys.sorted().randomElement(using: &random) else { continue }
                allocator.release(node)
                held[node] = nil
            case 1 where random.oneIn(20):
                // A restart: what nodes have is read again.
                allocator = NodeCIDRAllocator(ranges)
                for (node, networks) in held { allocator.occupy(node, networks) }
            default:
                let node = "n\(step)"
                if held.count == 16 {
                    #expect(throws: NodeCIDRAllocator.Exhausted.self) { try allocator.allocate(node) }
                } else {
                    let parts = try allocator.allocate(node)
                    #expect(parts.count == 2 && zip(parts, ranges).allSatisfy { $1.network.contains($0) })
                    for others in held.values { #expect(Set(others).isDisjoint(with: parts)) }
                    held[node] = parts
                }
            }
            #expect(allocator.usedCount == held.count * 2)
        }
        for node in held.keys { allocator.release(node) }
        #expect(allocator.usedCount == 0)
    }
}
