import Dataplane
import Glibc
import LinuxSystem
import NetworkAddress
import ServiceModel
import Testing

@testable import UserspaceDataplane

@Suite("TCP through sockets", .serialized, .enabled(if: TestNetwork.canBeMade, "needs network namespaces"))
struct TCPRelayTests {
    /// Runs a test in a network of its own.
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

    @Test("Each direction ends by itself, after all of its bytes", arguments: IPFamily.allCases)
    func halfClose(family: IPFamily) async throws {
        let endpoint = family == .ipv4 ? "10.244.1.1" : "fd00:244::1"
        let address = family == .ipv4 ? "10.96.0.1" : "fd00:96::1"
        try await run(family) { network, dataplane in
            _ = try await network.echo(endpoint)
            let report = try await dataplane.apply(
                Sample.delta([try Sample.port("web", address, endpoints: [endpoint])], node: NodeFacts()))
            #expect(report.messages == 1 && report.added == 2 && report.problems.isEmpty && !report.repaired)
            try await network.reach(endpoint, port: 8080)
            for size in [0, 1, 70_000, 3_000_000] {
                let client = try network.client(to: address)
                let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
                async let answer = Task.detached { try client.receiveAll() }.value
                try client.send(bytes)
                client.finish()
                #expect(try await answer == Array(endpoint.utf8) + bytes + Array(".".utf8))
            }
        }
    }

