import Dataplane
import DataplaneTesting
import NetworkAddress
import ServiceModel
import Testing

@testable import SocketBalancing

@Suite struct SocketStateTests {
    private static let name = ServicePortName(namespace: "default", name: "web", port: "", transport: .tcp)

    private static func address(_ text: String) -> IPAddress { IPAddress(text) ?? IPAddress(ipv4: 0) }

    private static func endpoint(_ number: Int, weight: UInt16 = 1) -> Endpoint {
        Endpoint(EndpointAddress(IPAddress(ipv4: 0x0AB4_0000 + UInt32(number)), 80), weight: weight)
    }

    private static func port(
        _ name: ServicePortName = name, _ ip: String = "10.96.0.1", _ adjust: (inout ServicePort) -> Void = { _ in }
    ) -> ServicePort {
        var port = ServicePort(name: name, clusterIP: address(ip), port: 80)
        adjust(&port)
        return port
    }

    private static func delta(_ states: ServicePortState..., node: NodeFacts? = nil) -> FamilyDelta {
        FamilyDelta(
            updated: ServicePortStates(Dictionary(uniqueKeysWithValues: states.map { ($0.service.name, $0) })),
            node: node)
    }

    private static func web(_ endpoints: Int...) -> ServicePortState {
        ServicePortState(service: port(), cluster: endpoints.map { endpoint($0) })
    }

    // MARK: Decisions

    private func decision(
        _ kind: Frontend.Kind, _ state: ServicePortState, _ node: NodeFacts = NodeFacts(), onlyNode: Bool = false
    ) throws -> SocketDecision {
        let frontend = try #require(state.service.frontends.first { $0.kind == kind })
        return SocketDecision(frontend, of: state, node, isOnlyNode: onlyNode)
    }

