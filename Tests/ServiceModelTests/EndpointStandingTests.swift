import DataplaneTesting
import KubeAPI
import NetworkAddress
import ServiceModel
import TestSupport
import Testing

@Suite struct EndpointStandingTests {
    private static func model(
        _ endpoints: [EndpointSlice.Endpoint], zone: String = "a", _ adjust: (inout Service) -> Void = { _ in }
    ) -> ServiceModel {
        var model = ServiceModel(configuration: ServiceModelConfiguration(nodeName: "node1", families: [.ipv4]))
        model.setNode(.make("node1", zone: zone, addresses: ["192.168.0.2"]))
        _ = model.upsert(Service.make("web", adjust))
        _ = model.upsert(EndpointSlice.make("web-a", of: "web", endpoints))
        _ = model.takeDelta()
        return model
    }

    private static let name = ServicePortName(namespace: "default", name: "web", port: "", transport: .tcp)

    private static func exclusions(_ model: ServiceModel, _ list: EndpointList) -> [String: EndpointExclusion] {
        var found: [String: EndpointExclusion] = [:]
        for standing in model.endpointStandings(of: name, family: .ipv4) {
            found["\(standing.endpoint.address.ip)"] = standing.exclusions[list]
        }
        return found
    }

    @Test("Each endpoint that is left out says why")
    func reasons() {
        let model = Self.model([
            .ready("10.0.0.1", node: "node1"), .ready("10.0.0.2"), .notReady("10.0.0.3"), .draining("10.0.0.4"),
        ])
        #expect(
            Self.exclusions(model, .cluster) == ["10.0.0.3": .notReady, "10.0.0.4": .terminating])
        #expect(
            Self.exclusions(model, .local)
                == ["10.0.0.2": .otherNode, "10.0.0.3": .otherNode, "10.0.0.4": .otherNode])
    }

    @Test func hints() {
        let model = Self.model([
            .ready("10.0.0.1", zones: ["a"]), .ready("10.0.0.2", zones: ["b"]), .ready("10.0.0.3", zones: ["b", "a"]),
        ])
        #expect(Self.exclusions(model, .cluster) == ["10.0.0.2": .hintedForOtherZone])
    }

    @Test("Where nothing is ready, those that do not serve are left out, and those that shut down are used")
    func draining() {
        var gone = EndpointSlice.Endpoint.draining("10.0.0.2")
        gone.serving = false
        let model = Self.model([.draining("10.0.0.1"), gone, .notReady("10.0.0.3")])
        #expect(Self.exclusions(model, .cluster) == ["10.0.0.2": .notServing, "10.0.0.3": .notReady])
    }

    @Test("Endpoints without a share say so") func weightless() {
        var model = ServiceModel(
            configuration: ServiceModelConfiguration(
                nodeName: "node1", families: [.ipv4], weightAnnotations: ["viaduct.io/weights"]))
        var canary = EndpointSlice.make("b", of: "web", [.ready("10.0.0.3")])
        canary.metadata.labels["viaduct.io/canary"] = "true"
        _ = model.upsert(EndpointSlice.make("a", of: "web", [.ready("10.0.0.1"), .ready("10.0.0.2")]))
        _ = model.upsert(canary)
        for (annotations, expected) in [
            (["viaduct.io/weights": "10.0.0.1=0"], ["10.0.0.1"]), (["viaduct.io/canary": "0%"], ["10.0.0.3"]),
            (["viaduct.io/canary": "100%"], ["10.0.0.1", "10.0.0.2"]),
        ] {
            _ = model.upsert(Service.make("web") { $0.metadata.annotations = annotations })
            _ = model.takeDelta()
            let found = Self.exclusions(model, .cluster)
            #expect(found.keys.sorted() == expected && found.values.allSatisfy { $0 == .weightless })
        }
    }

    @Test("Who has no exclusion is in the list, and nobody else, whatever the endpoints are", arguments: 0..<50)
    func agreesWithLists(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let endpoints = (1...Int.random(in: 1...8, using: &random)).map { number in
            var endpoint = EndpointSlice.Endpoint(addresses: ["10.0.0.\(number)"])
            endpoint.ready = [true, false, nil].randomElement(using: &random) ?? nil
            endpoint.serving = [true, false, nil].randomElement(using: &random) ?? nil
            endpoint.terminating = [true, false, nil].randomElement(using: &random) ?? nil
            endpoint.nodeName = ["node1", "node2", nil].randomElement(using: &random) ?? nil
            endpoint.zoneHints = [[], ["a"], ["b"]].randomElement(using: &random) ?? []
            endpoint.nodeHints = [[], [], ["node1"], ["node2"]].randomElement(using: &random) ?? []
            return endpoint
        }
        let model = Self.model(endpoints) {
            $0.spec.externalIPs = ["192.0.2.1"]
            $0.spec.type = "LoadBalancer"
            $0.spec.externalTrafficPolicy = "Local"
        }
        let state = model.state(of: Self.name, family: .ipv4)
        for list in EndpointList.allCases {
            let included = model.endpointStandings(of: Self.name, family: .ipv4)
                .filter { $0.exclusions[list] == nil }.map(\.endpoint)
            #expect(included == state?.endpoints(list), "\(list) of \(endpoints)")
        }
    }
}
