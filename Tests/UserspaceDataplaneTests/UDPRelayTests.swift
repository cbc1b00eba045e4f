import Dataplane
import DataplaneTesting
import Glibc
import LinuxSystem
import Netlink
import NetworkAddress
import ServiceModel
import Testing

@testable import UserspaceDataplane

@Suite("UDP through sockets", .serialized, .enabled(if: TestNetwork.canBeMade, "needs network namespaces"))
struct UDPRelayTests {
    private func run(
        _ family: IPFamily = .ipv4, _ adjust: @Sendable (inout UserspaceConfiguration) -> Void = { _ in },
        _ body: (TestNetwork, UserspaceDataplane) async throws -> Void
    ) async throws {
        let network = try TestNetwork()
        let dataplane = try network.dataplane(family, adjust)
        do {
            try await body(network, dataplane)
        } catch {
            await dataplane.shutdown()
            try await network.close()
            throw error
        }
        await dataplane.shutdown()
        try await network.close()
    }

    private func dns(
        _ endpoints: [String], _ adjust: (inout ServicePort) throws -> Void = { _ in }
    ) throws -> ServicePortState {
        try Sample.port("dns", "10.96.0.1", transport: .udp, endpoints: endpoints, adjust)
    }

    /// Who answered, and the port that it saw.
    private func ask(_ client: ClientSocket, size: Int = 3) throws -> [Substring] {
        try client.send([UInt8](repeating: 1, count: size))
        return try client.receiveText().split(separator: " ")
    }

    @Test("IPv6 answers come from the address that was asked, which no device has")
    func answers6() async throws {
        try await run(.ipv6) { network, dataplane in
            _ = try await network.udp("fd00:244::1")
            let state = try Sample.port("dns", "fd00:96::1", transport: .udp, endpoints: ["fd00:244::1"])
            _ = try await dataplane.apply(Sample.delta([state], node: NodeFacts()))
            // A connected socket takes answers from that address alone.
            #expect(try ask(try network.client(.udp, to: "fd00:96::1")).first == "fd00:244::1")
            _ = try await dataplane.apply(Sample.delta([], removed: [state]))
            #expect(try network.ours(.ipv6).isEmpty)
        }
    }

    @Test("Answers come from the address that was asked, and a client keeps its endpoint")
    func answers() async throws {
        try await run { network, dataplane in
            for endpoint in TestNetwork.endpoints { _ = try await network.udp(endpoint) }
            let state = try dns(TestNetwork.endpoints) { $0.nodePort = 30053 }
            _ = try await dataplane.apply(Sample.delta([state], node: NodeFacts()))
            var seen: Set<Substring> = []
            for _ in 0..<40 {
                // A connected socket takes answers from that address alone.
                let client = try network.client(.udp, to: "10.96.0.1")
                let first = try ask(client)
                #expect(try ask(client) == first)
                seen.insert(first[0])
            }
            #expect(seen.count == 4)
            for address in ["192.0.2.1", "127.0.0.1", "198.51.100.1"] {
                let answer = try ask(try network.client(.udp, to: address, port: 30053))
                #expect(answer.count == 3)
            }
            let large = try ask(try network.client(.udp, to: "10.96.0.1"), size: 60_000)
            #expect(large[2] == "60000")
        }
    }

