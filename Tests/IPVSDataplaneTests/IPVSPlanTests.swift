import Dataplane
import DataplaneTesting
import NetworkAddress
import Nftables
import ServiceModel
import Testing

@testable import IPVSDataplane

/// What single changes send.
@Suite struct IPVSPlanTests {
    private static let drain = Duration.seconds(900)

    private func state(_ first: [ServicePortState], _ configuration: IPVSConfiguration = .init(family: .ipv4))
        -> IPVSState
    {
        var state = IPVSState(configuration: configuration)
        _ = state.apply(Sample.delta(first, node: NodeFacts()), now: .zero)
        return state
    }

    @Test("A new service: its virtual server, its address, the table") func addition() throws {
        var ipvs = state([])
        let changes = ipvs.apply(Sample.delta([try Sample.state(endpoints: Sample.endpoints([1]))]), now: .zero)
        #expect(
            changes.servers.text == """
                add server TCP 172.30.0.1:80 rr
                add endpoint TCP 172.30.0.1:80 -> 10.1.0.1:8080 weight 1
                """)
        #expect(changes.notes.text(ServiceTable.layout) == "add element service-ips 172.30.0.1")
        #expect(changes.table.text(ServiceTable.layout) == "add element cluster-ips 172.30.0.1")
        #expect(changes.addedAddresses == [try Sample.address("172.30.0.1")])
    }

    enum Kind: CaseIterable {
        case clusterIP, all, allLocal, internalLocal, affinity, affinityNodePort
    }

    @Test("A change of one endpoint elsewhere is at most 4 messages and none to nf_tables", arguments: Kind.allCases)
    func messages(kind: Kind) throws {
        func service(_ numbers: [Int]) throws -> ServicePortState {
            try Sample.state(endpoints: Sample.endpoints(numbers), local: Sample.endpoints([1])) { service in
                switch kind {
                case .clusterIP: break
                case .all: try Sample.reachable(&service)
                case .allLocal:
                    try Sample.reachable(&service)
                    service.externalPolicyLocal = true
                case .internalLocal: service.internalPolicyLocal = true
                case .affinity: service.affinityTimeout = 10800
                case .affinityNodePort:
                    service.affinityTimeout = 10800
                    service.nodePort = 30080
                    service.loadBalancerVIPs = [try Sample.address("192.0.2.3")]
                }
            }
        }
        for (before, after) in [([1, 2], [1, 2, 3]), ([1, 2], [1]), ([1, 2, 3], [1, 2, 4])] {
            var ipvs = state([try service(before)])
            let changes = ipvs.apply(Sample.delta([try service(after)]), now: .zero)
            let limit = before.count == after.count ? 6 : 4
            #expect(changes.servers.count <= limit, "\(changes.servers.text)")
            #expect(changes.servers.count > 0 || kind == .internalLocal)
            #expect(changes.table.isEmpty && changes.notes.isEmpty)
        }
    }

    @Test(
        "A weight step, a drain, an ejection: a message for each virtual server, whatever the number of services",
        arguments: [1, 2000])
    func shares(services: Int) throws {
        let background = try (1..<services).map { number in
            try Sample.state(
                "s\(number)", clusterIP: "172.30.\(1 + number / 250).\(1 + number % 250)",
                endpoints: Sample.endpoints([1, 2]))
        }
        func service(_ weights: [UInt16]) throws -> ServicePortState {
            let plain = try Sample.state(endpoints: Sample.endpoints(1...4)) { $0.nodePort = 30080 }
            return ServicePortState(
                service: plain.service,
                cluster: zip(plain.endpoints(.cluster), weights).map { Endpoint($0.address, weight: $1) })
        }
        var ipvs = state(background + [try service([1, 1, 1, 1])])
        // The address and the node port: two virtual servers. The first weight has them take a scheduler that knows weights.
        for (weights, messages) in [
            ([1, 1, 0, 1], 2), ([1, 1, 1, 1], 2), ([3, 1, 1, 1], 4), ([2, 1, 1, 1], 2), ([2, 1, 0, 1], 2),
            ([2, 1, 1, 1], 2), ([1, 1, 1, 1], 4),
        ] as [([UInt16], Int)] {
            let changes = ipvs.apply(Sample.delta([try service(weights)]), now: .zero)
            #expect(changes.servers.count == messages, "\(weights): \(changes.servers.text)")
            #expect(changes.table.isEmpty && changes.notes.isEmpty)
        }
        // All but one change, as in a step of a slow start.
        let step = ipvs.apply(Sample.delta([try service([10, 10, 10, 1])]), now: .zero)
        #expect(step.servers.count == 2 * (1 + 3), "\(step.servers.text)")
    }

    @Test("Weights that differ count, whatever the scheduler, and an endpoint without weight drains")
    func weighting() throws {
        let plain = try Sample.state(endpoints: Sample.endpoints([1, 2, 3]))
        func service(_ weights: [UInt16]) -> ServicePortState {
            ServicePortState(
                service: plain.service,
                cluster: zip(plain.endpoints(.cluster), weights).map { Endpoint($0.address, weight: $1) })
        }
        for (scheduler, wanted) in [
            (IPVSScheduler.roundRobin, "wrr"), (.leastConnection, "wlc"), (.maglevHashing, "mh mh-fallback"),
        ] {
            var ipvs = state(
                [service([2, 1, 0])], IPVSConfiguration(family: .ipv4, scheduling: IPVSScheduling(scheduler)))
            let servers = ipvs.wantedServers()
            #expect(servers.values.map(\.settings.text) == [wanted])
            #expect(servers.values.first?.endpoints.values.sorted() == [1, 2])
            ipvs.missingSchedulers = Set(IPVSScheduler.weighted.values)
            let others = ipvs.wantedServers().values.map(\.settings.scheduler)
            #expect(others == [scheduler.rawValue])
        }
        // Weights that may differ later count from the beginning: a change of the scheduler refuses new connections.
        let steady = try Sample.state(endpoints: Sample.endpoints([1, 2])) { $0.sharesVary = true }
        var prepared = state([steady])
        #expect(prepared.wantedServers().values.map(\.settings.text) == ["wrr"])
        // The deadline passes: what is left is cut there, and nowhere else.
        var ipvs = state([
            service([1, 1, 1]), try Sample.state("other", clusterIP: "172.30.0.2", endpoints: Sample.endpoints([1])),
        ])
        _ = ipvs.apply(Sample.delta([service([0, 1, 1])]), now: .zero)
        let gone = FlowEnd(transport: .tcp, address: Sample.endpoints([1])[0])
        let others = ipvs.cut(
            UnwantedFlows(
                to: gone, by: [FrontendKey(try Sample.address("172.30.0.2"), 80, .tcp)], isUnansweredOnly: false))
        #expect(others.isEmpty)
        let cut = ipvs.cut(
            UnwantedFlows(
                to: gone, by: [FrontendKey(try Sample.address("172.30.0.1"), 80, .tcp)], isUnansweredOnly: false))
        #expect(cut.text == "delete endpoint TCP 172.30.0.1:80 -> 10.1.0.1:8080")
        #expect(ipvs.draining.status == DrainStatus())
    }

    @Test("An endpoint that goes drains, behind the one that comes") func draining() throws {
        var ipvs = state([try Sample.state(endpoints: Sample.endpoints([1, 2]))])
        let key = VirtualServerKey.frontend(FrontendKey(try Sample.address("172.30.0.1"), 80, .tcp))
        let changes = ipvs.apply(Sample.delta([try Sample.state(endpoints: Sample.endpoints([2, 3]))]), now: .zero)
        #expect(
            changes.servers.text == """
                add endpoint TCP 172.30.0.1:80 -> 10.1.0.3:8080 weight 1
                set endpoint TCP 172.30.0.1:80 -> 10.1.0.1:8080 weight 0
                """)
        #expect(ipvs.draining.status == DrainStatus(endpoints: 1))
        // It has connections: it stays.
        func kernel(_ connections: Int) -> [VirtualServerKey: KernelServer] {
            let gone = Sample.endpoints([1])[0]
            var server = KernelServer(VirtualServer(settings: .init(.init()), endpoints: [:]))
            for endpoint in Sample.endpoints([2, 3]) { server.endpoints[endpoint] = .init(weight: 1, connections: 9) }
            server.endpoints[gone] = .init(weight: 0, connections: connections)
            return [key: server]
        }
        let addresses = ipvs.wantedAddresses
        let meanwhile = ipvs.plan(from: kernel(4), deviceAddresses: addresses, now: Self.drain / 2)
        #expect(meanwhile.isEmpty)
        #expect(ipvs.draining.status == DrainStatus(endpoints: 1, connections: 4))
        // They end, or the time is over.
        var later = ipvs
        let end = "delete endpoint TCP 172.30.0.1:80 -> 10.1.0.1:8080"
        let idle = ipvs.plan(from: kernel(0), deviceAddresses: addresses, now: Self.drain / 2)
        #expect(idle.text == end)
        #expect(ipvs.draining.status == DrainStatus())
        let late = later.plan(from: kernel(4), deviceAddresses: addresses, now: Self.drain)
        #expect(late.text == end)
        #expect(later.draining.status == DrainStatus())
    }

    @Test("An endpoint that comes back while it drains gets its weight back") func comeback() throws {
        let both = try Sample.state(endpoints: Sample.endpoints([1, 2]))
        var ipvs = state([both])
        _ = ipvs.apply(Sample.delta([try Sample.state(endpoints: Sample.endpoints([2]))]), now: .zero)
        let again = ipvs.apply(Sample.delta([both]), now: .zero)
        #expect(again.servers.text == "set endpoint TCP 172.30.0.1:80 -> 10.1.0.1:8080 weight 1")
        #expect(ipvs.draining.status == DrainStatus())
    }

    @Test("Destination hashing cannot drain") func destinationHashing() throws {
        var ipvs = state(
            [try Sample.state(endpoints: Sample.endpoints([1, 2]))],
            IPVSConfiguration(family: .ipv4, scheduling: IPVSScheduling(.destinationHashing)))
        let changes = ipvs.apply(Sample.delta([try Sample.state(endpoints: Sample.endpoints([2]))]), now: .zero)
        #expect(changes.servers.text == "delete endpoint TCP 172.30.0.1:80 -> 10.1.0.1:8080")
    }

    @Test("UDP endpoints that do not serve any more are deleted, others drain") func staleFlows() throws {
        func service(_ numbers: [Int]) throws -> ServicePortState {
            try Sample.state("dns", .udp, endpoints: Sample.endpoints(numbers)) { $0.nodePort = 30053 }
        }
        var ipvs = state([try service([1, 2, 3])])
        _ = ipvs.apply(
            Sample.delta([try service([3])], node: NodeFacts(serviceCIDRs: [IPNetwork(IPAddress(ipv4: 9))])), now: .zero
        )
        #expect(ipvs.draining.status.endpoints == 4)
        let serving = FlowTargets(Sample.endpoints([2, 3]))
        let address = FrontendKey(try Sample.address("172.30.0.1"), 80, .udp)
        let first = ipvs.forget(StaleFamilyFlows(frontends: [address: serving]))
        #expect(first.text == "delete endpoint UDP 172.30.0.1:80 -> 10.1.0.1:8080")
        let second = ipvs.forget(StaleFamilyFlows(frontends: [.nodePort(30053, .udp, .ipv4): serving]))
        #expect(second.count == 1)
        #expect(ipvs.draining.status.endpoints == 2)
        let third = ipvs.forget(StaleFamilyFlows(frontends: [address: serving]))
        #expect(third.isEmpty)
    }

    @Test("Scheduler, flags and weights of a Service") func preferences() throws {
        var ipvs = state([], IPVSConfiguration(family: .ipv4, scheduling: IPVSScheduling(.leastConnection)))
        var asking = try Sample.state(endpoints: Sample.endpoints([1, 2])) {
            $0.annotations = [SchedulerAnnotations.scheduler: "mh", SchedulerAnnotations.flags: "mh-port"]
        }
        asking = ServicePortState(
            service: asking.service,
            cluster: zip(asking.endpoints(.cluster), [3, 7]).map { Endpoint($0.address, weight: $1) })
        let text = ipvs.apply(Sample.delta([asking]), now: .zero).servers.text
        #expect(text.contains("add server TCP 172.30.0.1:80 mh mh-fallback mh-port"))
        #expect(text.contains("10.1.0.1:8080 weight 3"))
        #expect(text.contains("10.1.0.2:8080 weight 7"))
        // A kernel without it gets the default.
        ipvs.missingSchedulers = [.maglevHashing]
        let servers = ipvs.wantedServers()
        #expect(servers.values.map(\.settings.scheduler) == ["wlc"])
        // Hashing would refuse clients of an endpoint that drains.
        #expect(VirtualServerSettings(IPVSScheduling(.sourceHashing)).text == "sh sh-fallback")
        #expect(VirtualServerSettings(IPVSScheduling(.roundRobin), affinityTimeout: 60).text == "rr persistent 60")
    }

    @Test("Affinity: external addresses are persistent, marks hash the client") func affinity() throws {
        var ipvs = state([])
        let text = ipvs.apply(
            Sample.delta([
                try Sample.state(endpoints: Sample.endpoints([1, 2]), local: Sample.endpoints([1])) {
                    $0.affinityTimeout = 60
                    $0.nodePort = 30080
                    $0.loadBalancerVIPs = [try Sample.address("192.0.2.3")]
                    $0.externalPolicyLocal = true
                }
            ]), now: .zero
        ).servers.additions.filter { if case .addServer = $0 { true } else { false } }.map(\.text).sorted()
        #expect(text.filter { $0.contains("persistent 60") }.count == 2)
        #expect(text.filter { $0.contains("FWM") && $0.hasSuffix(" mh mh-fallback") }.count == 2)
        for (missing, scheduler) in [([IPVSScheduler.maglevHashing], "sh"), (IPVSState.hashing, "rr")] {
            ipvs.missingSchedulers = Set(missing)
            let marked = ipvs.wantedServers().filter { if case .mark = $0.key { true } else { false } }
            #expect(marked.values.map(\.settings.scheduler) == [scheduler, scheduler])
        }
    }
}
