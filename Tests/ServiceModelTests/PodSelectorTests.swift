import DataplaneTesting
import KubeAPI
import NetworkAddress
import Testing

@testable import ServiceModel

/// Weights and canaries by labels of pods.
@Suite struct PodSelectorTests {
    @Test("Equality-based requirements, as Kubernetes has them") func matches() throws {
        let labels = ["app": "web", "track": "canary", "x.io/tier": ""]
        for (text, expected) in [
            ("app=web", true), ("app==web", true), ("app!=web", false), ("app!=api", true), ("missing!=a", true),
            ("track", true), ("!track", false), ("!missing", true), ("x.io/tier=", true), ("x.io/tier", true),
            ("app=web,track=canary", true), ("app = web , track = stable", false),
        ] {
            let selector = try #require(PodSelector(parsing: text), "\(text)")
            #expect(selector.matches(labels) == expected, "\(text)")
        }
        for text in ["", "=a", "a=b=c", "a b", "-a", "a=-", "a,", "/a", "a//b", String(repeating: "a", count: 64)] {
            #expect(PodSelector(parsing: text) == nil, "\(text)")
        }
        #expect(PodSelector(parsing: Array(repeating: "a", count: 17).joined(separator: ",")) == nil)
    }

    private static func model(_ annotations: [String: String]) -> (ServiceModel, [ServiceProblem]) {
        var model = ServiceModel(
            configuration: ServiceModelConfiguration(
                nodeName: "node1", families: [.ipv4], weightAnnotations: ["viaduct.io/weights"]))
        var service = Service.make("web")
        service.metadata.annotations = annotations
        let problems = model.upsert(service)
        var slice = EndpointSlice.make("a", of: "web", (1...4).map { .ready("10.1.0.\($0)") })
        // The last one's slice does not say which pod it is.
        for index in 0..<3 { slice.endpoints[index].podName = "pod-\(index + 1)" }
        _ = model.upsert(slice)
        return (model, problems)
    }

    private static func weights(_ model: inout ServiceModel) -> [UInt16]? {
        model.takeDelta().0.families[.ipv4]?.updated.values.first?.endpoints(.cluster).map(\.weight)
    }

    private static func pod(_ number: Int, namespace: String = "default") -> ObjectKey {
        ObjectKey(namespace: namespace, name: "pod-\(number)")
    }

    @Test("An address counts before a label, a label before a zone; the first of two labels") func weights() throws {
        var (model, problems) = Self.model([
            "viaduct.io/weights": "pod/track=canary&app=web=5,pod/app=7,10.1.0.3=0,pod/a b=1"
        ])
        #expect(problems.map(\.message).count == 1 && problems[0].message.contains("pod/a b=1"))
        #expect(model.selectingNamespaces == ["default"])
        #expect(Self.weights(&model) == [1, 1, 0, 1])
        for number in 1...3 {
            model.setLabels(["app": "web", "track": number == 1 ? "canary" : "x"], of: Self.pod(number))
        }
        #expect(Self.weights(&model) == [5, 7, 0, 1])
        // A pod whose labels change, and one that goes.
        model.setLabels(["app": "web", "track": "canary"], of: Self.pod(2))
        #expect(Self.weights(&model) == [5, 5, 0, 1])
        model.setLabels(nil, of: Self.pod(1))
        #expect(Self.weights(&model) == [1, 5, 0, 1])
        // Another namespace's pods, and what nobody has as an endpoint, change nothing.
        model.setLabels(["app": "web"], of: Self.pod(1, namespace: "other"))
        model.setLabels(["app": "web"], of: Self.pod(9))
        #expect(!model.hasPendingChanges)
    }

    @Test("A canary's share goes to pods with the labels") func canary() throws {
        var (model, problems) = Self.model(["viaduct.io/canary": "10% track=canary"])
        #expect(problems.isEmpty && model.selectingNamespaces == ["default"])
        #expect(Self.weights(&model) == [1, 1, 1, 1])
        model.setLabels(["track": "canary"], of: Self.pod(2))
        #expect(Self.weights(&model) == [3, 1, 3, 3])
        #expect(model.selectedLabels == [Self.pod(2): ["track": "canary"]])
        for text in ["10% ,", "10%track=canary", "10% a b", "101% a", "% a"] {
            #expect(CanaryShare(parsing: text) == nil, "\(text)")
        }
        #expect(try #require(CanaryShare(parsing: "10%")).selector == nil)
    }

    @Test("Without such a Service no labels are asked for") func nobodyAsks() {
        var (model, _) = Self.model(["viaduct.io/weights": "10.1.0.1=3,zone/a=2", "viaduct.io/canary": "5%"])
        #expect(model.selectingNamespaces.isEmpty)
        _ = Self.weights(&model)
        model.setLabels(["app": "web"], of: Self.pod(1))
        #expect(!model.hasPendingChanges && model.selectedLabels.isEmpty)
        var service = Service.make("web")
        service.metadata.annotations = ["viaduct.io/weights": "pod/app=web=3"]
        _ = model.upsert(service)
        #expect(model.selectingNamespaces == ["default"])
        model.removeService(service.metadata.key)
        #expect(model.selectingNamespaces.isEmpty)
    }
}
