import Dataplane
import DataplaneTesting
import NetworkAddress
import ServiceModel
import Testing

@testable import SocketBalancing

/// What plans write, and by how many calls.
@Suite struct SocketPlanWriteTests {
    private static func endpoint(_ number: UInt32) -> Endpoint {
        Endpoint(EndpointAddress(IPAddress(ipv4: 0x0AB4_0000 + number), 80))
    }

    private static func states(_ count: UInt32, _ endpoints: [UInt32]) -> FamilyDelta {
        var states: [ServicePortName: ServicePortState] = [:]
        for number in 0..<count {
            let name = ServicePortName(namespace: "default", name: "web\(number)", port: "", transport: .tcp)
            let port = ServicePort(name: name, clusterIP: IPAddress(ipv4: 0x0A60_0000 + number), port: 80)
            states[name] = ServicePortState(service: port, cluster: endpoints.map(endpoint))
        }
        return FamilyDelta(updated: ServicePortStates(states), node: NodeFacts())
    }

    @Test("One endpoint's change takes the same few calls beside any number of Services", arguments: [1, 10, 3000])
    func calls(services: Int) throws {
        var state = SocketState()
        var tables = FakeTables()
        let codec = MapCodec(family: .ipv4)
        func write(_ plan: SocketPlan) throws -> Int {
            try plan.write(codec, to: &tables)
            let calls = tables.takeCalls()
            #expect(plan.calls == calls)
            return calls
        }
        let slots = services * 3 / SocketPlan.batch + 1
        let whole = Self.states(UInt32(services), [1, 2, 3])
        #expect(try write(state.apply(whole)) == slots + 2, "slots, ports, frontends")
        #expect(try write(state.apply(Self.states(1, [1, 2, 9]))) == 1, "replaced: its slot")
        #expect(try write(state.apply(Self.states(1, [1, 2, 8, 9]))) == 3, "added: a slot; the port is read and put")
        #expect(try write(state.apply(Self.states(1, [2, 8, 9]))) == 4, "removed: new slots, the port, old slots")
        #expect(try write(state.apply(Self.states(1, [2, 8, 9]))) == 0)
    }

    @Test("What is written is what the plan says, and ports keep their counts", arguments: IPFamily.allCases)
    func walk(family: IPFamily) throws {
        var services = RandomServices(seed: 7, family: family)
        var state = SocketState()
        var simulated = SimulatedMaps()
        var tables = FakeTables()
        let codec = MapCodec(family: family)
        for step in 0..<40 {
            let plan = state.apply(step == 0 ? services.whole : services.step())
            simulated.apply(plan)
            try plan.write(codec, to: &tables)
            #expect(tables.maps(codec) == simulated.maps, "step \(step)")
        }
        guard let (key, value) = tables.elements[.ports]?.first else { return }
        let number: UInt32 = codec.integer(key[...], at: 0)
        let port = codec.port(value[...]).port
        tables.elements[.ports]?[key] = codec.bytes(port, translated: 42)
        try SocketPlan(putPorts: [number: port]).write(codec, to: &tables)
        #expect(codec.port(try #require(tables.elements[.ports]?[key])[...]).translated == 42)
    }
}
