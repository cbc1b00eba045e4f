import DataplaneTesting
import NetworkAddress
import ServiceModel
import TestSupport
import Testing

@testable import NftablesDataplane

@Suite struct SlotAssignmentTests {
    private static func endpoint(_ number: Int) -> Endpoint {
        Endpoint(EndpointAddress(IPAddress(ipv4: UInt32(number)), 80))
    }

    private func endpoints(_ numbers: Int...) -> [Endpoint] { numbers.map(Self.endpoint) }

    @Test("What is new is placed in order") func plainNew() {
        #expect(SlotAssignment.plain(current: [], wanted: endpoints(3, 1, 2)) == endpoints(3, 1, 2))
    }

    @Test("The last endpoint moves into a hole") func plainRemoval() {
        #expect(SlotAssignment.plain(current: endpoints(1, 2, 3, 4), wanted: endpoints(1, 3, 4)) == endpoints(1, 4, 3))
        #expect(SlotAssignment.plain(current: endpoints(1, 2, 3, 4), wanted: endpoints(1, 2, 3)) == endpoints(1, 2, 3))
        #expect(SlotAssignment.plain(current: endpoints(1), wanted: []) == [])
    }

    @Test("One that replaces another takes its slot") func plainReplacement() {
        #expect(SlotAssignment.plain(current: endpoints(1, 2, 3), wanted: endpoints(1, 3, 9)) == endpoints(1, 9, 3))
    }

    @Test("One more is appended") func plainAddition() {
        #expect(SlotAssignment.plain(current: endpoints(2, 3), wanted: endpoints(1, 2, 3)) == endpoints(2, 3, 1))
    }

    @Test("Slots of an affinity service become plain ones without duplicates") func plainFromAffine() {
        #expect(SlotAssignment.plain(current: endpoints(1, 2, 1, 2), wanted: endpoints(1, 2)) == endpoints(1, 2))
    }

    @Test("Random walk: a permutation of what is wanted, and no more slots change than must", arguments: 1...20)
    func plainWalk(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var current: [Endpoint] = []
        for _ in 0..<300 {
            var wanted = Set(current)
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                let one = Self.endpoint(Int.random(in: 0..<12, using: &random))
                if wanted.remove(one) == nil { wanted.insert(one) }
            }
            let slots = SlotAssignment.plain(current: current, wanted: wanted.shuffled(using: &random))
            #expect(slots.count == wanted.count)
            #expect(Set(slots) == wanted)
            // A slot that both lists have can only stay if its endpoint does.
            let common = min(slots.count, current.count)
            let changed = (0..<common).count { slots[$0] != current[$0] }
            #expect(changed == (0..<common).count { !wanted.contains(current[$0]) })
            current = slots
        }
    }

    @Test("Random walk with affinity: equal shares, living endpoints keep their slots", arguments: 1...20)
    func affineWalk(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var current: [Endpoint] = []
        for _ in 0..<300 {
            var wanted = Set(current)
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                let one = Self.endpoint(Int.random(in: 0..<9, using: &random))
                if wanted.remove(one) == nil { wanted.insert(one) }
            }
            let slots = SlotAssignment.affine(current: current, wanted: wanted.sorted { $0.address < $1.address })
            var shares: [Endpoint: Int] = [:]
            for slot in slots { shares[slot, default: 0] += 1 }
            #expect(Set(shares.keys) == wanted)
            #expect(Set(shares.values).count <= 1, "\(shares)")
            #expect(slots.count <= 8 * wanted.count)
            let isNew = slots.count < current.count
            for (index, endpoint) in current.enumerated() where !isNew && wanted.contains(endpoint) {
                let share = shares[endpoint] ?? 0
                // It may only lose slots that are more than its share.
                let before = current[..<index].count { $0 == endpoint }
                if before < share { #expect(slots[index] == endpoint) }
            }
            #expect(SlotAssignment.affine(current: slots, wanted: wanted.sorted { $0.address < $1.address }) == slots)
            current = slots
        }
    }

    @Test("Affinity: the slots of one that left go to the others") func affineRemoval() {
        #expect(
            SlotAssignment.affine(current: endpoints(1, 2, 3), wanted: endpoints(1, 3)) == endpoints(1, 1, 3, 3))
    }

    @Test("Affinity: more than 8 slots an endpoint are not kept") func affineBound() {
        let current = (0..<9).map(Self.endpoint)
        #expect(SlotAssignment.affine(current: current, wanted: endpoints(1)) == endpoints(1))
        #expect(SlotAssignment.affine(current: Array(current.prefix(8)), wanted: endpoints(1)).count == 8)
    }

    @Test("Affinity: the slots never reach those of the Local policy") func affineMaximum() {
        let all = (0..<BalancerChain.maximumCount).map(Self.endpoint)
        #expect(SlotAssignment.affine(current: all, wanted: Array(all.dropLast())).count == all.count - 1)
    }

    @Test("The counts near are all that two steps can lead to", arguments: 1...20)
    func affineCounts(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var current: [Endpoint] = []
        var history: [Set<Int>] = []
        for _ in 0..<200 {
            var wanted = Set(current)
            let one = Self.endpoint(Int.random(in: 0..<7, using: &random))
            if wanted.remove(one) == nil { wanted.insert(one) }
            current = SlotAssignment.affine(current: current, wanted: wanted.sorted { $0.address < $1.address })
            for near in history.suffix(2) where !current.isEmpty { #expect(near.contains(current.count)) }
            history.append(SlotAssignment.affineCounts(near: current))
        }
    }
}