    @Test("What a socket cannot know is left to the packet rules") func decisions() throws {
        let web = Self.web(1)
        #expect(try decision(.clusterIP, web) == .translated(.cluster, onlyNode: false))
        #expect(try decision(.clusterIP, web, onlyNode: true) == .translated(.cluster, onlyNode: true))
        #expect(
            try decision(.clusterIP, web, NodeFacts(clusterIPMasquerading: .everybodys))
                == .translated(.cluster, onlyNode: true))
        #expect(
            try decision(.clusterIP, web, NodeFacts(clusterIPMasquerading: .allButPodsHere))
                == .translated(.cluster, onlyNode: false))
        #expect(try decision(.clusterIP, Self.web()) == .left(.noEndpoints))
        let idle = ServicePortState(service: Self.port(), cluster: [Self.endpoint(1, weight: 0)])
        #expect(try decision(.clusterIP, idle) == .left(.noEndpoints))

        var outside = web
        outside.service.externalIPs = [Self.address("192.0.2.1")]
        outside.service.loadBalancerVIPs = [Self.address("192.0.2.2")]
        outside.service.nodePort = 30080
        #expect(try decision(.externalIP, outside) == .translated(.cluster, onlyNode: false))
        #expect(try decision(.loadBalancerIP, outside) == .translated(.cluster, onlyNode: false))
        #expect(try decision(.nodePort, outside) == .left(.nodePortEverywhere))
        let listed = NodeFacts(nodePortAddresses: [Self.address("192.168.0.2")])
        #expect(try decision(.nodePort, outside, listed) == .translated(.cluster, onlyNode: false))
        outside.service.loadBalancerSourceRanges = try [#require(IPNetwork("10.0.0.0/8"))]
        #expect(try decision(.loadBalancerIP, outside) == .left(.sourceRanges))
        #expect(try decision(.externalIP, outside) == .translated(.cluster, onlyNode: false))
        outside.service.externalPolicyLocal = true
        // Elsewhere it would be led to endpoints here.
        #expect(try decision(.externalIP, outside) == .translated(.cluster, onlyNode: true))

        var local = ServicePortState(service: Self.port { $0.internalPolicyLocal = true }, local: [Self.endpoint(1)])
        #expect(try decision(.clusterIP, local) == .translated(.local, onlyNode: false))
        local.service.name.transport = .sctp
        #expect(try decision(.clusterIP, local) == .left(.transport))
    }

    // MARK: Changes

    @Test("An endpoint that is replaced is one element; others change the list as a whole") func elements() {
        var state = SocketState()
        var kernel = SimulatedMaps()
        var plan = state.apply(Self.delta(Self.web(1, 2, 3), node: NodeFacts()))
        #expect(plan.added == 5 && plan.removed == 0)
        kernel.apply(plan)
        plan = state.apply(Self.delta(Self.web(1, 3, 9)))
        #expect(plan.count == 1 && plan.putSlots.count == 1, "\(plan)")
        kernel.apply(plan)
        // One more: a slot, and the count.
        plan = state.apply(Self.delta(Self.web(1, 3, 8, 9)))
        #expect(plan.putSlots.count == 1 && plan.putPorts.count == 1 && plan.count == 2, "\(plan)")
        kernel.apply(plan)
        // One less in the middle: a new version.
        plan = state.apply(Self.delta(Self.web(3, 8, 9)))
        kernel.apply(plan)
        #expect(plan.putFrontends.isEmpty && plan.putPorts.count == 1)
        let key = FrontendKey(Self.address("10.96.0.1"), 80, .tcp)
        #expect(kernel.lookup(key, onNode: false) == [3, 8, 9].reduce(into: [:]) { $0[Self.endpoint($1).address] = 1 })
        #expect(kernel.maps.slots.count == 3)
        #expect(state.apply(Self.delta(Self.web(3, 8, 9))).isEmpty)
        kernel.apply(state.apply(FamilyDelta(removed: [Self.name])))
        #expect(kernel.maps == SocketMaps())
    }

    @Test("Weights are shares of the slots, as in nftables mode") func weights() {
        var state = SocketState()
        var kernel = SimulatedMaps()
        let service = ServicePortState(
            service: Self.port(),
            cluster: [Self.endpoint(1, weight: 95), Self.endpoint(2, weight: 5), Self.endpoint(3, weight: 0)])
        kernel.apply(state.apply(Self.delta(service, node: NodeFacts())))
        let key = FrontendKey(Self.address("10.96.0.1"), 80, .tcp)
        #expect(
            kernel.lookup(key, onNode: false) == [Self.endpoint(1).address: 243, Self.endpoint(2).address: 13])
    }

    @Test("An address of a Service goes before a node port, whoever comes first") func nodePortAtServiceAddress() {
        let other = ServicePortName(namespace: "default", name: "other", port: "", transport: .tcp)
        let node = NodeFacts(nodePortAddresses: [Self.address("192.168.0.2"), Self.address("127.0.0.1")])
        let nodePort = ServicePortState(
            service: Self.port { $0.nodePort = 30080 }, cluster: [Self.endpoint(1)])
        var external = ServicePortState(
            service: Self.port(other, "10.96.0.2") {
                $0.port = 30080
                $0.externalIPs = [Self.address("192.168.0.2")]
            }, cluster: [Self.endpoint(2)])
        let key = FrontendKey(Self.address("192.168.0.2"), 30080, .tcp)
        let loopback = FrontendKey(Self.address("127.0.0.1"), 30080, .tcp)
        for order in [[nodePort, external], [external, nodePort]] {
            var state = SocketState()
            var kernel = SimulatedMaps()
            kernel.apply(state.apply(FamilyDelta(node: node)))
            for one in order { kernel.apply(state.apply(Self.delta(one))) }
            #expect(kernel.lookup(key, onNode: false) == [Self.endpoint(2).address: 1])
            #expect(kernel.lookup(loopback, onNode: true) == [Self.endpoint(1).address: 1])
            #expect(kernel.lookup(loopback, onNode: false) == nil, "loopback is each namespace's own")
            // Without endpoints it is for the packet rules to refuse, and still no node port.
            external = ServicePortState(service: external.service)
            kernel.apply(state.apply(Self.delta(external)))
            #expect(kernel.lookup(key, onNode: false) == nil)
            kernel.apply(state.apply(FamilyDelta(removed: [other])))
            #expect(kernel.lookup(key, onNode: false) == [Self.endpoint(1).address: 1])
            external = ServicePortState(service: external.service, cluster: [Self.endpoint(2)])
        }
    }

    @Test("A Service for which there is no room is left to the packet rules, until there is") func limits() {
        var state = SocketState(limits: .init(frontends: 10, ports: 10, slots: 4))
        var kernel = SimulatedMaps()
        let other = ServicePortName(namespace: "default", name: "other", port: "", transport: .tcp)
        kernel.apply(state.apply(Self.delta(Self.web(1, 2, 3), node: NodeFacts())))
        let second = ServicePortState(
            service: Self.port(other, "10.96.0.2"), cluster: [Self.endpoint(4), Self.endpoint(5)])
        kernel.apply(state.apply(Self.delta(second)))
        #expect(state.withoutRoom == [other])
        #expect(kernel.lookup(FrontendKey(Self.address("10.96.0.2"), 80, .tcp), onNode: true) == nil)
        kernel.apply(state.apply(Self.delta(Self.web(1, 2))))
        kernel.apply(state.apply(Self.delta(second)))
        #expect(state.withoutRoom == [])
        #expect(kernel.lookup(FrontendKey(Self.address("10.96.0.2"), 80, .tcp), onNode: true)?.count == 2)
    }

    // MARK: Walks

    @Test(
        "Random walk: sockets are led where the decisions say, and nothing is left over", arguments: IPFamily.allCases,
        1...5)
    func walk(family: IPFamily, seed: UInt64) {
        var services = RandomServices(seed: seed, family: family)
        var state = SocketState()
        var kernel = SimulatedMaps()
        kernel.apply(state.apply(services.whole))
        for step in 0..<60 {
            let before = [true, false].map { onNode in
                SimulatedMaps.wanted(services.states.values, services.node, onNode: onNode)
            }
            let delta = services.step()
            let after = [true, false].map { onNode in
                SimulatedMaps.wanted(services.states.values, services.node, onNode: onNode)
            }
            let plan = state.apply(delta)
            // What stays the same is looked at in the end.
            let touched = Set(
                [0, 1].flatMap { index in
                    Set(before[index].keys).union(after[index].keys).filter { before[index][$0] != after[index][$0] }
                })
            var wrong: Set<String> = []
            kernel.apply(plan) { moment in
                for key in touched {
                    for (index, onNode) in [true, false].enumerated() {
                        guard let found = moment.lookup(key, onNode: onNode).map({ Set($0.keys) }) else { continue }
                        // A list that lacks its last slots leaves some connections alone; it leads none astray.
                        let old = before[index][key] ?? []
                        let new = after[index][key] ?? []
                        if !found.isSubset(of: old), !found.isSubset(of: new), !found.isSubset(of: old.union(new)) {
                            wrong.insert("\(key): \(found)")
                        }
                    }
                }
            }
            #expect(wrong.isEmpty, "step \(step)")
            for (index, onNode) in [true, false].enumerated() {
                var found: [FrontendKey: Set<EndpointAddress>] = [:]
                for key in kernel.maps.frontends.keys {
                    found[key] = kernel.lookup(key, onNode: onNode).map { Set($0.keys) }
                }
                #expect(found == after[index], "step \(step)")
            }
            #expect(kernel.maps.frontends.count == state.frontendCount)
            #expect(kernel.maps.slots.count == state.slotCount)
            let used = Set(kernel.maps.frontends.values.map(\.port))
            #expect(used.isSubset(of: kernel.maps.ports.keys))
        }
        // A restart finds all of it, and writes nothing.
        var fresh = SocketState()
        fresh.take(services.whole)
        let plan = fresh.reconcile(with: kernel.maps)
        let weighted = kernel.maps.ports.values.contains { $0.affinity > 0 }
        #expect(plan.isEmpty || weighted, "\(plan)")
        kernel.apply(plan)
        #expect(fresh.reconcile(with: kernel.maps).isEmpty)
    }

    @Test("Damage in the maps is repaired, and what is not ours goes", arguments: 1...6)
    func repair(seed: UInt64) {
        var services = RandomServices(seed: seed, family: .ipv4)
        for _ in 0..<30 { _ = services.step() }
        var state = SocketState()
        var kernel = SimulatedMaps()
        kernel.apply(state.apply(services.whole))
        let good = kernel.maps.frontends.keys.reduce(into: [:]) { $0[$1] = kernel.lookup($1, onNode: true) }
        for (index, key) in kernel.maps.frontends.keys.sorted().enumerated() where index % 3 == 0 {
            kernel.maps.frontends[key]?.port &+= 1
        }
        for (index, slot) in kernel.maps.slots.keys.sorted(by: { ($0.list, $0.index) < ($1.list, $1.index) })
            .enumerated()
        where index % 4 == 0 { kernel.maps.slots[slot] = nil }
        kernel.maps.slots[.init(list: 999, index: 7)] = EndpointAddress(IPAddress(ipv4: 1), 1)
        kernel.maps.ports[9999] = .init()
        kernel.apply(state.reconcile(with: kernel.maps))
        let repaired = kernel.maps.frontends.keys.reduce(into: [:]) { $0[$1] = kernel.lookup($1, onNode: true) }
        #expect(repaired.mapValues { Set($0.keys) } == good.mapValues { Set($0.keys) })
        #expect(kernel.maps.slots.count == state.slotCount)
        #expect(kernel.maps.ports[9999] == nil)
    }
}
