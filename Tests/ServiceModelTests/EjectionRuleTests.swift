import DataplaneTesting
import KubeAPI
import NetworkAddress
import Testing

@testable import ServiceModel

@Suite("Endpoints that are left out")
struct EjectionRuleTests {
    private static let key = ServicePortKey(
        name: ServicePortName(namespace: "default", name: "web", port: "", transport: .tcp), family: .ipv4)

    private static func model(_ count: Int, rule: String? = "") -> ServiceModel {
        var model = ServiceModel(
            configuration: ServiceModelConfiguration(
                nodeName: "node1", families: [.ipv4], weightAnnotations: ["viaduct.io/weights"]))
        _ = model.upsert(Service.make("web") { $0.metadata.annotations[EjectionRule.annotation] = rule })
        _ = model.upsert(EndpointSlice.make("a", of: "web", (1...count).map { .ready("10.1.0.\($0)") }))
        _ = model.takeDelta()
        return model
    }

    private static func address(_ number: Int) throws -> EndpointAddress {
        EndpointAddress(try #require(IPAddress("10.1.0.\(number)")), 8080)
    }

    private static func weights(_ model: ServiceModel) -> [UInt16] {
        model.state(of: key.name, family: .ipv4)?.endpoints(.cluster).map(\.weight) ?? []
    }

    @Test("Each value is read; what is wrong is told, and its default counts")
    func parsing() {
        for (text, unanswered, within, pause, problems) in [
            ("unanswered=5,within=10s,for=30s", 5, 10, 30, 0), ("", 5, 10, 30, 0),
            (" unanswered = 1 , for=1h", 1, 10, 3600, 0), ("unanswered=0,within=0s,for=2h", 5, 10, 30, 3),
            ("unanswered,what=3,within=1m30s", 5, 90, 30, 2), ("unanswered=99999999999999999999", 5, 10, 30, 1),
        ] {
            var told: [String] = []
            let rule = EjectionRule(parsing: text) { told.append($0) }
            #expect(rule.unanswered == unanswered && told.count == problems, "\(text): \(rule) \(told)")
            #expect(rule.within == .seconds(within) && rule.pause == .seconds(pause), "\(text): \(rule)")
        }
    }

    @Test("Never more than half of a list, the first ones first", arguments: 1...7)
    func half(count: Int) throws {
        var model = Self.model(count)
        var out: [EndpointAddress: Ejection] = [:]
        for number in 1...count { out[try Self.address(number)] = Ejection(order: UInt32(100 - number)) }
        model.setEjections([Self.key: out])
        _ = model.takeDelta()
        let weights = Self.weights(model)
        #expect(weights.count { $0 == 0 } == count / 2)
        #expect(weights.suffix(count / 2).allSatisfy { $0 == 0 })
        #expect(model.ejectionTargets[Self.key]?.endpoints.count == count)
    }

    @Test("To be tried, an endpoint gets a part of its share; without the annotation nothing is left out")
    func trial() throws {
        var model = Self.model(4)
        model.setEjections([Self.key: [try Self.address(2): Ejection(part: 16, order: 1)]])
        _ = model.takeDelta()
        #expect(Self.weights(model) == [16, 1, 16, 16])
        #expect(model.overview()[0].endpoints.map(\.isEjected) == [false, true, false, false])
        model.setEjections([:])
        #expect(model.takeDelta().0.families[.ipv4]?.updated.count == 1)
        #expect(Self.weights(model) == [1, 1, 1, 1])
        var other = Self.model(4, rule: nil)
        #expect(other.ejectionTargets.isEmpty)
        other.setEjections([Self.key: [try Self.address(2): Ejection(order: 1)]])
        _ = other.takeDelta()
        #expect(Self.weights(other) == [1, 1, 1, 1])
    }
}
