import Dataplane
import DataplaneTesting
import NetworkAddress
import ServiceModel
import Testing

@testable import Nftables
@testable import NftablesDataplane
@testable import NftablesServices

/// A change of one endpoint sends at most 6 netlink messages, whatever the number of services: begin and end of the
/// batch, and one message each for the elements that go from and come into at most two sets.
@Suite struct MessageCountTests {
    enum Kind: CaseIterable {
        case clusterIP, nodePort, loadBalancerLocal, internalLocal, affinity, affinityLocal
    }
    enum Change: CaseIterable {
        case add, addLocal, remove, removeLocal, replace, replaceLocal
    }

    private static let limit = 6

    @Test("One endpoint more, less or another", arguments: [10, 10_000])
    func anyKind(services: Int) throws {
        var state = NftablesState(configuration: NftablesConfiguration(family: .ipv4))
        _ = state.apply(Sample.delta(try Self.background(services), node: NodeFacts()))
        for kind in Kind.allCases {
            for count in [0, 1, 2, 5, 15, 16, 17, 32, 33] {
                for local in Set([0, 1, count]) where local <= count {
                    for change in Change.allCases { try check(state, kind, change, count: count, local: local) }
                }
            }
        }
    }

    /// A service that was there before, and verified once, meets one change.
    private func check(_ start: NftablesState, _ kind: Kind, _ change: Change, count: Int, local: Int) throws {
        var state = start
        let numbers = Array(0..<count)
        guard let (changed, changedLocal) = Self.apply(change, numbers, Array(numbers.prefix(local))) else { return }
        let before = try Self.service(kind, numbers, local: Array(numbers.prefix(local)))
        _ = state.apply(Sample.delta([before]))
        _ = state.catchUp()
        let after = try Self.service(kind, changed, local: changedLocal)
        let plan = state.apply(Sample.delta([after]))
        let transaction = try TransactionEncoder.encode(
            plan, family: .ipv4, table: "t", layout: TableDefinition.layout, firstSequence: 1)
        #expect(
            transaction.messageCount <= Self.limit,
            "\(kind), \(change) with \(local) of \(count) here: \(transaction.messageCount)\n\(plan.text(TableDefinition.layout))"
        )
        // Either would have the kernel check all chains.
        #expect(plan.addedChains.isEmpty && plan.rewrittenChains.isEmpty)
        #expect(!Self.hasVerdicts(plan), "\(plan.text(TableDefinition.layout))")
        #expect(changed == numbers || !plan.isEmpty || kind == .internalLocal)
    }

    private static func hasVerdicts(_ plan: Plan) -> Bool {
        plan.addedElements.values.joined().contains { element in
            if case .verdict = element.data.value { true } else { false }
        }
    }

    @Test("A weight that changes moves slots, whatever the number of services", arguments: Kind.allCases)
    func weightStep(kind: Kind) throws {
        var state = NftablesState(configuration: NftablesConfiguration(family: .ipv4))
        _ = state.apply(Sample.delta(try Self.background(10), node: NodeFacts()))
        func service(_ weight: UInt16) throws -> ServicePortState {
            let plain = try Self.service(kind, [0, 1, 2], local: [0, 1])
            func list(_ list: EndpointList) -> [Endpoint] {
                plain.endpoints(list).enumerated().map { Endpoint($1.address, weight: $0 == 1 ? weight : 100) }
            }
            return ServicePortState(service: plain.service, cluster: list(.cluster), local: list(.local))
        }
        _ = state.apply(Sample.delta([try service(1)]))
        _ = state.catchUp()
        for weight: UInt16 in [5, 50, 99, 2] {
            let plan = state.apply(Sample.delta([try service(weight)]))
            let transaction = try TransactionEncoder.encode(
                plan, family: .ipv4, table: "t", layout: TableDefinition.layout, firstSequence: 1)
            #expect(transaction.messageCount <= Self.limit, "\(weight): \(plan.text(TableDefinition.layout))")
            #expect(plan.addedChains.isEmpty && plan.addedCount > 0)
        }
    }

    @Test(
        "A drain, an ejection with its trial and each step of a slow start, whatever the number of services",
        arguments: [10, 10_000])
    func shares(services: Int) throws {
        var state = NftablesState(configuration: NftablesConfiguration(family: .ipv4))
        _ = state.apply(Sample.delta(try Self.background(services), node: NodeFacts()))
        func service(_ weights: [UInt16]) throws -> ServicePortState {
            let plain = try Self.service(.nodePort, [0, 1, 2, 3], local: [0, 1])
            func list(_ list: EndpointList) -> [Endpoint] {
                plain.endpoints(list).enumerated().map { Endpoint($1.address, weight: weights[$0]) }
            }
            return ServicePortState(service: plain.service, cluster: list(.cluster), local: list(.local))
        }
        _ = state.apply(Sample.delta([try service([1, 1, 1, 1])]))
        _ = state.catchUp()
        for weights: [UInt16] in [
            [1, 1, 0, 1], [1, 1, 1, 1],  // drained, and not any more
            [0, 1, 1, 1], [16, 256, 256, 256], [0, 1, 1, 1], [1, 1, 1, 1],  // ejected, tried, ejected again, back
            [10, 10, 10, 1], [5, 5, 5, 1], [10, 10, 10, 9], [1, 1, 1, 1],  // slow start
        ] {
            let plan = state.apply(Sample.delta([try service(weights)]))
            let transaction = try TransactionEncoder.encode(
                plan, family: .ipv4, table: "t", layout: TableDefinition.layout, firstSequence: 1)
            // The first weights need the chain for 256 slots with those near it: once, whatever the number of services.
            let limit = plan.addedChains.isEmpty ? Self.limit : 80
            #expect(transaction.messageCount <= limit, "\(weights): \(transaction.messageCount)")
            _ = state.catchUp()
        }
    }

    @Test("Clients are remembered by one number for all addresses of a port, and a restart has the same")
    func affinity() throws {
        func number(_ state: NftablesState, _ plan: Plan) -> Set<UInt32> {
            Set(
                (plan.addedElements[.affinityNumbers] ?? []).compactMap {
                    if case .mark(let number) = $0.data.value { number } else { nil }
                })
        }
        var state = NftablesState(configuration: NftablesConfiguration(family: .ipv4))
        _ = state.apply(Sample.delta(try Self.background(10), node: NodeFacts()))
        let plan = state.apply(Sample.delta([try Self.service(.affinityLocal, [0, 1], local: [0])]))
        #expect(plan.addedElements[.affinityNumbers]?.count == 5)
        let first = number(state, plan)
        #expect(first.count == 1)
        var again = NftablesState(configuration: NftablesConfiguration(family: .ipv4))
        let second = number(again, again.apply(Sample.delta([try Self.service(.affinityLocal, [0], local: [])])))
        #expect(first == second)
        // Without affinity there is nothing to look up.
        let plain = state.apply(Sample.delta([try Self.service(.loadBalancerLocal, [0, 1], local: [0])]))
        #expect(plain.deletedElements[.affinityNumbers]?.count == 5 && plain.addedElements[.affinityNumbers] == nil)
    }

    @Test("A service that grows and shrinks by one, verified now and then", arguments: Kind.allCases)
    func growth(kind: Kind) throws {
        var state = NftablesState(configuration: NftablesConfiguration(family: .ipv4))
        _ = state.apply(Sample.delta([try Self.service(kind, [], local: [])], node: NodeFacts()))
        for (step, count) in (Array(0...70) + Array((0...70).reversed())).enumerated() {
            let numbers = Array(0..<count)
            let plan = state.apply(Sample.delta([try Self.service(kind, numbers, local: numbers)]))
            let transaction = try TransactionEncoder.encode(
                plan, family: .ipv4, table: "t", layout: TableDefinition.layout, firstSequence: 1)
            #expect(transaction.messageCount <= Self.limit, "\(count): \(plan.text(TableDefinition.layout))")
            // Chains for affinity are made two steps ahead, others sixteen.
            if step % (kind == .affinity || kind == .affinityLocal ? 2 : 8) == 0 { _ = state.catchUp() }
        }
    }

    // MARK: Services

    private static func background(_ count: Int) throws -> [ServicePortState] {
        let endpoints = try Sample.endpoints(5, network: "10.9")
        return try (0..<count).map { number in
            var state = try Sample.state("background-\(number)", clusterIP: "172.30.0.1", endpoints: endpoints)
            state.service.clusterIP = IPAddress(ipv4: 172 << 24 | 29 << 16 | UInt32(number))
            return state
        }
    }

    private static func service(_ kind: Kind, _ numbers: [Int], local: [Int]) throws -> ServicePortState {
        let all = try Sample.endpoints(200)
        var state = try Sample.state("changing", clusterIP: "172.30.0.1", endpoints: []) { service in
            switch kind {
            case .clusterIP: break
            case .nodePort: service.nodePort = 30080
            case .internalLocal: service.internalPolicyLocal = true
            case .affinity: service.affinityTimeout = 10800
            case .loadBalancerLocal, .affinityLocal:
                service.nodePort = 30080
                service.loadBalancerVIPs = [try Sample.address("192.0.2.1"), try Sample.address("192.0.2.2")]
                service.externalIPs = [try Sample.address("192.0.2.3")]
                service.loadBalancerSourceRanges = [try #require(IPNetwork("10.0.0.0/8"))]
                service.externalPolicyLocal = true
                if kind == .affinityLocal { service.affinityTimeout = 60 }
            }
        }
        if state.service.uses(.cluster) { state.clusterEndpoints = numbers.map { all[$0] } }
        if state.service.uses(.local) { state.localEndpoints = local.map { all[$0] } }
        state.endpointsOnThisNode = Set(local.map { all[$0] })
        state.hasAnyEndpoints = !numbers.isEmpty
        return state
    }

    /// The endpoints after the change and those of them on this node; nil if there is none to change.
    private static func apply(_ change: Change, _ all: [Int], _ local: [Int]) -> ([Int], [Int])? {
        let new = 150
        switch change {
        case .add: return (all + [new], local)
        case .addLocal: return (all + [new], local + [new])
        case .remove:
            guard let gone = all.first(where: { !local.contains($0) }) else { return nil }
            return (all.filter { $0 != gone }, local)
        case .removeLocal:
            guard let gone = local.first else { return nil }
            return (all.filter { $0 != gone }, local.filter { $0 != gone })
        case .replace:
            guard let gone = all.first(where: { !local.contains($0) }) else { return nil }
            return (all.map { $0 == gone ? new : $0 }, local)
        case .replaceLocal:
            guard let gone = local.first else { return nil }
            return (all.map { $0 == gone ? new : $0 }, local.map { $0 == gone ? new : $0 })
        }
    }
}
