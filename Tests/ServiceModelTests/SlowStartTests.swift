import DataplaneTesting
import KubeAPI
import NetworkAddress
import Testing

@testable import ServiceModel

@Suite("Shares that grow")
struct SlowStartTests {
    private static let web = ServicePortName(namespace: "default", name: "web", port: "", transport: .tcp)

    private static func service(_ text: String = "10s") -> Service {
        .make("web") { $0.metadata.annotations[SlowStart.annotation] = text }
    }

    private static func model() -> ServiceModel {
        var model = ServiceModel(
            configuration: ServiceModelConfiguration(
                nodeName: "node1", families: [.ipv4], weightAnnotations: ["viaduct.io/weights"]))
        _ = model.upsert(service())
        return model
    }

    private static func put(_ addresses: [String], _ model: inout ServiceModel) {
        _ = model.upsert(EndpointSlice.make("a", of: "web", addresses.map { .ready($0) }))
    }

    private static func weights(_ model: ServiceModel) -> [UInt16] {
        model.state(of: web, family: .ipv4)?.endpoints(.cluster).map(\.weight) ?? []
    }

    @Test("A new endpoint gets its share in ten steps, each told of once; those at the start are no new ones")
    func steps() throws {
        var model = Self.model()
        Self.put(["10.1.0.1", "10.1.0.2"], &model)
        model.advance(to: 1000)
        _ = model.takeDelta()
        #expect(Self.weights(model) == [1, 1] && model.nextStep == nil)
        Self.put(["10.1.0.1", "10.1.0.2", "10.1.0.3"], &model)
        model.advance(to: 2000)
        _ = model.takeDelta()
        #expect(Self.weights(model) == [10, 10, 1])
        var deltas = 0
        var shares: [UInt16] = []
        while let due = model.nextStep {
            model.advance(to: due - 0.001)
            #expect(!model.hasPendingChanges)
            model.advance(to: due)
            if !model.takeDelta().0.isEmpty { deltas += 1 }
            let weights = Self.weights(model)
            shares.append(weights[2] * 10 / weights[0])
        }
        #expect(deltas == 9 && shares == [2, 3, 4, 5, 6, 7, 8, 9, 10], "\(shares)")
        #expect(Self.weights(model) == [1, 1, 1] && model.now == 2010)
    }

    @Test("A restart goes on where the last process was; what is over or gone is forgotten")
    func restart() {
        var model = Self.model()
        model.restore([
            EndpointStart(namespace: "default", service: "web", address: "10.1.0.2", start: 2000),
            EndpointStart(namespace: "default", service: "web", address: "10.1.0.7", start: 2000),
            EndpointStart(namespace: "default", service: "gone", address: "10.1.0.2", start: 2000),
            EndpointStart(namespace: "default", service: "web", address: "nonsense", start: 2000),
        ])
        Self.put(["10.1.0.1", "10.1.0.2"], &model)
        model.advance(to: 2005)
        _ = model.takeDelta()
        #expect(Self.weights(model) == [2, 1])
        #expect(model.endpointStarts.map(\.address) == ["10.1.0.2"])
        model.advance(to: 2020)
        _ = model.takeDelta()
        #expect(Self.weights(model) == [1, 1] && model.endpointStarts.isEmpty)
    }

    @Test("Nothing grows beside nobody, after a clock was set back, or without the annotation")
    func exceptions() {
        var model = Self.model()
        model.advance(to: 1000)
        _ = model.takeDelta()
        Self.put(["10.1.0.1", "10.1.0.2"], &model)
        _ = model.takeDelta()
        #expect(Self.weights(model) == [1, 1])
        Self.put(["10.1.0.1", "10.1.0.2", "10.1.0.3"], &model)
        _ = model.takeDelta()
        #expect(Self.weights(model) == [10, 10, 1])
        model.advance(to: 900)
        _ = model.upsert(EndpointSlice.make("b", of: "web", [.notReady("10.1.0.9")]))
        _ = model.takeDelta()
        #expect(Self.weights(model) == [1, 1, 1])
        _ = model.upsert(Service.make("web"))
        _ = model.takeDelta()
        #expect(model.nextStep == nil && Self.weights(model) == [1, 1, 1])
    }

    @Test(
        "What is no time is told, and has no effect",
        arguments: ["", "10", "0s", "500ms", "2h", "-3s", "99999999999h", "s"])
    func invalid(text: String) {
        var model = Self.model()
        let problems = model.upsert(Self.service(text))
        #expect(problems.count == 1 && problems[0].message.contains("viaduct.io/slow-start"))
    }
}
