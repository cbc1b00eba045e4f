import KubeAPI
import Testing

@testable import Controllers

@Suite struct DisruptionPlanTests {
    private static let now = Objects.start + .seconds(600)

    struct Case: Sendable, CustomTestStringConvertible {
        var min: IntOrPercent?
        var max: IntOrPercent?
        var ready: Int
        var unready = 0
        /// Of the object that keeps the pods.
        var scale: Int32
        /// expected, desired, current, allowed
        var result: [Int32]
        var testDescription: String { "min \(min as Any) max \(max as Any) ready \(ready)+\(unready) of \(scale)" }
    }

    static let cases: [Case] = [
        Case(min: .number(2), ready: 3, scale: 3, result: [3, 2, 3, 1]),
        Case(min: .number(2), ready: 2, unready: 2, scale: 9, result: [4, 2, 2, 0]),
        Case(min: .number(0), ready: 2, scale: 2, result: [2, 0, 2, 2]),
        Case(min: .number(5), ready: 3, scale: 3, result: [3, 5, 3, 0]),
        Case(min: .number(1), ready: 0, scale: 0, result: [0, 1, 0, 0]),
        Case(min: .number(0), ready: 0, scale: 0, result: [0, 0, 0, 0]),
        Case(min: .percent(50), ready: 3, scale: 3, result: [3, 2, 3, 1]),
        Case(min: .percent(30), ready: 3, scale: 10, result: [10, 3, 3, 0]),
        Case(min: .percent(100), ready: 4, scale: 4, result: [4, 4, 4, 0]),
        Case(min: .percent(0), ready: 4, scale: 4, result: [4, 0, 4, 4]),
        Case(max: .number(1), ready: 3, scale: 3, result: [3, 2, 3, 1]),
        Case(max: .number(1), ready: 2, unready: 1, scale: 3, result: [3, 2, 2, 0]),
        Case(max: .number(5), ready: 3, scale: 3, result: [3, 0, 3, 3]),
        Case(max: .percent(30), ready: 7, scale: 7, result: [7, 4, 7, 3]),
        Case(max: .percent(0), ready: 7, scale: 7, result: [7, 7, 7, 0]),
        Case(max: .percent(50), ready: 5, scale: 8, result: [8, 4, 5, 1]),
        Case(ready: 2, scale: 2, result: [0, 0, 2, 0]),
    ]

    private static let set = Objects.replicaSet(replicas: 1)

    private static func pods(_ ready: Int, _ unready: Int = 0) -> [Pod] {
        (0..<ready + unready).map { number in
            var pod = Objects.pod("p\(number)", of: set)
            pod.run(ready: number < ready, since: Objects.start)
            return pod
        }
    }

    private static func budget(_ min: IntOrPercent?, _ max: IntOrPercent?) -> PodDisruptionBudget {
        var budget = PodDisruptionBudget(metadata: ObjectMeta(name: "b", namespace: "default"))
        budget.metadata.generation = 3
        budget.selector = LabelSelector()
        (budget.minAvailable, budget.maxUnavailable) = (min, max)
        return budget
    }

    private static func plan(_ budget: PodDisruptionBudget, _ pods: [Pod], scale: Int32) -> DisruptionPlan {
        let scale = DisruptionPlan.Scale(uid: "deployment", replicas: scale)
        return DisruptionPlan(budget, pods: pods, scales: [set.metadata.uid: scale], now: now)
    }

    @Test(arguments: cases) func counts(_ test: Case) {
        let status = Self.plan(
            Self.budget(test.min, test.max), Self.pods(test.ready, test.unready), scale: test.scale
        ).status
        #expect(
            [status.expectedPods, status.desiredHealthy, status.currentHealthy, status.disruptionsAllowed]
                == test.result)
        #expect(status.observedGeneration == 3)
        #expect(status.conditions.map(\.status) == [status.disruptionsAllowed > 0 ? "True" : "False"])
        #expect(
            status.conditions.map(\.reason) == [status.disruptionsAllowed > 0 ? "SufficientPods" : "InsufficientPods"])
        #expect(status.conditions.map(\.observedGeneration) == [3])
    }

    @Test func severalObjectsAddUp() {
        let other = Objects.replicaSet("other", replicas: 1)
        let pods = Self.pods(2) + [Objects.pod("x", of: other), Objects.pod("alone")]
        let scales = [
            Self.set.metadata.uid: DisruptionPlan.Scale(uid: "d", replicas: 4),
            other.metadata.uid: DisruptionPlan.Scale(uid: "e", replicas: 4),
        ]
        let plan = DisruptionPlan(Self.budget(.percent(50), nil), pods: pods, scales: scales, now: Self.now)
        #expect(plan.status.expectedPods == 8)
        #expect(plan.unmanaged == ["alone"])
        // Two sets of one Deployment are one object.
        let same = scales.mapValues { DisruptionPlan.Scale(uid: "d", replicas: $0.replicas) }
        let single = DisruptionPlan(Self.budget(.percent(50), nil), pods: pods, scales: same, now: Self.now)
        #expect(single.status.expectedPods == 4)
        let byNumber = DisruptionPlan(Self.budget(.number(1), nil), pods: pods, scales: [:], now: Self.now)
        #expect(byNumber.unmanaged == [])
    }

    @Test func evictionsUnderWayCount() {
        var budget = Self.budget(.number(1), nil)
        budget.status.disruptedPods = [
            "p0": (Self.now + .seconds(-30)).text(), "p1": (Self.now + .seconds(-121)).text(),
            "p2": (Self.now + .seconds(-10)).text(), "gone": Self.now.text(),
        ]
        var pods = Self.pods(5)
        pods[2].metadata.deletionTimestamp = Self.now.text()
        let plan = Self.plan(budget, pods, scale: 5)
        #expect(plan.status.disruptedPods == ["p0": (Self.now + .seconds(-30)).text()])
        #expect(plan.status.currentHealthy == 3)
        #expect(plan.status.disruptionsAllowed == 2)
        #expect(plan.nextCheck == .seconds(90))
        #expect(plan.notDeleted.map(\.metadata.name) == ["p1"])
    }

    @Test func failureAllowsNothing() {
        var budget = Self.budget(.number(1), nil)
        budget.status = Self.plan(budget, Self.pods(5), scale: 5).status
        let status = DisruptionPlan.failure(budget, "why", now: Self.now + .seconds(5))
        #expect(status.disruptionsAllowed == 0)
        #expect(status.currentHealthy == 5)
        #expect(status.conditions.map(\.reason) == ["SyncFailed"])
        #expect(status.conditions.map(\.message) == ["why"])
        #expect(status.conditions.map(\.lastTransitionTime) == [(Self.now + .seconds(5)).text()])
    }

    @Test(arguments: [
        (IntOrPercent?.some(.number(1)), IntOrPercent?.none, false), (.some(.percent(1)), nil, true),
        (nil, .some(.number(1)), true), (nil, .some(.percent(1)), true), (nil, nil, false),
    ])
    func scalesAreAskedForWhereTheyMatter(_ min: IntOrPercent?, _ max: IntOrPercent?, _ isNeeded: Bool) {
        #expect(DisruptionPlan.needsScales(Self.budget(min, max)) == isNeeded)
    }
}
