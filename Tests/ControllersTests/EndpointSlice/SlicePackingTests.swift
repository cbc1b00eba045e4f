import KubeAPI
import NetworkAddress
import TestSupport
import Testing

@testable import Controllers

@Suite struct SlicePackingTests {
    private static func endpoints(_ range: ClosedRange<Int>) -> [ManagedEndpointSlice.Endpoint] {
        range.map { ManagedEndpointSlice.Endpoint(EndpointSlice.Endpoint(addresses: ["a\($0)"], ready: true)) }
    }

    private static func slice(_ name: String, _ range: ClosedRange<Int>) -> ManagedEndpointSlice {
        var slice = ManagedEndpointSlice(metadata: ObjectMeta(name: name))
        slice.endpoints = endpoints(range)
        return slice
    }

    private static func pack(
        _ desired: ClosedRange<Int>, _ slices: [ManagedEndpointSlice], limit: Int = 10
    ) -> SlicePacking {
        SlicePacking(endpoints(desired), into: slices, limit: limit, hasRightLabels: { _ in true })
    }

    private static func counts(_ slices: [ManagedEndpointSlice]) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: slices.map { ($0.metadata.name, $0.endpoints.count) })
    }

    @Test func newSlicesAreFilled() {
        #expect(Self.pack(1...25, []).new.map(\.count) == [10, 10, 5])
    }

    @Test("Of the slices that can take all new endpoints, the fullest takes them")
    func fullestThatFits() {
        let slices = [Self.slice("a", 1...3), Self.slice("b", 11...17), Self.slice("c", 21...29)]
        let desired =
            Self.endpoints(1...3) + Self.endpoints(11...17) + Self.endpoints(21...29) + Self.endpoints(41...42)
        let packing = SlicePacking(desired, into: slices, limit: 10, hasRightLabels: { _ in true })
        #expect(Self.counts(packing.changed) == ["b": 9])
        #expect(packing.unchanged.count == 2 && packing.new.isEmpty && packing.emptied.isEmpty)
    }

    @Test("Slices that are written anyway take new endpoints before others do")
    func changedFirst() {
        let slices = [Self.slice("a", 1...9), Self.slice("b", 11...15)]
        let desired = Self.endpoints(1...9) + Self.endpoints(11...14) + Self.endpoints(41...41)
        let packing = SlicePacking(desired, into: slices, limit: 10, hasRightLabels: { _ in true })
        #expect(Self.counts(packing.changed) == ["b": 5])
    }

    @Test("What fits into no slice alone makes a new one, though there is room in several")
    func newSliceRatherThanManyWrites() {
        let slices = [Self.slice("a", 1...8), Self.slice("b", 11...18)]
        let desired = Self.endpoints(1...8) + Self.endpoints(11...18) + Self.endpoints(41...44)
        let packing = SlicePacking(desired, into: slices, limit: 10, hasRightLabels: { _ in true })
        #expect(packing.changed.isEmpty && packing.new.map(\.count) == [4])
    }

    @Test func slicesWithNothingLeftGo() {
        let packing = Self.pack(1...2, [Self.slice("a", 1...2), Self.slice("b", 11...12)])
        #expect(packing.emptied.map(\.metadata.name) == ["b"] && packing.changed.isEmpty)
    }

    @Test("A lower limit is kept, and an endpoint that is in two slices stays in one")
    func repair() {
        let packing = Self.pack(1...8, [Self.slice("a", 1...8), Self.slice("b", 1...3)], limit: 5)
        let all = (packing.changed + packing.unchanged).map(\.endpoints) + packing.new
        #expect(all.allSatisfy { $0.count <= 5 })
        #expect(all.flatMap { $0 }.map(\.identity.addresses).sorted { $0[0] < $1[0] } == (1...8).map { ["a\($0)"] })
    }

    @Test(
        "After any changes of pods the slices hold just their endpoints, at most so many each, and one changed pod writes one slice",
        arguments: 0..<20 as Range<UInt64>)
    func randomWalk(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let limit = Int.random(in: 3...12, using: &random)
        let service = ManagedService.web {
            $0.ports = [.init(name: "http", port: 80, target: .name("serve"))]
            $0.trafficDistribution = seed.isMultiple(of: 2) ? "PreferSameNode" : ""
        }
        var pods: [String: Pod] = [:]
        var store = SliceStore()
        store.apply(EndpointSlicePlan(service, [], [], limit: limit))
        for step in 0..<150 {
            // Now and then many at once.
            let count = random.oneIn(10) ? Int.random(in: 1...15, using: &random) : 1
            var touched: Set<String> = []
            for number in 0..<count {
                if let name = Self.change(&pods, "p\(step)-\(number)", &random) { touched.insert(name) }
            }
            let sorted = pods.values.sorted { $0.metadata.name < $1.metadata.name }
            let plan = EndpointSlicePlan(service, sorted, store.all, limit: limit)
            #expect(plan.writeCount <= touched.count, "seed \(seed), step \(step)")
            store.apply(plan)
            Self.check(store.all, service, sorted, limit)
            #expect(EndpointSlicePlan(service, sorted, store.all, limit: limit).isEmpty, "seed \(seed), step \(step)")
        }
    }

    /// Adds, removes or changes a pod and returns its name.
    private static func change(_ pods: inout [String: Pod], _ name: String, _ random: inout SeededGenerator) -> String?
    {
        let kind = Int.random(in: 0..<5, using: &random)
        guard kind >= 2, let victim = pods.keys.sorted().randomElement(using: &random) else {
            pods[name] = Pod.web(name, ["10.\(Int.random(in: 0...255, using: &random)).0.1"]) {
                $0.addPort("serve", random.oneIn(4) ? 9090 : 8080)
                $0.spec.nodeName = "node\(Int.random(in: 1...3, using: &random))"
                $0.setReady(!random.oneIn(3))
            }
            return name
        }
        switch kind {
        case 2: pods[victim] = nil
        case 3:
            let isReady = pods[victim]?.isReady ?? false
            pods[victim]?.setReady(!isReady)
        default: pods[victim]?.metadata.deletionTimestamp = "2026-01-01T00:00:00Z"
        }
        return victim
    }

    private static func check(_ slices: [ManagedEndpointSlice], _ service: ManagedService, _ pods: [Pod], _ limit: Int)
    {
        #expect(slices.allSatisfy { $0.endpoints.count <= limit })
        #expect(slices.count == 1 || slices.allSatisfy { !$0.endpoints.isEmpty })
        let desired = DesiredEndpoints(service, pods, family: .ipv4) { Node.named($0, zone: "zone-\($0)") }
        var held: [[ManagedEndpointSlice.Port]: [ManagedEndpointSlice.Endpoint]] = [:]
        for slice in slices where !slice.endpoints.isEmpty { held[slice.ports, default: []] += slice.endpoints }
        #expect(held.count == desired.groups.count)
        for group in desired.groups {
            #expect(held[group.ports]?.count == group.endpoints.count)
            #expect(Set(held[group.ports] ?? []) == Set(group.endpoints))
        }
    }
}
