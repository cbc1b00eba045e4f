import JSONStream
import KubeAPI
import Testing

@testable import APIObjects
@testable import APIPods
@testable import APIResources
@testable import APIServer

@Suite struct DeletionStepTests {
    private let now = Timestamp(microseconds: 1_767_225_600_000_000)

    private func options(_ seconds: Int64? = nil, policy: String? = nil) -> DeleteOptions {
        var options = DeleteOptions()
        options.gracePeriod = seconds
        options.propagationPolicy = policy.flatMap { DeleteOptions.PropagationPolicy(rawValue: $0) }
        return options
    }

    private func pod(_ metadata: JSONValue = [:], node: String = "n", phase: String = "Running") -> JSONValue {
        [
            "metadata": metadata, "spec": ["nodeName": .string(node), "terminationGracePeriodSeconds": 30],
            "status": ["phase": .string(phase)],
        ]
    }

    /// Seconds of the mark, and whether the object goes right after.
    private func mark(_ object: JSONValue, _ options: DeleteOptions) -> [Int64]? {
        guard case .mark(let marked, let removes) = DeletionStep(object, .pods, options, now: now) else { return nil }
        return [marked["metadata"]?.number("deletionGracePeriodSeconds") ?? -1, removes ? 1 : 0]
    }

    @Test func gracePeriods() {
        #expect(mark(pod(), options()) == [30, 0])
        #expect(mark(pod(), options(5)) == [5, 0])
        #expect(mark(pod(), options(-3)) == [1, 0])
        #expect(mark(pod(), options(0)) == [0, 1])
        #expect(mark(pod(node: ""), options()) == [0, 1])
        #expect(mark(pod(phase: "Succeeded"), options()) == [0, 1])
        #expect(mark(pod(["finalizers": ["a/b"]]), options(0)) == [0, 0])
    }

    @Test func thePeriodOnlyBecomesShorter() {
        let leaving = pod(["deletionTimestamp": "2026-01-01T00:00:30Z", "deletionGracePeriodSeconds": 30])
        #expect(DeletionStep(leaving, .pods, options(), now: now) == .wait)
        #expect(DeletionStep(leaving, .pods, options(40), now: now) == .wait)
        #expect(mark(leaving, options(10)) == [10, 0])
        #expect(mark(leaving, options(0)) == [0, 1])
        guard case .mark(let marked, _) = DeletionStep(leaving, .pods, options(10), now: now) else {
            Issue.record("not marked")
            return
        }
        #expect(marked["metadata"]?["deletionTimestamp"] == "2026-01-01T00:00:10Z")
        let over = pod(["deletionTimestamp": "2026-01-01T00:00:00Z", "deletionGracePeriodSeconds": 0])
        #expect(DeletionStep(over, .pods, options(), now: now) == .remove)
    }

    @Test(
        arguments: [
            (ResourceDefinition.services, nil, []), (.services, "Orphan", ["orphan"]),
            (.services, "Foreground", ["foregroundDeletion"]), (.replicationControllers, nil, ["orphan"]),
            (.replicationControllers, "Background", []),
        ] as [(ResourceDefinition, String?, [JSONValue])])
    func policies(definition: ResourceDefinition, policy: String?, finalizers: [JSONValue]) {
        let object: JSONValue = ["metadata": ["name": "a", "generation": 3]]
        let step = DeletionStep(object, definition, options(policy: policy), now: now)
        guard case .mark(let marked, let removes) = step else {
            #expect(finalizers.isEmpty && step == .remove)
            return
        }
        #expect(marked["metadata"]?.items("finalizers") == finalizers)
        #expect(marked["metadata"]?["generation"] == 4)
        #expect(!removes)
    }
}
