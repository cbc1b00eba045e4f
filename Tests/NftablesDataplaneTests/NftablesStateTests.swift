import Dataplane
import DataplaneTesting
import NetworkAddress
import ServiceModel
import Testing

@testable import Nftables
@testable import NftablesDataplane
@testable import NftablesServices

/// The plans of a random walk, applied to a table without a kernel.
@Suite struct NftablesStateTests {
    private static let walks = (5...8).flatMap { seed in
        IPFamily.allCases.map { (seed: UInt64(seed), family: $0) }
    }

    @Test("Plans add up to what a new start wants, and ask for nothing impossible", arguments: walks)
    func walk(seed: UInt64, family: IPFamily) throws {
        let configuration = NftablesConfiguration(family: family)
        var walk = RandomServices(seed: seed, family: family)
        var state = NftablesState(configuration: configuration)
        var table = SimulatedTable()
        _ = state.apply(walk.step())
        #expect(table.apply(try state.reconcile(with: KernelTable(generation: 0)).plan) == [])
        for step in 0..<210 {
            let plan = state.apply(walk.step())
            #expect(table.apply(plan) == [], "step \(step)")
            try #require(try wrongOutcomes(table, walk.states) == [], "step \(step)")
            guard step % 10 == 9 else { continue }
            let waiting = state.catchUp()
            #expect(waiting.deletedElements.keys.allSatisfy { $0 == .hairpin })
            #expect(waiting.addedElements.keys.allSatisfy { BalancerKind.all.map(\.map).contains($0) })
            #expect(table.apply(waiting) == [])
            var fresh = NftablesState(configuration: configuration)
            _ = fresh.apply(walk.whole)
            let (missing, _) = try fresh.reconcile(with: try table.listed(family))
            try #require(missing.text(TableDefinition.layout) == "", "step \(step)")
        }
    }

