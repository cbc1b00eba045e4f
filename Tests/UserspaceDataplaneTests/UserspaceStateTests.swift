import DataplaneTesting
import NetworkAddress
import ServiceModel
import Testing

@testable import UserspaceDataplane

@Suite("Which sockets are wanted") struct UserspaceStateTests {
    private func texts(_ listeners: some Sequence<Listener>) -> [String] { listeners.map { "\($0.key)" }.sorted() }

    @Test("A socket for each address of a Service port, and one for its node port")
    func frontends() throws {
        var state = UserspaceState(family: .ipv4)
        let port = try Sample.port("web", "10.96.0.1", endpoints: ["10.244.1.1"]) {
            $0.nodePort = 30080
            $0.externalIPs = [try Sample.ip("192.0.2.7")]
            $0.loadBalancerVIPs = [try Sample.ip("192.0.2.8")]
        }
        let plan = state.apply(Sample.delta([port], node: NodeFacts()))
        #expect(
            texts(plan.opened) == [
                "10.96.0.1:80/TCP", "192.0.2.7:80/TCP", "192.0.2.8:80/TCP", "node port 30080/TCP (IPv4)",
            ])
        #expect(plan.opened.first { $0.key.address.description == "192.0.2.7" }?.frontend.kind == .externalIP)
        #expect(plan.addedAddresses.map(\.description).sorted() == ["10.96.0.1", "192.0.2.7", "192.0.2.8"])
        #expect(plan.closed.isEmpty && plan.removedAddresses.isEmpty)
    }

    @Test("Beside another backend node ports have a socket on localhost, and nothing else is touched")
    func localhostNodePorts() throws {
        for (family, address) in [(IPFamily.ipv4, "127.0.0.1"), (.ipv6, "[::1]")] {
            var state = UserspaceState(family: family, scope: .localhostNodePorts)
            let clusterIP = family == .ipv4 ? "10.96.0.1" : "fd00:96::1"
            let endpoint = family == .ipv4 ? "10.244.1.1" : "fd00:244::1"
            var ports: [ServicePortState] = []
            for transport in [TransportProtocol.tcp, .udp, .sctp] {
                ports.append(
                    try Sample.port(
                        transport.apiName.lowercased(), clusterIP, transport: transport, endpoints: [endpoint]
                    ) {
                        $0.nodePort = 30080
                        $0.externalIPs = [try Sample.ip(clusterIP)]
                    })
            }
            ports.append(try Sample.port("inside", clusterIP, endpoints: [endpoint]))
            let facts = NodeFacts(nodePortAddresses: [])
            let plan = state.apply(Sample.delta(ports, node: facts))
            #expect(texts(plan.opened) == ["\(address):30080/TCP", "\(address):30080/UDP"])
            #expect(plan.addedAddresses.isEmpty && plan.unsupported.isEmpty)
            #expect(state.nodePortKeys(30080, .udp).map(\.address.bracketed) == [address])
        }
    }

    @Test("Weights, a drain, an ejection: no socket and no address, whatever the number of services")
    func shares() throws {
        var state = UserspaceState(family: .ipv4)
        let others = try (1...200).map { try Sample.port("s\($0)", "10.96.1.\($0)", endpoints: ["10.244.1.9"]) }
        func port(_ weights: [UInt16]) throws -> ServicePortState {
            let plain = try Sample.port("web", "10.96.0.1", endpoints: ["10.244.1.1", "10.244.1.2", "10.244.1.3"])
            return ServicePortState(
                service: plain.service,
                cluster: zip(plain.endpoints(.cluster), weights).map { Endpoint($0.address, weight: $1) })
        }
        _ = state.apply(Sample.delta(others + [try port([1, 1, 1])]))
        for weights in [[1, 0, 1], [1, 1, 1], [5, 1, 1], [0, 256, 1]] as [[UInt16]] {
            let plan = state.apply(Sample.delta([try port(weights)]))
            #expect(plan == UserspacePlan(updated: plan.updated) && plan.updated.count == 1)
        }
    }

    @Test("A change of endpoints touches no socket; the last one that goes takes them, but no address")
    func endpoints() throws {
        var state = UserspaceState(family: .ipv4)
        _ = state.apply(Sample.delta([try Sample.port("web", "10.96.0.1", endpoints: ["10.244.1.1"])]))
        let other = state.apply(Sample.delta([try Sample.port("web", "10.96.0.1", endpoints: ["10.244.1.2"])]))
        #expect(other == UserspacePlan(updated: other.updated))
        #expect(other.updated.count == 1)
        let none = state.apply(Sample.delta([try Sample.port("web", "10.96.0.1", endpoints: [])]))
        #expect(none.closed.map(\.description) == ["10.96.0.1:80/TCP"])
        #expect(none.removedAddresses.isEmpty)
        let back = state.apply(Sample.delta([try Sample.port("web", "10.96.0.1", endpoints: ["10.244.1.1"])]))
        #expect(texts(back.opened) == ["10.96.0.1:80/TCP"])
        #expect(back.addedAddresses.isEmpty)
    }

    @Test("An address goes with the last Service port that needs it")
    func sharedAddress() throws {
        var state = UserspaceState(family: .ipv4)
        let one = try Sample.port("one", "10.96.0.1", endpoints: ["10.244.1.1"])
        let two = try Sample.port("two", "10.96.0.1", endpoints: ["10.244.1.1"]) { $0.port = 81 }
        _ = state.apply(Sample.delta([one, two]))
        #expect(state.apply(Sample.delta([], removed: [one])).removedAddresses.isEmpty)
        #expect(state.apply(Sample.delta([], removed: [two])).removedAddresses == [try Sample.ip("10.96.0.1")])
        #expect(state.listeners.isEmpty && state.addresses.isEmpty)
    }

    @Test("A socket that another Service takes over is neither closed nor opened")
    func takeover() throws {
        var state = UserspaceState(family: .ipv4)
        let old = try Sample.port("old", "10.96.0.1", endpoints: ["10.244.1.1"])
        let new = try Sample.port("new", "10.96.0.1", endpoints: ["10.244.1.2"])
        _ = state.apply(Sample.delta([old]))
        let plan = state.apply(Sample.delta([new], removed: [old]))
        #expect(plan.opened.isEmpty && plan.closed.isEmpty)
        #expect(plan.addedAddresses.isEmpty && plan.removedAddresses.isEmpty)
        #expect(plan.reassigned.map(\.service.name) == ["new"])
    }

    @Test("UDP node ports have a socket on each address of the node, TCP has one for all")
    func nodePorts() throws {
        var state = UserspaceState(family: .ipv4)
        let tcp = try Sample.port("tcp", "10.96.0.1", endpoints: ["10.244.1.1"]) { $0.nodePort = 30080 }
        let udp = try Sample.port("udp", "10.96.0.2", transport: .udp, endpoints: ["10.244.1.1"]) {
            $0.nodePort = 30053
        }
        _ = state.apply(Sample.delta([tcp, udp], node: NodeFacts()))
        #expect(state.listeners.count == 3)
        let first = state.setLocalAddresses([try Sample.ip("127.0.0.1"), try Sample.ip("192.0.2.1")])
        #expect(texts(first.opened) == ["127.0.0.1:30053/UDP", "192.0.2.1:30053/UDP"])
        let second = state.setLocalAddresses([try Sample.ip("192.0.2.1"), try Sample.ip("192.0.2.2")])
        #expect(texts(second.opened) == ["192.0.2.2:30053/UDP"])
        #expect(second.closed.map(\.description) == ["127.0.0.1:30053/UDP"])
        let facts = NodeFacts(nodePortAddresses: [try Sample.ip("192.0.2.2")])
        let third = state.apply(FamilyDelta(node: facts))
        #expect(texts(third.opened) == ["192.0.2.2:30080/TCP"])
        #expect(third.closed.map(\.description).sorted() == ["192.0.2.1:30053/UDP", "node port 30080/TCP (IPv4)"])
    }

    @Test("A link-local address is served on each device that has it")
    func linkLocal() throws {
        var state = UserspaceState(family: .ipv6)
        let udp = try Sample.port("udp", "fd00:96::2", transport: .udp, endpoints: ["fd00:244::1"]) {
            $0.nodePort = 30053
        }
        _ = state.apply(Sample.delta([udp], node: NodeFacts()))
        let local = try ["fd00:192::1", "fe80::1"].map(Sample.ip)
        let first = state.setLocalAddresses(local, devices: [local[1]: [2, 7]])
        #expect(
            texts(first.opened).sorted() == [
                "[fd00:192::1]:30053/UDP", "[fe80::1%2]:30053/UDP", "[fe80::1%7]:30053/UDP",
            ])
        let second = state.setLocalAddresses(local, devices: [local[1]: [7]])
        #expect(second.opened.isEmpty && second.closed.map(\.description) == ["[fe80::1%2]:30053/UDP"])
        let third = state.apply(FamilyDelta(node: NodeFacts(nodePortAddresses: [local[1]])))
        #expect(third.opened.isEmpty && third.closed.map(\.description) == ["[fd00:192::1]:30053/UDP"])
    }

    @Test("A Service's own address goes before another one's node port")
    func precedence() throws {
        var state = UserspaceState(family: .ipv4)
        let node = try Sample.ip("192.0.2.1")
        let nodePort = try Sample.port("node-port", "10.96.0.1", endpoints: ["10.244.1.1"]) { $0.nodePort = 30080 }
        let external = try Sample.port("external", "10.96.0.2", endpoints: ["10.244.1.1"]) {
            $0.port = 30080
            $0.externalIPs = [node]
        }
        _ = state.apply(Sample.delta([nodePort], node: NodeFacts(nodePortAddresses: [node])))
        let key = ListenerKey(node, 30080, .tcp)
        #expect(state.apply(Sample.delta([external])).reassigned.map(\.service.name) == ["external"])
        #expect(state.apply(Sample.delta([], removed: [external])).reassigned.map(\.service.name) == ["node-port"])
        #expect(state.listeners[key]?.service.name == "node-port")
    }

    @Test("SCTP has no sockets and is told")
    func sctp() throws {
        var state = UserspaceState(family: .ipv4)
        let plan = state.apply(
            Sample.delta([try Sample.port("s", "10.96.0.1", transport: .sctp, endpoints: ["10.244.1.1"])]))
        #expect(plan.opened.isEmpty && plan.addedAddresses.isEmpty)
        #expect(plan.unsupported.map(\.name) == ["s"])
    }

    @Test("Many changes lead where a new state would begin, and plans say what happened", arguments: IPFamily.allCases)
    func randomWalk(family: IPFamily) throws {
        for seed: UInt64 in 1...8 {
            var walk = RandomServices(seed: seed, family: family)
            var state = UserspaceState(family: family)
            var open: [ListenerKey: Listener] = [:]
            var addresses: Set<IPAddress> = []
            var changed = 0
            for _ in 0..<100 {
                let before = open
                let plan = state.apply(walk.step())
                for listener in plan.opened { #expect(open.updateValue(listener, forKey: listener.key) == nil) }
                for listener in plan.reassigned {
                    let was = open.updateValue(listener, forKey: listener.key)
                    #expect(was != nil && was != listener)
                }
                for key in plan.closed { #expect(open.removeValue(forKey: key) != nil) }
                #expect(addresses.isDisjoint(with: plan.addedAddresses))
                #expect(addresses.isSuperset(of: plan.removedAddresses))
                addresses.formUnion(plan.addedAddresses)
                addresses.subtract(plan.removedAddresses)
                changed += before == open ? 0 : 1
                var fresh = UserspaceState(family: family)
                _ = fresh.apply(walk.whole)
                #expect(state.listeners == fresh.listeners && state.addresses == fresh.addresses)
                #expect(open == state.listeners && addresses == Set(state.addresses.keys))
            }
            #expect(changed > 20)
        }
    }
}
