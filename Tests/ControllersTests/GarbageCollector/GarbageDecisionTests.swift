import KubeAPI
import KubeClient
import Testing

@testable import Controllers

@Suite struct GarbageDecisionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var owners: [String: GarbageDecision.Owner]
        var finalizers: [String] = []
        /// Whether dependents wait for their own dependents.
        var dependents: [Bool] = []
        var decision: GarbageDecision
        var testDescription: String { "\(owners) \(finalizers) \(dependents)" }
    }

    static let cases: [Case] = [
        Case(owners: [:], decision: .keep),
        Case(owners: ["a": .solid], decision: .keep),
        Case(owners: ["a": .solid, "b": .absent], decision: .removeReferences(["b"])),
        Case(owners: ["a": .solid, "b": .absent, "c": .waiting], decision: .removeReferences(["b", "c"])),
        Case(owners: ["a": .absent], decision: .delete(.background)),
        Case(owners: ["a": .absent, "b": .absent], decision: .delete(.background)),
        Case(owners: ["a": .absent], finalizers: ["orphan"], decision: .delete(.orphan)),
        Case(owners: ["a": .absent], finalizers: ["x", "foregroundDeletion"], decision: .delete(.foreground)),
        Case(owners: ["a": .waiting], decision: .delete(.background)),
        Case(owners: ["a": .waiting], dependents: [false], decision: .deleteInForeground(unblocks: false)),
        Case(owners: ["a": .waiting], dependents: [false, true], decision: .deleteInForeground(unblocks: true)),
        Case(owners: ["a": .absent], dependents: [true], decision: .delete(.background)),
    ]

    @Test(arguments: cases) func decides(_ test: Case) {
        var metadata = ObjectMeta(name: "x", namespace: "n")
        metadata.finalizers = test.finalizers
        metadata.ownerReferences = test.owners.keys.sorted().map { uid in
            var reference = OwnerReference()
            reference.uid = uid
            return reference
        }
        let resource = APIResource(apiVersion: "v1", kind: "ConfigMap", plural: "configmaps", isNamespaced: true)
        let dependents = test.dependents.map { isWaiting in
            var metadata = ObjectMeta(name: "d", namespace: "n")
            if isWaiting {
                metadata.deletionTimestamp = Objects.start.text()
                metadata.finalizers = [OwnerGraph.foregroundFinalizer]
            }
            return OwnerGraph.Node(metadata, resource)
        }
        #expect(GarbageDecision(metadata, owners: test.owners, dependents: dependents) == test.decision)
    }
}
