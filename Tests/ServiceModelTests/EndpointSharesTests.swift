import NetworkAddress
import ServiceModel
import TestSupport
import Testing

@Suite struct EndpointSharesTests {
    private static func endpoints(_ weights: [UInt16]) -> [Endpoint] {
        weights.enumerated().map { Endpoint(EndpointAddress(IPAddress(ipv4: UInt32($0)), 80), weight: $1) }
    }

    @Test("Shares are by weight, and none is left out") func known() {
        #expect(Self.endpoints([1, 1, 2]).shares(of: 256) == [64, 64, 128])
        #expect(Self.endpoints([1, 1, 1]).shares(of: 256) == [86, 85, 85])
        #expect(Self.endpoints([99, 1]).shares(of: 256) == [253, 3])
        #expect(Self.endpoints([65535, 1, 1]).shares(of: 256) == [254, 1, 1])
        #expect(Self.endpoints([65535, 1, 1]).shares(of: 3) == [1, 1, 1])
        #expect(Self.endpoints([]).shares(of: 256) == [])
    }

    @Test("The sum is right whatever the weights, and each is off by less than one piece", arguments: 1...50)
    func random(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let weights = (0..<Int.random(in: 1...64, using: &random)).map { _ in
            UInt16.random(in: 1...(random.oneIn(2) ? 10 : 65535), using: &random)
        }
        let shares = Self.endpoints(weights).shares(of: 256)
        #expect(shares.reduce(0, +) == 256)
        let total = weights.reduce(0) { $0 + Double($1) }
        let smallest = weights.count { Double($0) * 256 / total < 1 }
        for (weight, share) in zip(weights, shares) {
            #expect(share >= 1)
            // Those that are given one piece for less than one take it from others.
            #expect(abs(Double(share) - 256 * Double(weight) / total) < 1 + Double(smallest))
        }
    }

    @Test("Endpoints of weight 0 get no new connections, and count for none where there is no other")
    func zero() {
        let service = ServicePort(
            name: ServicePortName(namespace: "a", name: "b", port: "", transport: .tcp),
            clusterIP: IPAddress(ipv4: 1), port: 80)
        var state = ServicePortState(service: service, cluster: Self.endpoints([0, 3]))
        #expect(state.choices(.cluster).map(\.weight) == [3])
        #expect(state.outcome(of: .cluster) == .balance(.cluster))
        state = ServicePortState(service: service, cluster: Self.endpoints([0, 0]))
        #expect(state.outcome(of: .cluster) == .reject)
        state = ServicePortState(service: service, cluster: Self.endpoints([1]), local: Self.endpoints([0]))
        #expect(state.outcome(of: .local) == .drop)
        #expect(state.endpoints(.local).count == 1, "connections that are there may go on")
    }
}
