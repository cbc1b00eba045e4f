import NetworkAddress
import ServiceModel
import TestSupport
import Testing

@testable import UserspaceDataplane

@Suite("Which endpoint a client gets") struct EndpointChoiceTests {
    private static let three = ["10.244.1.1", "10.244.1.2", "10.244.1.3"]

    private func choice(
        _ endpoints: [String] = three, local: [String] = [], maximumClients: Int = 100,
        _ adjust: (inout ServicePort) throws -> Void = { _ in }
    ) throws -> EndpointChoice {
        EndpointChoice(
            try Sample.port("web", "10.96.0.1", endpoints: endpoints, local: local) {
                $0.nodePort = 30080
                $0.externalIPs = [try Sample.ip("192.0.2.7")]
                $0.loadBalancerVIPs = [try Sample.ip("192.0.2.8")]
                try adjust(&$0)
            },
            maximumClients: maximumClients)
    }

    @Test("Each endpoint equally often")
    func fairness() throws {
        var choice = try choice()
        let client = try Sample.ip("192.0.2.1")
        var chiSquare = 0.0
        for seed: UInt64 in 1...20 {
            var random = SeededGenerator(seed: seed)
            var counts: [EndpointAddress: Int] = [:]
            for _ in 0..<900 {
                let chosen = choice.choose(for: client, .clusterIP, from: .elsewhere, at: .zero, using: &random)
                counts[try #require(chosen), default: 0] += 1
            }
            #expect(counts.count == 3)
            chiSquare += counts.values.reduce(0) { $0 + Double(($1 - 300) * ($1 - 300)) / 300 }
        }
        // 99.9 % of 40 degrees of freedom
        #expect(chiSquare < 73.4)
    }

    @Test("Endpoints by their weights, and none of weight 0")
    func weights() throws {
        let service = try Sample.port("web", "10.96.0.1", endpoints: []).service
        let endpoints = try zip(Self.three, [6, 0, 2] as [UInt16]).map {
            Endpoint(EndpointAddress(try Sample.ip($0), 80), weight: $1)
        }
        var choice = EndpointChoice(ServicePortState(service: service, cluster: endpoints))
        var random = SeededGenerator(seed: 5)
        var counts: [EndpointAddress: Int] = [:]
        for _ in 0..<4000 {
            let chosen = choice.choose(
                for: try Sample.ip("192.0.2.1"), .clusterIP, from: .elsewhere, at: .zero, using: &random)
            counts[try #require(chosen), default: 0] += 1
        }
        // Four standard deviations.
        #expect(abs((counts[endpoints[0].address] ?? 0) - 3000) < 110 && counts[endpoints[1].address] == nil)
        // One that is excluded leaves its share to the others.
        let other = choice.choose(
            for: try Sample.ip("192.0.2.1"), .clusterIP, from: .elsewhere, except: [endpoints[0].address], at: .zero,
            using: &random)
        #expect(other == endpoints[2].address)
    }

    @Test("A client stays for as long as it comes back in time")
    func affinity() throws {
        var choice = try choice { $0.affinityTimeout = 10 }
        var random = SeededGenerator(seed: 2)
        let client = try Sample.ip("192.0.2.1")
        let first = choice.choose(for: client, .clusterIP, from: .elsewhere, at: .zero, using: &random)
        for second in stride(from: 9, through: 900, by: 9) {
            let again = choice.choose(for: client, .nodePort, from: .node, at: .seconds(second), using: &random)
            #expect(again == first)
        }
        // Away for longer than the timeout, again and again: all endpoints show up.
        var seen: Set<EndpointAddress?> = []
        for turn in 1...60 {
            seen.insert(
                choice.choose(
                    for: client, .clusterIP, from: .elsewhere, at: .seconds(1000 + turn * 11), using: &random))
        }
        #expect(seen.count == 3)
    }

    @Test("An endpoint that is gone, or refused, is not kept")
    func affinityToGoneEndpoint() throws {
        var choice = try choice { $0.affinityTimeout = 10 }
        var random = SeededGenerator(seed: 3)
        let client = try Sample.ip("192.0.2.1")
        let first = try #require(
            choice.choose(for: client, .clusterIP, from: .elsewhere, at: .zero, using: &random))
        let other = choice.choose(
            for: client, .clusterIP, from: .elsewhere, except: [first], at: .zero, using: &random)
        #expect(other != nil && other != first)
        let rest = Self.three.filter { $0 != other?.ip.description }
        choice.update(
            try Sample.port("web", "10.96.0.1", endpoints: rest) { $0.affinityTimeout = 10 })
        let third = choice.choose(for: client, .clusterIP, from: .elsewhere, at: .zero, using: &random)
        #expect(third != nil && third != other)
        choice.update(try Sample.port("web", "10.96.0.1", endpoints: Self.three))
        #expect(choice.rememberedClients == 0)
    }

    @Test("Clients are remembered up to a limit, and idle ones go")
    func bounds() throws {
        var choice = try choice(maximumClients: 50) { $0.affinityTimeout = 10 }
        var random = SeededGenerator(seed: 4)
        for number in 0..<200 {
            let client = IPAddress(ipv4: 0xC000_0200 + UInt32(number))
            _ = choice.choose(for: client, .clusterIP, from: .elsewhere, at: .zero, using: &random)
        }
        #expect(choice.rememberedClients == 50)
        choice.forgetIdleClients(at: .seconds(10))
        #expect(choice.rememberedClients == 50)
        choice.forgetIdleClients(at: .seconds(11))
        #expect(choice.rememberedClients == 0)
    }

    @Test("Traffic policies: who asks, and by what address, decides which endpoints there are")
    func policies() throws {
        let local = ["10.244.0.9"]
        let external = try choice(local: local) { $0.externalPolicyLocal = true }
        for kind in [Frontend.Kind.nodePort, .externalIP, .loadBalancerIP] {
            #expect(external.endpoints(for: kind, from: .elsewhere).map(\.ip.description) == local)
            #expect(external.endpoints(for: kind, from: .podHere).map(\.ip.description) == Self.three)
            #expect(external.endpoints(for: kind, from: .node).map(\.ip.description) == Self.three)
        }
        #expect(external.endpoints(for: .clusterIP, from: .elsewhere).map(\.ip.description) == Self.three)
        let `internal` = try choice(local: local) { $0.internalPolicyLocal = true }
        #expect(`internal`.endpoints(for: .clusterIP, from: .podHere).map(\.ip.description) == local)
        #expect(`internal`.endpoints(for: .nodePort, from: .elsewhere).map(\.ip.description) == Self.three)
    }

    @Test("An endpoint that refuses is not tried twice, one that does not answer may be")
    func attempts() throws {
        let endpoints = try Sample.endpoints(Self.three)
        var attempts = DialAttempts()
        #expect(attempts.timeout == .milliseconds(250))
        attempts.note(endpoints[0], wasRefused: true)
        attempts.note(endpoints[1], wasRefused: false)
        #expect(attempts.failed == [endpoints[0], endpoints[1]])
        #expect(attempts.timeout == .seconds(1))
        let again = attempts.startOver()
        #expect(again)
        #expect(attempts.failed == [endpoints[0]])
        attempts.note(endpoints[1], wasRefused: true)
        let onceMore = attempts.startOver()
        #expect(!onceMore)
        attempts.note(endpoints[2], wasRefused: false)
        #expect(attempts.timeout == nil)
    }
}

extension EndpointChoice {
    /// By the kind of the frontend, of which the Service has one each.
    fileprivate func endpoints(for kind: Frontend.Kind, from origin: Origin) -> [EndpointAddress] {
        frontend(kind).map { endpoints(for: $0, from: origin).map(\.address) } ?? []
    }

    fileprivate mutating func choose(
        for client: IPAddress, _ kind: Frontend.Kind, from origin: Origin, except excluded: [EndpointAddress] = [],
        at now: Instant, using random: inout some RandomNumberGenerator
    ) -> EndpointAddress? {
        guard let frontend = frontend(kind) else { return nil }
        return choose(for: client, frontend, from: origin, except: excluded, at: now, using: &random)
    }

    private func frontend(_ kind: Frontend.Kind) -> Frontend? { state.service.frontends.first { $0.kind == kind } }
}
