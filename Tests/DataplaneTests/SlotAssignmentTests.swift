import DataplaneTesting
import NetworkAddress
import ServiceModel
import TestSupport
import Testing

@testable import Dataplane

@Suite struct SlotAssignmentTests {
    private static func endpoint(_ number: Int) -> Endpoint {
        Endpoint(EndpointAddress(IPAddress(ipv4: UInt32(number)), 80))
    }

    private func endpoints(_ numbers: Int...) -> [Endpoint] { numbers.map(Self.endpoint) }

    @Test("What is new is placed in order") func plainNew() {
        #expect(SlotAssignment.plain(current: [], wanted: .init(endpoints(3, 1, 2))) == endpoints(3, 1, 2))
    }

    @Test("The last endpoint moves into a hole") func plainRemoval() {
        #expect(
            SlotAssignment.plain(current: endpoints(1, 2, 3, 4), wanted: .init(endpoints(1, 3, 4)))
                == endpoints(1, 4, 3))
        #expect(
            SlotAssignment.plain(current: endpoints(1, 2, 3, 4), wanted: .init(endpoints(1, 2, 3)))
                == endpoints(1, 2, 3))
        #expect(SlotAssignment.plain(current: endpoints(1), wanted: .init([])) == [])
    }

    @Test("One that replaces another takes its slot") func plainReplacement() {
        #expect(
            SlotAssignment.plain(current: endpoints(1, 2, 3), wanted: .init(endpoints(1, 3, 9))) == endpoints(1, 9, 3))
    }

    @Test("One more is appended") func plainAddition() {
        #expect(SlotAssignment.plain(current: endpoints(2, 3), wanted: .init(endpoints(1, 2, 3))) == endpoints(2, 3, 1))
    }

    @Test("Slots of an affinity service become plain ones without duplicates") func plainFromAffine() {
        #expect(SlotAssignment.plain(current: endpoints(1, 2, 1, 2), wanted: .init(endpoints(1, 2))) == endpoints(1, 2))
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
            let slots = SlotAssignment.plain(current: current, wanted: .init(wanted.shuffled(using: &random)))
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
            let slots = SlotAssignment.affine(
                current: current, wanted: .init(wanted.sorted { $0.address < $1.address }))
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
            #expect(
                SlotAssignment.affine(current: slots, wanted: .init(wanted.sorted { $0.address < $1.address })) == slots
            )
            current = slots
        }
    }

    @Test("Affinity: the slots of one that left go to the others") func affineRemoval() {
        #expect(
            SlotAssignment.affine(current: endpoints(1, 2, 3), wanted: .init(endpoints(1, 3))) == endpoints(1, 1, 3, 3))
    }

    @Test("Affinity: more than 8 slots an endpoint are not kept") func affineBound() {
        let current = (0..<9).map(Self.endpoint)
        #expect(SlotAssignment.affine(current: current, wanted: .init(endpoints(1))) == endpoints(1))
        #expect(SlotAssignment.affine(current: Array(current.prefix(8)), wanted: .init(endpoints(1))).count == 8)
    }

    @Test("Affinity: the slots never reach those of the Local policy") func affineMaximum() {
        let all = (0..<SlotAssignment.maximumCount).map(Self.endpoint)
        #expect(SlotAssignment.affine(current: all, wanted: .init(Array(all.dropLast()))).count == all.count - 1)
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
            current = SlotAssignment.affine(current: current, wanted: .init(wanted.sorted { $0.address < $1.address }))
            for near in history.suffix(2) where !current.isEmpty { #expect(near.contains(current.count)) }
            history.append(SlotAssignment.affineCounts(near: current))
        }
    }

    // MARK: Weights

    private static func weighted(_ weights: [Int: UInt16]) -> [Endpoint] {
        weights.keys.sorted().map { number in
            var one = endpoint(number)
            one.weight = weights[number] ?? 0
            return one
        }
    }

    private func counts(_ slots: [Endpoint]) -> [Int: Int] {
        slots.reduce(into: [:]) { $0[Int($1.address.ip.value), default: 0] += 1 }
    }

    @Test("Weights are shares of the slots; equal ones need one slot each", arguments: [false, true])
    func weights(isAffine: Bool) {
        let assign = isAffine ? SlotAssignment.affine : SlotAssignment.plain
        #expect(assign([], .init(Self.weighted([1: 7, 2: 7]))).count == 2)
        #expect(counts(assign([], .init(Self.weighted([1: 95, 2: 5])))) == [1: 243, 2: 13])
        #expect(counts(assign([], .init(Self.weighted([1: 65535, 2: 1])))) == [1: 255, 2: 1])
        let many = Dictionary(uniqueKeysWithValues: (1...100).map { ($0, UInt16($0)) })
        let slots = assign([], .init(Self.weighted(many)))
        #expect(slots.count == 512)
        for (number, count) in counts(slots) {
            #expect(abs(Double(count) / 512 - Double(number) / 5050) <= 1 / 512.0, "\(number): \(count)")
        }
    }

    @Test("A weight that changes moves as many slots as its share changes", arguments: [false, true])
    func weightStep(isAffine: Bool) {
        let assign = isAffine ? SlotAssignment.affine : SlotAssignment.plain
        var current = assign([], .init(Self.weighted([1: 100, 2: 100, 3: 1])))
        for weight: UInt16 in [5, 20, 50, 99, 7] {
            let next = assign(current, .init(Self.weighted([1: 100, 2: 100, 3: weight])))
            #expect(next.count == 256)
            let moved = zip(current, next).count { $0.address != $1.address }
            let step = zip(1...3, 1...3).reduce(0) {
                $0 + abs((counts(next)[$1.0] ?? 0) - (counts(current)[$1.0] ?? 0))
            }
            #expect(moved == step / 2, "\(weight)")
            current = next
        }
        // Back to equal ones.
        #expect(assign(current, .init(Self.weighted([1: 1, 2: 1, 3: 1]))).count == 3)
    }

    @Test("Random walk with weights: the shares are right, and no more slots change than must", arguments: 1...20)
    func weightedWalk(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var current: [Endpoint] = []
        var weights: [Int: UInt16] = [1: 1, 2: 2]
        for _ in 0..<100 {
            weights[Int.random(in: 0..<12, using: &random)] =
                random.oneIn(3) ? nil : UInt16.random(in: 1...100, using: &random)
            let wanted = SlotAssignment.Wanted(Self.weighted(weights))
            let slots = SlotAssignment.plain(current: current, wanted: wanted)
            let fresh = SlotAssignment.plain(current: [], wanted: wanted)
            #expect(counts(slots) == counts(fresh))
            if slots.count == current.count {
                let kept = counts(slots).reduce(0) { $0 + min($1.value, counts(current)[$1.key] ?? 0) }
                #expect(zip(current, slots).count { $0.address == $1.address } == kept)
            }
            current = slots
        }
    }
}
