import DataplaneTesting
import KubeAPI
import NetworkAddress
import Testing

@testable import ServiceModel

/// Annotations with weights.
@Suite struct EndpointWeightsTests {
    @Test("The longest prefix counts, wrong ones are left out") func weights() throws {
        var problems: [String] = []
        let weights = EndpointWeights(
            parsing: "10.0.0.1=3, 10.0.0.0/24=2,fd00::/8=5,10.0.0.9=0,x=1,10.0.0.2=70000,10.0.0.3"
        ) { problems.append($0) }
        #expect(problems.count == 3)
        for (address, weight) in [
            ("10.0.0.1", 3), ("10.0.0.7", 2), ("10.0.0.9", 0), ("10.0.1.1", 1), ("fd00::1", 5), ("2001:db8::1", 1),
        ] {
            #expect(weights.weight(of: try #require(IPAddress(address))) == UInt16(weight), "\(address)")
        }
        let many = EndpointWeights(parsing: (0..<2000).map { "10.0.\($0 / 250).\($0 % 250)=2" }.joined(separator: ","))
        {
            problems.append($0)
        }
        #expect(many.weights.count == EndpointWeights.maximum)
        #expect(problems.count == 4)
    }

    @Test("A zone's weight holds where no address says another") func zones() throws {
        var problems: [String] = []
        let weights = EndpointWeights(parsing: "zone/eu-1=0,10.0.0.1=3,zone/eu-2=7,zone/=1,zone/eu-2=8") {
            problems.append($0)
        }
        #expect(problems.count == 1)
        let address = try #require(IPAddress("10.0.0.2"))
        #expect(weights.weight(of: address, zone: "eu-1") == 0 && weights.weight(of: address, zone: "eu-2") == 8)
        #expect(weights.weight(of: address, zone: "us") == 1 && weights.weight(of: address) == 1)
        #expect(weights.weight(of: try #require(IPAddress("10.0.0.1")), zone: "eu-1") == 3)
        var model = ServiceModel(
            configuration: ServiceModelConfiguration(
                nodeName: "node1", families: [.ipv4], weightAnnotations: ["viaduct.io/weights"]))
        var service = Service.make("web")
        service.metadata.annotations = ["viaduct.io/weights": "zone/eu-1=0,zone/eu-2=4"]
        _ = model.upsert(service)
        var slice = EndpointSlice.make("a", of: "web", [.ready("10.1.0.1"), .ready("10.1.0.2"), .ready("10.1.0.3")])
        slice.endpoints[0].zone = "eu-1"
        slice.endpoints[1].zone = "eu-2"
        _ = model.upsert(slice)
        let state = try #require(model.takeDelta().0.families[.ipv4]?.updated.values.first)
        #expect(state.endpoints(.cluster).map(\.weight) == [0, 4, 1])
        // An endpoint that moves to another zone.
        slice.endpoints[2].zone = "eu-1"
        _ = model.upsert(slice)
        let moved = try #require(model.takeDelta().0.families[.ipv4]?.updated.values.first)
        #expect(moved.endpoints(.cluster).map(\.weight) == [0, 4, 0])
    }

    @Test("They are read, and problems told, for backends that weigh endpoints; the general name goes first")
    func model() throws {
        for (names, annotations, expected) in [
            ([], ["viaduct.io/ipvs-weights": "none"], [1, 1]),
            (["viaduct.io/weights", "viaduct.io/ipvs-weights"], ["viaduct.io/ipvs-weights": "10.1.0.1=7"], [7, 1]),
            (
                ["viaduct.io/weights", "viaduct.io/ipvs-weights"],
                ["viaduct.io/ipvs-weights": "10.1.0.1=7", "viaduct.io/weights": "10.1.0.2=0,none"], [1, 0]
            ),
        ] {
            var service = Service.make("web")
            service.metadata.annotations = annotations
            var model = ServiceModel(
                configuration: ServiceModelConfiguration(
                    nodeName: "node1", families: [.ipv4], annotations: ["viaduct.io/ipvs-weights"],
                    weightAnnotations: names))
            let problems = model.upsert(service)
            #expect(problems.count == annotations.values.count { !names.isEmpty && $0.contains("none") })
            _ = model.upsert(EndpointSlice.make("a", of: "web", [.ready("10.1.0.1"), .ready("10.1.0.2")]))
            let (delta, _) = model.takeDelta()
            let state = try #require(delta.families[.ipv4]?.updated.values.first)
            #expect(state.endpoints(.cluster).map { Int($0.weight) } == expected)
            // Only what the backend asked for is handed on.
            #expect(Array(state.service.annotations.keys) == ["viaduct.io/ipvs-weights"])
        }
    }
}