    @Test("Without services nothing is left of them", arguments: IPFamily.allCases)
    func removal(family: IPFamily) throws {
        var walk = RandomServices(seed: 99, family: family)
        var state = NftablesState(configuration: NftablesConfiguration(family: family))
        var table = SimulatedTable()
        _ = state.apply(walk.step())
        _ = table.apply(try state.reconcile(with: KernelTable(generation: 0)).plan)
        for _ in 0..<40 { #expect(table.apply(state.apply(walk.step())) == []) }
        #expect(table.apply(state.apply(FamilyDelta(removed: Set(walk.states.keys), node: NodeFacts()))) == [])
        #expect(table.apply(state.catchUp()) == [])
        let chains = Set(BalancerKind.all.map(\.map))
        #expect(table.elements.filter { !$0.value.isEmpty && !chains.contains($0.key) }.keys.sorted() == [])
    }

    @Test("Chains that nobody needs go after the elements that lead to them, and neither is a repair")
    func leftovers() throws {
        let configuration = NftablesConfiguration(family: .ipv4)
        func state(_ endpoints: Int) throws -> NftablesState {
            var state = NftablesState(configuration: configuration)
            let endpoints = try Sample.endpoints(endpoints)
            _ = state.apply(
                Sample.delta(
                    [try Sample.state("s", clusterIP: "172.30.0.1", endpoints: endpoints)], node: NodeFacts()))
            return state
        }
        var table = SimulatedTable()
        var large = try state(100)
        _ = table.apply(try large.reconcile(with: KernelTable(generation: 0)).plan)
        let shrinking = large.apply(
            Sample.delta([
                try Sample.state("s", clusterIP: "172.30.0.1", endpoints: try Sample.endpoints(3))
            ]))
        #expect(table.apply(shrinking) == [])
        _ = table.apply(large.catchUp())

        var small = try state(3)
        let (plan, tidying) = try small.reconcile(with: try table.listed(.ipv4))
        #expect(plan.text(TableDefinition.layout) == "")
        try #require(tidying.count == 2)
        #expect(tidying[0].deletedElements.keys.sorted() == [BalancerKind().map])
        #expect(tidying[0].deletedElements[BalancerKind().map]?.count == tidying[1].deletedChains.count)
        #expect(tidying[1].deletedChains.contains("endpoints-100"))
        for plan in tidying { #expect(table.apply(plan) == []) }
    }

    @Test("A table whose map of counts holds verdicts is replaced by one transaction") func olderShape() throws {
        var state = NftablesState(configuration: NftablesConfiguration(family: .ipv4))
        _ = state.apply(try Sample.whole(.ipv4))
        var table = SimulatedTable()
        _ = table.apply(try state.reconcile(with: KernelTable(generation: 0)).plan)
        var older = try table.listed(.ipv4)
        var counts = try #require(TableDefinition.layout[.endpointCounts])
        counts.value = .verdict
        older.sets[counts.name.rawValue] = counts.facts(.ipv4)
        let (plan, tidying) = try state.reconcile(with: older)
        #expect(plan.replacesTable)
        #expect(tidying == [Plan(), Plan()])
        let before = table
        #expect(table.apply(plan) == [])
        #expect(table.elements == before.elements)
        #expect(table.chains == before.chains)
    }

    @Test("A table with a set that could become full is replaced") func limitedSet() throws {
        var state = NftablesState(configuration: NftablesConfiguration(family: .ipv4))
        state.take(try Sample.whole(.ipv4))
        var table = SimulatedTable()
        _ = table.apply(try state.reconcile(with: KernelTable(generation: 0)).plan)
        var found = try table.listed(.ipv4)
        #expect(try state.reconcile(with: found).plan.isEmpty)
        found.sets[SetName.endpoints.rawValue]?.isLimited = true
        #expect(try state.reconcile(with: found).plan.replacesTable)
    }

    @Test("Pairs of @hairpin are those of endpoints that may be on this node") func hairpins() throws {
        var state = NftablesState(configuration: NftablesConfiguration(family: .ipv4))
        let all = try Sample.endpoints(1000)
        let service = try Sample.state("s", clusterIP: "172.30.0.1", endpoints: all, local: [all[7]]) {
            $0.nodePort = 30080
        }
        func pairs(_ plan: Plan) -> [String] {
            (plan.addedElements[.hairpin] ?? []).map { $0.text(in: .hairpin) }
        }
        let one = "\(all[7].ip) . \(all[7].ip)"
        #expect(pairs(state.apply(Sample.delta([service]))) == [one])
        #expect(pairs(try state.reconcile(with: KernelTable(generation: 0)).plan) == [one])
    }

    @Test("What is taken without a plan is compared as what had one") func take() throws {
        var walk = RandomServices(seed: 5, family: .ipv4)
        let configuration = NftablesConfiguration(family: .ipv4)
        var planned = NftablesState(configuration: configuration)
        var taken = NftablesState(configuration: configuration)
        for _ in 0..<100 {
            let delta = walk.step()
            _ = planned.apply(delta)
            taken.take(delta)
        }
        var table = SimulatedTable()
        #expect(table.apply(try taken.reconcile(with: KernelTable(generation: 0)).plan) == [])
        #expect(try planned.reconcile(with: try table.listed(.ipv4)).plan.isEmpty)
        for _ in 0..<20 { #expect(table.apply(taken.apply(walk.step())) == []) }
    }

    @Test("What is there already is not planned again") func noChange() throws {
        var walk = RandomServices(seed: 5, family: .ipv4)
        var state = NftablesState(configuration: NftablesConfiguration(family: .ipv4))
        for _ in 0..<30 { _ = state.apply(walk.step()) }
        #expect(state.apply(walk.whole).isEmpty)
        #expect(state.apply(FamilyDelta(removed: [Sample.name("never-there")])).isEmpty)
    }

    @Test("A frontend that goes from one service to another in one change is deleted before it is added")
    func handedOver() throws {
        let address = try Sample.address("192.0.2.1")
        func state(_ name: String, _ ip: String, external: [IPAddress]) throws -> ServicePortState {
            try Sample.state(name, clusterIP: ip, endpoints: try Sample.endpoints(2)) { $0.externalIPs = external }
        }
        for (from, to) in [("a", "b"), ("b", "a")] {
            var nftables = NftablesState(configuration: NftablesConfiguration(family: .ipv4))
            var table = SimulatedTable()
            _ = nftables.apply(
                Sample.delta(
                    [
                        try state(from, "172.30.0.1", external: [address]), try state(to, "172.30.0.2", external: []),
                    ], node: NodeFacts()))
            _ = table.apply(try nftables.reconcile(with: KernelTable(generation: 0)).plan)
            let plan = nftables.apply(
                Sample.delta([
                    try state(from, "172.30.0.1", external: []), try state(to, "172.30.0.2", external: [address]),
                ]))
            #expect(table.apply(plan) == [])
            #expect(plan.text(TableDefinition.layout).contains("add element external-ips 192.0.2.1 . tcp . 80"))
        }
    }

    // MARK: What packets meet

    /// Ways to services that do not lead where the states say.
    private func wrongOutcomes(
        _ table: SimulatedTable, _ states: [ServicePortName: ServicePortState]
    ) throws -> [String] {
        var faults: [String] = []
        for state in states.values {
            let service = state.service
            func check(_ address: IPAddress?, isLocal: Bool, _ endpoints: [EndpointAddress], needed: Bool = true) {
                let port = address == nil ? service.nodePort : service.port
                let found = table.outcome(address, port, service.name.transport, isLocal: isLocal)
                var isRight = false
                switch found {
                case .endpoints(let weights)?:
                    isRight =
                        Set(weights.keys) == Set(endpoints) && Set(weights.values).count == 1
                        && (service.affinityTimeout != nil || weights.values.allSatisfy { $0 == 1 })
                case .rejected?: isRight = endpoints.isEmpty && !state.hasAnyEndpoints
                case .verdict(let verdict)?:
                    isRight = endpoints.isEmpty && state.hasAnyEndpoints && verdict == .drop
                case nil: isRight = endpoints.isEmpty && !needed
                }
                if !isRight {
                    faults.append("\(service.name) at \(address.map { "\($0)" } ?? "node"): \(found as Any)")
                }
            }
            check(service.clusterIP, isLocal: false, state.internalEndpoints)
            var external: [IPAddress?] = service.externalIPs + service.loadBalancerVIPs
            if service.nodePort != 0 { external.append(nil) }
            for address in external {
                check(address, isLocal: service.externalPolicyLocal, state.externalEndpoints)
                // Pods and the node itself go to any endpoint, if there is one.
                if service.externalPolicyLocal, !state.clusterEndpoints.isEmpty {
                    check(address, isLocal: false, state.clusterEndpoints)
                }
            }
        }
        return faults
    }
}
