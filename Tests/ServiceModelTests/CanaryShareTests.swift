import DataplaneTesting
import KubeAPI
import NetworkAddress
import TestSupport
import Testing

@testable import ServiceModel

@Suite struct CanaryShareTests {
    @Test("A percentage with up to two decimals") func parsing() {
        for (text, part) in [
            ("5%", 500), ("0%", 0), ("100%", 10_000), ("0.25%", 25), ("12.5 %", 1250), ("100.00%", 10_000),
        ] {
            #expect(CanaryShare(parsing: text)?.part == UInt64(part), "\(text)")
        }
        for text in [
            "", "%", "5", "101%", "100.01%", "-1%", "+1%", "1.234%", "1.%", ".5%", "1e1%", "99999999999999999999%",
        ] {
            #expect(CanaryShare(parsing: text) == nil, "\(text)")
        }
    }

    private static func endpoints(_ weights: [UInt16]) -> [Endpoint] {
        weights.enumerated().map { Endpoint(EndpointAddress(IPAddress(ipv4: UInt32($0)), 80), weight: $1) }
    }

    @Test("The groups get their parts, and within a group the weights count") func shares() throws {
        func weigh(_ weights: [UInt16], _ canaries: Int, _ share: String) throws -> [UInt16] {
            var endpoints = Self.endpoints(weights)
            try #require(CanaryShare(parsing: share))
                .weigh(&endpoints, isCanary: weights.indices.map { $0 >= weights.count - canaries })
            return endpoints.map(\.weight)
        }
        #expect(try weigh([1, 1, 1, 1], 1, "5%") == [19, 19, 19, 3])
        #expect(try weigh([1, 1, 2], 1, "50%") == [1, 1, 2])
        #expect(try weigh([1, 1], 1, "0%") == [1, 0])
        #expect(try weigh([1, 1], 1, "100%") == [0, 1])
        #expect(try weigh([0, 3, 1, 1], 2, "20%") == [0, 8, 1, 1])
        // One group alone gets all.
        #expect(try weigh([1, 2], 0, "5%") == [1, 2])
        #expect(try weigh([1, 0], 1, "5%") == [1, 0])
    }

    @Test("The canaries' part is right whatever the weights", arguments: 1...50)
    func random(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let share = try #require(CanaryShare(parsing: "\(Int.random(in: 1...99, using: &random))%"))
        var endpoints = Self.endpoints(
            (0..<Int.random(in: 2...40, using: &random)).map { _ in UInt16.random(in: 1...100, using: &random) })
        let isCanary = endpoints.indices.map { $0 == 0 || $0 > 1 && random.oneIn(3) }
        share.weigh(&endpoints, isCanary: isCanary)
        let sum = endpoints.reduce(0.0) { $0 + Double($1.weight) }
        let canaries = zip(endpoints, isCanary).reduce(0.0) { $0 + ($1.1 ? Double($1.0.weight) : 0) }
        #expect(abs(canaries / sum - Double(share.part) / 10_000) < 0.005)
        #expect(endpoints.allSatisfy { $0.weight > 0 })
    }

    @Test("The slice's label tells canaries; without the annotation they are as others; a wrong one is told")
    func model() throws {
        var model = ServiceModel(
            configuration: ServiceModelConfiguration(
                nodeName: "node1", families: [.ipv4], weightAnnotations: ["viaduct.io/weights"]))
        func weights(_ annotation: String?) throws -> [UInt16] {
            var service = Service.make("web")
            service.metadata.annotations = annotation.map { ["viaduct.io/canary": $0] } ?? [:]
            let problems = model.upsert(service)
            #expect(problems.isEmpty == (annotation != "some"))
            _ = model.takeDelta()
            return try #require(
                model.state(
                    of: ServicePortName(namespace: "default", name: "web", port: "", transport: .tcp), family: .ipv4)
            ).endpoints(.cluster).map(\.weight)
        }
        _ = model.upsert(EndpointSlice.make("a", of: "web", [.ready("10.1.0.1"), .ready("10.1.0.2")]))
        var canary = EndpointSlice.make("b", of: "web", [.ready("10.1.0.3")])
        canary.metadata.labels["viaduct.io/canary"] = "true"
        _ = model.upsert(canary)
        #expect(try weights(nil) == [1, 1, 1])
        #expect(try weights("some") == [1, 1, 1])
        #expect(try weights("10%") == [9, 9, 2])
        canary.metadata.labels["viaduct.io/canary"] = "false"
        _ = model.upsert(canary)
        #expect(try weights("10%") == [1, 1, 1])
    }
}
