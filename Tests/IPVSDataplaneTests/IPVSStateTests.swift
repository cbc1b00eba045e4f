import Dataplane
import DataplaneTesting
import NetworkAddress
import Nftables
import NftablesServices
import ServiceModel
import Testing

@testable import IPVSDataplane

/// The changes of a random walk, carried out without a kernel.
@Suite struct IPVSStateTests {
    private static let walks = (31...34).flatMap { seed in
        IPFamily.allCases.map { (seed: UInt64(seed), family: $0) }
    }

    @Test("Changes add up to what a new start wants, and ask for nothing impossible", arguments: walks)
    func walk(seed: UInt64, family: IPFamily) throws {
        let configuration = IPVSConfiguration(family: family)
        var walk = RandomServices(seed: seed, family: family)
        var state = IPVSState(configuration: configuration)
        var kernel = SimulatedKernel()
        for step in 0..<200 {
            let changes = state.apply(walk.step(), now: .zero)
            let faults = kernel.apply(changes) { state.forgetRetiredAddresses() }
            try #require(faults == [], "step \(step)")
            try #require(Self.wrongOutcomes(kernel, walk.states) == [], "step \(step)")
            guard step % 10 == 9 else { continue }
            _ = kernel.apply(state.catchUp())
            var fresh = IPVSState(configuration: configuration)
            _ = fresh.apply(walk.whole, now: .zero)
            let table = try kernel.table(configuration, walk.node)
            fresh.adoptMarks(table)
            let missing = try fresh.reconcile(with: table).plan
            try #require(missing.text(ServiceTable.layout) == "", "step \(step)")
            let plan = fresh.plan(from: kernel.servers, deviceAddresses: kernel.addresses, now: .zero)
            try #require(plan.text == "", "step \(step)")
            #expect(fresh.wantedAddresses == kernel.addresses)
            // Endpoints drain for both, until their connections end.
            #expect(
                fresh.draining.status
                    == DrainStatus(
                        endpoints: state.draining.status.endpoints, connections: state.draining.status.endpoints))
            kernel.endConnections()
            let rest = state.plan(from: kernel.servers, deviceAddresses: kernel.addresses, now: .zero)
            #expect(rest.additions.isEmpty && rest.retirements.isEmpty)
            let refused = kernel.apply(rest.deletions)
            try #require(refused == [])
            #expect(state.draining.status == DrainStatus())
            let idle = state.plan(from: kernel.servers, deviceAddresses: kernel.addresses, now: .zero)
            try #require(idle.text == "", "step \(step)")
        }
    }

    @Test("Without services nothing is left of them", arguments: IPFamily.allCases)
    func removal(family: IPFamily) {
        var walk = RandomServices(seed: 99, family: family)
        var state = IPVSState(configuration: IPVSConfiguration(family: family))
        var kernel = SimulatedKernel()
        for _ in 0..<40 {
            let changes = state.apply(walk.step(), now: .zero)
            let faults = kernel.apply(changes) { state.forgetRetiredAddresses() }
            #expect(faults == [])
        }
        let end = state.apply(FamilyDelta(removed: Set(walk.states.keys), node: NodeFacts()), now: .zero)
        let faults = kernel.apply(end) { state.forgetRetiredAddresses() }
        #expect(faults == [])
        _ = kernel.apply(state.catchUp())
        #expect(kernel.servers.isEmpty)
        #expect(kernel.addresses.isEmpty)
        #expect(kernel.elements.filter { !$0.value.isEmpty }.keys.sorted() == [])
        #expect(state.marks.numbers.isEmpty)
    }

    @Test("What is there already is not planned again") func noChange() {
        var walk = RandomServices(seed: 5, family: .ipv4)
        var state = IPVSState(configuration: IPVSConfiguration(family: .ipv4))
        for _ in 0..<30 { _ = state.apply(walk.step(), now: .zero) }
        let changes = state.apply(walk.whole, now: .zero)
        #expect(changes.servers.isEmpty && changes.table.isEmpty && changes.notes.isEmpty)
        #expect(changes.addedAddresses.isEmpty && changes.removedAddresses.isEmpty)
    }

    // MARK: What packets meet

    /// Ways to services that do not lead where the states say.
    private static func wrongOutcomes(
        _ kernel: SimulatedKernel, _ states: [ServicePortName: ServicePortState]
    ) -> [String] {
        var faults: [String] = []
        for state in states.values {
            let service = state.service
            func check(_ address: IPAddress?, isInternal: Bool, _ endpoints: [EndpointAddress], isLocal: Bool) {
                let port = address == nil ? service.nodePort : service.port
                let found = kernel.outcome(address, port, service.name.transport, isInternal: isInternal)
                // IPVS itself rejects where there is no endpoint; dropping is up to the table.
                let expected: SimulatedKernel.Outcome =
                    isLocal && endpoints.isEmpty && state.hasAnyEndpoints
                    ? .drop : .endpoints(Dictionary(uniqueKeysWithValues: endpoints.map { ($0, 1) }))
                if found != expected {
                    faults.append("\(service.name) at \(address.map { "\($0)" } ?? "node"): \(found as Any)")
                }
            }
            for isInternal in [false, true] {
                check(
                    service.clusterIP, isInternal: isInternal, state.internalEndpoints,
                    isLocal: service.internalPolicyLocal)
                var external: [IPAddress?] = service.externalIPs + service.loadBalancerVIPs
                if service.nodePort != 0 { external.append(nil) }
                let isLocal = service.externalPolicyLocal && !isInternal
                for address in external {
                    check(
                        address, isInternal: isInternal, isLocal ? state.localEndpoints : state.clusterEndpoints,
                        isLocal: isLocal)
                }
            }
        }
        return faults
    }
}
