import JSONStream
import KubeAPI
import Testing

@testable import Controllers

@Suite struct ReplicaSetPlanTests {
    private static let now = Objects.start + .seconds(60)

    private static func plan(_ replicas: Int32, pods count: Int, minReady: Int32 = 0) -> ReplicaSetPlan {
        var set = Objects.replicaSet(replicas: replicas)
        set.minReadySeconds = minReady
        let pods = (0..<count).map { number in
            var pod = Objects.pod("p\(number)", of: set)
            // Every second pod has been ready for half a minute, or is not.
            if number.isMultiple(of: 2) { pod.run(ready: true, since: Objects.start + .seconds(30)) }
            return pod
        }
        return ReplicaSetPlan(set: set, pods: pods, terminating: 1, now: now)
    }

    @Test(arguments: [(3, 3, nil), (5, 3, 2), (0, 0, nil), (2000, 3, 500), (503, 3, 500)] as [(Int32, Int, Int?)])
    func creates(_ replicas: Int32, _ count: Int, _ missing: Int?) {
        #expect(Self.plan(replicas, pods: count).action(related: []) == (missing.map { .create($0) } ?? .none))
    }

    @Test(arguments: [(1, 3, 2), (0, 3, 3), (0, 700, 500)] as [(Int32, Int, Int)])
    func deletes(_ replicas: Int32, _ count: Int, _ surplus: Int) {
        guard case .delete(let pods) = Self.plan(replicas, pods: count).action(related: []) else {
            Issue.record("nothing is deleted")
            return
        }
        #expect(Set(pods.map(\.metadata.uid)).count == surplus)
    }

    @Test func aSetOnItsWayOutDoesNothing() {
        let plan = Self.plan(5, pods: 0)
        var set = plan.set
        set.metadata.deletionTimestamp = Self.now.text()
        #expect(ReplicaSetPlan(set: set, pods: [], terminating: 0, now: Self.now).action(related: []) == .none)
    }

    @Test func statusCounts() {
        var plan = Self.plan(5, pods: 4)
        var odd = plan.pods
        odd[3].metadata.labels = ["other": "x"]
        plan = ReplicaSetPlan(set: plan.set, pods: odd, terminating: 1, now: Self.now)
        let status = plan.status(after: nil)
        #expect(status.replicas == 4)
        #expect(status.fullyLabeledReplicas == 3)
        #expect(status.readyReplicas == 2)
        #expect(status.availableReplicas == 2)
        #expect(status.terminatingReplicas == 1)
        #expect(status.observedGeneration == 1)
        #expect(status.conditions == [])
    }

    @Test(arguments: [(10, 2, nil), (30, 2, nil), (31, 0, 1), (90, 0, 60)] as [(Int32, Int32, Int64?)])
    func availabilityTakesTime(_ minReady: Int32, _ available: Int32, _ wait: Int64?) {
        let plan = Self.plan(4, pods: 4, minReady: minReady)
        #expect(plan.status(after: nil).availableReplicas == available)
        #expect(plan.nextAvailability == wait.map { .seconds($0) })
    }

    @Test func failureComesAndGoes() {
        let plan = Self.plan(5, pods: 4)
        let failed = plan.status(after: ReplicaSetPlan.Failure(message: "no"))
        #expect(failed.conditions.map(\.type) == ["ReplicaFailure"])
        #expect(failed.conditions.map(\.reason) == ["FailedCreate"])
        #expect(failed.conditions.map(\.lastTransitionTime) == [Self.now.text()])
        var set = plan.set
        set.status = failed
        let next = ReplicaSetPlan(set: set, pods: plan.pods, terminating: 0, now: Self.now + .seconds(9))
        #expect(next.status(after: ReplicaSetPlan.Failure(message: "still")).conditions == failed.conditions)
        #expect(next.status(after: nil).conditions == [])
        let surplus = Self.plan(1, pods: 4).status(after: ReplicaSetPlan.Failure(message: "no"))
        #expect(surplus.conditions.map(\.reason) == ["FailedDelete"])
    }

    @Test func podsComeFromTheTemplate() throws {
        var set = Objects.replicaSet(replicas: 1)
        set.template["metadata"] = [
            "labels": ["app": "web"], "annotations": ["note": "x"], "finalizers": ["a/b"], "name": "ignored",
        ]
        let pod = PodTemplate(set.template).pod(for: set)
        #expect(pod["metadata"]?["generateName"] == "web-")
        #expect(pod["metadata"]?["labels"] == ["app": "web"])
        #expect(pod["metadata"]?["annotations"] == ["note": "x"])
        #expect(pod["metadata"]?["finalizers"] == ["a/b"])
        #expect(pod["metadata"]?["name"] == nil)
        #expect(pod["metadata"]?["ownerReferences"] == [OwnerReference(controller: set).json])
        #expect(pod["spec"] == set.template["spec"])
    }
}