    @Test("Flows to endpoints that are gone are forgotten, and no others")
    func forgotten() async throws {
        try await run { network, dataplane in
            for endpoint in TestNetwork.endpoints { _ = try await network.udp(endpoint) }
            let node = NodeFacts()
            _ = try await dataplane.apply(Sample.delta([try dns(["10.244.1.1"])], node: node))
            let old = try network.client(.udp, to: "10.96.0.1")
            #expect(try ask(old)[0] == "10.244.1.1")
            _ = try await dataplane.apply(Sample.delta([try dns(["10.244.1.1", "10.244.1.2"])]))
            var kept: [(ClientSocket, [Substring])] = []
            for _ in 0..<20 {
                let client = try network.client(.udp, to: "10.96.0.1")
                kept.append((client, try ask(client)))
            }
            _ = try await dataplane.apply(Sample.delta([try dns(["10.244.1.2"])]))
            let frontend = FrontendKey(try Sample.ip("10.96.0.1"), 80, .udp)
            let left = FlowTargets(try Sample.endpoints(["10.244.1.2"]))
            await dataplane.forget(StaleFamilyFlows(frontends: [frontend: left]))
            #expect(try ask(old)[0] == "10.244.1.2")
            for (client, before) in kept {
                let after = try ask(client)
                #expect(after[0] == "10.244.1.2")
                // The same socket as before, where it went there already.
                if before[0] == "10.244.1.2" { #expect(after == before) }
            }
            #expect(kept.contains { $0.1[0] == "10.244.1.1" } && kept.contains { $0.1[0] == "10.244.1.2" })
        }
    }

    @Test("UDP node ports on link-local addresses need the device, and get it") func linkLocal() async throws {
        let network = try TestNetwork()
        try network.namespace.run { () throws(SystemError) in
            var routes = try RouteSocket()
            guard let address = IPAddress("fe80::77") else { return }
            try routes.addAddress(address, prefixLength: 64, device: try routes.found("lo"))
        }
        let dataplane = try network.dataplane(.ipv6)
        let state = try Sample.port("dns", "fd00:96::1", transport: .udp, endpoints: ["fd00:244::1"]) {
            $0.nodePort = 30053
        }
        let report = try await dataplane.apply(Sample.delta([state], node: NodeFacts()))
        #expect(report.figures[.unservedFrontends] == 0)
        #expect(report.problems == [])
        await dataplane.shutdown()
        try await network.close()
    }

    @Test("The number of clients is bounded, and idle ones are forgotten")
    func bounds() async throws {
        let adjust: @Sendable (inout UserspaceConfiguration) -> Void = {
            $0.maximumFlows = 8
            $0.udpIdleTimeout = .milliseconds(400)
        }
        try await run(.ipv4, adjust) { network, dataplane in
            _ = try await network.udp("10.244.1.1")
            _ = try await dataplane.apply(Sample.delta([try dns(["10.244.1.1"])], node: NodeFacts()))
            let clients = try (0..<30).map { _ in try network.client(.udp, to: "10.96.0.1") }
            for client in clients { #expect(try ask(client)[0] == "10.244.1.1") }
            #expect(dataplane.flowCount <= 8)
            // One that had to go comes back with a new socket.
            #expect(try ask(clients[0])[0] == "10.244.1.1")
            for _ in 0..<6000 where dataplane.flowCount > 0 { try await Task.sleep(for: .milliseconds(50)) }
            #expect(dataplane.flowCount == 0)
        }
    }

    @Test("An endpoint that nobody answers at is left for another one")
    func refused() async throws {
        try await run { network, dataplane in
            _ = try await network.udp("10.244.1.1")
            _ = try await dataplane.apply(
                Sample.delta([try dns(["10.244.1.1", "10.244.1.2"]) { $0.affinityTimeout = 60 }], node: NodeFacts()))
            let client = try network.client(.udp, to: "10.96.0.1", seconds: 0.2)
            var answered = false
            for _ in 0..<100 where !answered { answered = (try? ask(client)[0]) == "10.244.1.1" }
            #expect(answered)
        }
    }

    @Test("Without endpoints the kernel refuses")
    func noEndpoints() async throws {
        try await run { network, dataplane in
            _ = try await network.udp("10.244.1.1")
            _ = try await dataplane.apply(Sample.delta([try dns(["10.244.1.1"])], node: NodeFacts()))
            let client = try network.client(.udp, to: "10.96.0.1")
            #expect(try ask(client)[0] == "10.244.1.1")
            _ = try await dataplane.apply(Sample.delta([try dns([])]))
            #expect(throws: ClientSocket.Failure(code: ECONNREFUSED)) { try ask(client) }
            #expect(dataplane.flowCount == 0)
        }
    }
}