    @Test("Node ports on localhost alone, beside a backend that cannot serve them", arguments: IPFamily.allCases)
    func localhostNodePorts(family: IPFamily) async throws {
        let isIPv4 = family == .ipv4
        let endpoint = isIPv4 ? "10.244.1.1" : "fd00:244::1"
        let clusterIP = isIPv4 ? "10.96.0.1" : "fd00:96::1"
        try await run(family) {
            $0.scope = .localhostNodePorts
        } _: { network, dataplane in
            _ = try await network.echo(endpoint)
            let port = try Sample.port("web", clusterIP, endpoints: [endpoint]) { $0.nodePort = 30080 }
            let report = try await dataplane.apply(Sample.delta([port], node: NodeFacts(nodePortAddresses: [])))
            #expect(report.messages == 0 && report.added == 1 && report.problems.isEmpty)
            #expect(try network.ours(family).isEmpty)
            let client = try network.client(to: isIPv4 ? "127.0.0.1" : "::1", port: 30080)
            try client.send([1, 2, 3])
            client.finish()
            #expect(try client.receiveAll() == Array(endpoint.utf8) + [1, 2, 3] + Array(".".utf8))
            if isIPv4 {
                #expect(throws: ClientSocket.Failure(code: ECONNREFUSED)) { try network.ask("192.0.2.1", port: 30080) }
            }
            _ = try await dataplane.apply(Sample.delta([], removed: [port]))
            #expect(throws: ClientSocket.Failure(code: ECONNREFUSED)) {
                try network.ask(isIPv4 ? "127.0.0.1" : "::1", port: 30080)
            }
        }
    }

    @Test("Without endpoints connections are refused, and served again when there are some")
    func refused() async throws {
        try await run { network, dataplane in
            _ = try await network.echo("10.244.1.1")
            let without = try Sample.port("web", "10.96.0.1", endpoints: []) { $0.nodePort = 30080 }
            _ = try await dataplane.apply(Sample.delta([without], node: NodeFacts()))
            for (address, port): (String, UInt16) in [("10.96.0.1", 80), ("192.0.2.1", 30080)] {
                #expect(throws: ClientSocket.Failure(code: ECONNREFUSED)) { try network.ask(address, port: port) }
            }
            let with = try Sample.port("web", "10.96.0.1", endpoints: ["10.244.1.1"]) { $0.nodePort = 30080 }
            let report = try await dataplane.apply(Sample.delta([with]))
            #expect(report == ApplyReport(added: 2, figures: [.unservedFrontends: 0]))
            #expect(try network.ask("10.96.0.1") == "10.244.1.1")
            #expect(try network.ask("192.0.2.1", port: 30080) == "10.244.1.1")
            #expect(try network.ask("127.0.0.1", port: 30080) == "10.244.1.1")
            // The node port is the node's, not that of every address on this host.
            #expect(throws: ClientSocket.Failure(code: ECONNRESET)) { try network.ask("10.96.0.1", port: 30080) }
        }
    }

    @Test("Connections outlive every change of the endpoints, sockets too")
    func changes() async throws {
        try await run { network, dataplane in
            for endpoint in ["10.244.1.1", "10.244.1.2"] { _ = try await network.echo(endpoint) }
            _ = try await dataplane.apply(
                Sample.delta(
                    [try Sample.port("web", "10.96.0.1", endpoints: ["10.244.1.1"])], node: NodeFacts()))
            let client = try network.client(to: "10.96.0.1")
            #expect(try client.receiveText() == "10.244.1.1")
            let moved = try await dataplane.apply(
                Sample.delta([try Sample.port("web", "10.96.0.1", endpoints: ["10.244.1.2"])]))
            #expect(moved == ApplyReport(figures: [.unservedFrontends: 0]))
            #expect(try network.ask("10.96.0.1") == "10.244.1.2")
            let gone = try await dataplane.apply(Sample.delta([try Sample.port("web", "10.96.0.1", endpoints: [])]))
            #expect(gone == ApplyReport(removed: 1, figures: [.unservedFrontends: 0]))
            try client.send("still here")
            #expect(try client.receiveText() == "still here")
        }
    }

    @Test("An endpoint that refuses is passed over")
    func passedOver() async throws {
        try await run { network, dataplane in
            _ = try await network.echo("10.244.1.4")
            _ = try await dataplane.apply(
                Sample.delta(
                    [try Sample.port("web", "10.96.0.1", endpoints: TestNetwork.endpoints)], node: NodeFacts()))
            for _ in 0..<30 { #expect(try network.ask("10.96.0.1") == "10.244.1.4") }
            _ = try await dataplane.apply(
                Sample.delta([try Sample.port("web", "10.96.0.1", endpoints: ["10.244.1.1", "10.244.1.2"])]))
            #expect(throws: ClientSocket.Failure(code: ECONNRESET)) { try network.ask("10.96.0.1") }
        }
    }

    @Test("Resets pass through, in both directions")
    func resets() async throws {
        try await run { network, dataplane in
            _ = try await network.resetting("10.244.1.1")
            let listener = try network.listen("10.244.1.2")
            defer { BoundSocket.close(listener) }
            _ = try await dataplane.apply(
                Sample.delta(
                    [
                        try Sample.port("resets", "10.96.0.1", endpoints: ["10.244.1.1"]),
                        try Sample.port("echoes", "10.96.0.2", endpoints: ["10.244.1.2"]),
                    ], node: NodeFacts()))
            let client = try network.client(to: "10.96.0.1")
            try client.send("x")
            #expect(throws: ClientSocket.Failure(code: ECONNRESET)) { try client.receive() }
            let other = try network.client(to: "10.96.0.2")
            let server = try ClientSocket(acceptedBy: listener)
            other.reset()
            #expect(throws: ClientSocket.Failure(code: ECONNRESET)) { try server.receive() }
        }
    }

    @Test("A receiver that does not read stops the sender, and gets everything once it reads")
    func backPressure() async throws {
        try await run { network, dataplane in
            let listener = try network.listen("10.244.1.1")
            defer { BoundSocket.close(listener) }
            _ = try await dataplane.apply(
                Sample.delta(
                    [try Sample.port("web", "10.96.0.1", endpoints: ["10.244.1.1"])], node: NodeFacts()))
            let client = try network.client(to: "10.96.0.1", seconds: 5)
            let server = try ClientSocket(acceptedBy: listener)
            let limit = 512 << 20
            let piece = [UInt8](repeating: 7, count: 1 << 20)
            var sent = 0
            while sent < limit {
                do {
                    sent += try client.sendSome(piece[...])
                } catch let failure as ClientSocket.Failure {
                    #expect(failure.code == EAGAIN)
                    break
                }
            }
            // What the kernel holds for the two connections, and a little.
            #expect(sent > 0 && sent < 64 << 20, "\(sent) bytes were taken in although nobody reads")
            // The other way is free meanwhile.
            try server.send("go on")
            #expect(try client.receiveText() == "go on")
            client.finish()
            #expect(try server.receiveAll().count == sent)
            server.finish()
            #expect(try client.receiveAll().isEmpty)
        }
    }

    @Test("Session affinity over all addresses of a Service port")
    func affinity() async throws {
        try await run { network, dataplane in
            for endpoint in TestNetwork.endpoints { _ = try await network.echo(endpoint) }
            let sticky = try Sample.port("web", "10.96.0.1", endpoints: TestNetwork.endpoints) {
                $0.affinityTimeout = 600
                $0.nodePort = 30080
            }
            _ = try await dataplane.apply(Sample.delta([sticky], node: NodeFacts()))
            let client = TestNetwork.clients[0]
            let first = try network.ask("10.96.0.1", from: client)
            for _ in 0..<20 {
                #expect(try network.ask("10.96.0.1", from: client) == first)
                #expect(try network.ask("192.0.2.1", port: 30080, from: client) == first)
            }
            let rest = TestNetwork.endpoints.filter { $0 != first }
            let fewer = try Sample.port("web", "10.96.0.1", endpoints: rest) { $0.affinityTimeout = 600 }
            _ = try await dataplane.apply(Sample.delta([fewer]))
            let second = try network.ask("10.96.0.1", from: client)
            #expect(rest.contains(second))
            for _ in 0..<20 { #expect(try network.ask("10.96.0.1", from: client) == second) }
        }
    }

    @Test("Source ranges and Local policies drop what they do not admit")
    func dropped() async throws {
        try await run { network, dataplane in
            _ = try await network.echo("10.244.1.1")
            var balanced = try Sample.port("web", "10.96.0.1", endpoints: ["10.244.1.1"]) {
                $0.loadBalancerVIPs = [try Sample.ip("203.0.113.7")]
                $0.loadBalancerSourceRanges = [try Sample.network("198.51.100.0/24")]
            }
            let node = NodeFacts()
            _ = try await dataplane.apply(Sample.delta([balanced], node: node))
            #expect(try network.ask("203.0.113.7", from: "198.51.100.1") == "10.244.1.1")
            // connect(2) says EINPROGRESS when its time is over.
            let silence = ClientSocket.Failure(code: EINPROGRESS)
            #expect(throws: silence) { try network.ask("203.0.113.7", from: "198.51.101.1", seconds: 0.3) }
            #expect(try network.ask("10.96.0.1", from: "198.51.101.1") == "10.244.1.1")
            balanced.service.loadBalancerSourceRanges = []
            #expect(
                try await dataplane.apply(Sample.delta([balanced])) == ApplyReport(figures: [.unservedFrontends: 0]))
            #expect(try network.ask("203.0.113.7", from: "198.51.101.1") == "10.244.1.1")
            balanced.service.internalPolicyLocal = true
            _ = try await dataplane.apply(Sample.delta([balanced]))
            #expect(throws: silence) { try network.ask("10.96.0.1", seconds: 0.3) }
            #expect(try network.ask("203.0.113.7") == "10.244.1.1")
        }
    }

    @Test("A Service whose endpoint is itself is reset, not relayed in circles")
    func circles() async throws {
        try await run { network, dataplane in
            let circle = try Sample.port("web", "10.96.0.1", endpoints: ["10.96.0.1"], endpointPort: 80)
            _ = try await dataplane.apply(Sample.delta([circle], node: NodeFacts()))
            #expect(throws: ClientSocket.Failure(code: ECONNRESET)) { try network.ask("10.96.0.1") }
        }
    }
}
