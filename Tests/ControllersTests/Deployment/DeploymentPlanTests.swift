import JSONStream
import KubeAPI
import Testing

@testable import Controllers

@Suite struct DeploymentPlanTests {
    // MARK: Limits

    @Test(
        arguments: [
            (10, IntOrPercent.percent(25), IntOrPercent.percent(25), 3, 2), (1, .percent(25), .percent(25), 1, 0),
            (3, .percent(25), .percent(25), 1, 0), (4, .percent(25), .percent(25), 1, 1),
            (10, .number(0), .percent(5), 0, 1), (10, .percent(0), .number(0), 0, 1), (2, .number(3), .number(5), 3, 2),
            (0, .percent(25), .percent(25), 0, 0), (10, .percent(1), .percent(1), 1, 0),
        ] as [(Int32, IntOrPercent, IntOrPercent, Int32, Int32)])
    func limits(
        _ replicas: Int32, _ surge: IntOrPercent, _ unavailable: IntOrPercent, _ most: Int32, _ fewest: Int32
    ) {
        let limits = RolloutLimits(
            Objects.deployment(replicas: replicas, surge: surge, unavailable: unavailable))
        #expect(limits.maxSurge == most)
        #expect(limits.maxUnavailable == fewest)
    }

    @Test func recreateHasNoLimits() {
        var deployment = Objects.deployment(replicas: 4)
        deployment.strategy = .recreate
        #expect(RolloutLimits(deployment).mostPods == 4)
        #expect(RolloutLimits(deployment).leastAvailable == 4)
    }

    private func expectRest(_ world: inout RolloutWorld) {
        let isAtRest = world.settle()
        #expect(isAtRest)
    }

    // MARK: The beginning

    @Test func theFirstSet() throws {
        var deployment = Objects.deployment(replicas: 3)
        deployment.metadata.annotations = [
            "note": "x", "kubectl.kubernetes.io/last-applied-configuration": "{}", RevisionAnnotations.revision: "7",
        ]
        deployment.minReadySeconds = 5
        let plan = DeploymentPlan(deployment, sets: [], now: Objects.start) { _ in false }
        guard case .create(let set)? = plan.actions.first else {
            Issue.record("no set is made")
            return
        }
        let hash = PodTemplate(deployment.template).hash(collisions: nil)
        #expect(plan.actions.count == 1)
        #expect(set.metadata.name == "web-\(hash)")
        #expect(set.metadata.labels == ["app": "web", "pod-template-hash": hash])
        #expect(set.selector.matchLabels == ["app": "web", "pod-template-hash": hash])
        #expect(PodTemplate(set.template).labels == set.metadata.labels)
        #expect(set.metadata.ownerReferences == [OwnerReference(controller: deployment)])
        #expect(set.replicas == 3)
        #expect(set.minReadySeconds == 5)
        #expect(
            set.metadata.annotations == [
                "note": "x", RevisionAnnotations.revision: "1", RevisionAnnotations.desiredReplicas: "3",
                RevisionAnnotations.maxReplicas: "4",
            ])
        #expect(plan.revision == "1")
        #expect(plan.status.conditions.map(\.type) == ["Progressing", "Available"])
        #expect(plan.status.conditions.map(\.reason) == ["NewReplicaSetCreated", "MinimumReplicasUnavailable"])
        #expect(plan.status.unavailableReplicas == 3)
        deployment.status.collisionCount = 1
        let next = DeploymentPlan(deployment, sets: [], now: Objects.start) { _ in false }
        #expect(next.newSet?.metadata.name != set.metadata.name)
    }

    @Test func rollsOutAndBack() {
        var world = RolloutWorld(Objects.deployment(replicas: 4))
        expectRest(&world)
        for image in ["b", "c"] {
            world.edit { $0.template = Objects.template(image) }
            expectRest(&world)
            #expect(world.size(image) == 4)
        }
        #expect(world.sets.map(RevisionAnnotations.revision) == [1, 2, 3])
        // What `kubectl rollout undo` does.
        world.edit { $0.template = Objects.template("a") }
        expectRest(&world)
        #expect(world.sets.map(RevisionAnnotations.revision) == [4, 2, 3])
        #expect(world.sets.map(\.replicas) == [4, 0, 0])
        #expect(world.set("a")?.metadata.annotations[RevisionAnnotations.history] == "1")
        #expect(world.deployment.metadata.annotations[RevisionAnnotations.revision] == "4")
    }

    @Test func stepsOfARollingUpdate() {
        var world = RolloutWorld(
            Objects.deployment(replicas: 10, surge: .number(3), unavailable: .number(2)))
        world.settle()
        world.edit { $0.template = Objects.template("b") }
        var sizes: [[Int32?]] = []
        world.settle { world in
            let size = [world.size("a"), world.size("b")]
            if sizes.last != size { sizes.append(size) }
        }
        #expect(sizes == [[8, 3], [8, 5], [5, 5], [3, 5], [3, 8], [3, 10], [0, 10]])
    }

    @Test func oneAtATimeWithoutSurge() {
        var world = RolloutWorld(Objects.deployment(replicas: 2, surge: .number(0), unavailable: .number(1)))
        world.settle()
        world.edit { $0.template = Objects.template("b") }
        world.settle { world in
            #expect(world.desired <= 2)
            #expect(world.available >= 1)
        }
        #expect(world.sets.map(\.replicas) == [0, 2])
    }

    @Test func recreateWaitsForTheLastPod() {
        var deployment = Objects.deployment(replicas: 3)
        deployment.strategy = .recreate
        var world = RolloutWorld(deployment)
        world.settle()
        world.edit { $0.template = Objects.template("b") }
        world.reconcileDeployment()
        #expect(world.sets.map(\.replicas) == [0])
        world.reconcileSet(0)
        world.reconcileSet(0)
        #expect(world.active.isEmpty)
        #expect(world.sets[0].status.replicas == 0)
        world.reconcileDeployment()
        // The pods are ending, but have not ended.
        #expect(world.sets.count == 1)
        world.removeTerminating()
        world.reconcileDeployment()
        #expect(world.sets.map(\.replicas) == [0, 3])
        expectRest(&world)
    }

    // MARK: Failure

    @Test func aBrokenTemplateIsOverdueAndCanBeTakenBack() {
        var world = RolloutWorld(
            Objects.deployment(replicas: 10, surge: .number(3), unavailable: .number(2), deadline: 60))
        world.settle()
        world.brokenImages = ["b"]
        world.edit { $0.template = Objects.template("b") }
        expectRest(&world)
        #expect(world.sets.map(\.replicas) == [8, 5])
        #expect(world.condition("Progressing")?.reason == "ReplicaSetUpdated")
        let wait = world.plan.nextCheck
        #expect(wait.map { $0 > .seconds(1) && $0 <= .seconds(61) } == true)
        world.now = world.now + (wait ?? .zero)
        world.reconcileDeployment()
        #expect(world.condition("Progressing")?.reason == "ProgressDeadlineExceeded")
        #expect(world.condition("Progressing")?.status == "False")
        #expect(world.condition("Available")?.status == "True")
        #expect(world.plan.nextCheck == nil)
        // The unhealthy new pods go first.
        world.edit { $0.template = Objects.template("a") }
        world.settle { #expect($0.available >= 8) }
        #expect(world.sets.map(\.replicas) == [10, 0])
        #expect(world.condition("Progressing")?.reason == "NewReplicaSetAvailable")
    }

    @Test func withoutADeadlineThereIsNoJudgement() {
        var world = RolloutWorld(Objects.deployment(replicas: 2, deadline: nil))
        world.settle()
        #expect(world.deployment.status.conditions.map(\.type) == ["Available"])
        #expect(world.plan.nextCheck == nil)
    }

    @Test func failuresOfSetsShow() {
        var world = RolloutWorld(Objects.deployment(replicas: 2))
        world.settle()
        var failure = Condition("ReplicaFailure", "True", reason: "FailedCreate", message: "quota")
        failure.lastTransitionTime = world.now.text()
        world.sets[0].status.conditions = [failure]
        world.reconcileDeployment()
        #expect(world.condition("ReplicaFailure")?.message == "quota")
        world.sets[0].status.conditions = []
        world.reconcileDeployment()
        #expect(world.condition("ReplicaFailure") == nil)
    }

    // MARK: Pause, scale, history

    @Test func aPausedDeploymentScalesOnly() {
        var world = RolloutWorld(Objects.deployment(replicas: 4))
        world.settle()
        world.edit {
            $0.isPaused = true
            $0.template = Objects.template("b")
        }
        expectRest(&world)
        #expect(world.sets.count == 1)
        #expect(world.condition("Progressing")?.reason == "DeploymentPaused")
        world.edit { $0.replicas = 7 }
        expectRest(&world)
        #expect(world.sets.map(\.replicas) == [7])
        world.edit { $0.isPaused = false }
        world.reconcileDeployment()
        #expect(world.sets.map(\.replicas) == [6, 2])
        expectRest(&world)
        #expect(world.sets.map(\.replicas) == [0, 7])
    }

    /// Sizes of two sets in the middle of a rollout, and what they are after the Deployment was scaled.
    @Test(
        arguments: [
            (10, 20, [8, 5], [14, 9]), (10, 5, [8, 5], [5, 3]), (10, 0, [8, 5], [0, 0]), (10, 10, [8, 5], [8, 5]),
            (4, 100, [1, 6], [15, 88]),
        ] as [(Int32, Int32, [Int32], [Int32])])
    func scalesInProportion(_ before: Int32, _ after: Int32, _ sizes: [Int32], _ wanted: [Int32]) {
        var deployment = Objects.deployment(replicas: before, image: "b", surge: .number(3), unavailable: .number(2))
        var sets = [
            Objects.replicaSet("old", replicas: sizes[0], image: "a"),
            Objects.replicaSet("new", replicas: sizes[1], image: "b"),
        ]
        for index in sets.indices {
            sets[index].metadata.creationTimestamp = (Objects.start + .seconds(Int64(index))).text()
            sets[index].status.observedGeneration = 1
            RevisionAnnotations.setReplicas(RolloutLimits(deployment), on: &sets[index])
        }
        deployment.replicas = after
        // Of the same size, a rollout would go on.
        deployment.isPaused = before == after
        let plan = DeploymentPlan(deployment, sets: sets, now: Objects.start) { _ in true }
        #expect(plan.allSets.map(\.replicas) == wanted)
        #expect(
            plan.allSets.filter { $0.replicas != 0 }.allSatisfy {
                RevisionAnnotations.desiredReplicas(of: $0) == after
            })
    }

    @Test func oldHistoryGoes() {
        var deployment = Objects.deployment(replicas: 1)
        deployment.revisionHistoryLimit = 2
        var world = RolloutWorld(deployment)
        for image in ["a", "b", "c", "d", "e"] {
            world.edit { $0.template = Objects.template(image) }
            expectRest(&world)
        }
        #expect(world.sets.map(RolloutWorld.image) == ["c", "d", "e"])
        world.edit { $0.revisionHistoryLimit = 0 }
        expectRest(&world)
        #expect(world.sets.map(RolloutWorld.image) == ["e"])
    }

    @Test func aDeploymentOnItsWayOutIsCountedOnly() {
        var world = RolloutWorld(Objects.deployment(replicas: 3))
        world.settle()
        world.edit {
            $0.metadata.deletionTimestamp = Objects.start.text()
            $0.template = Objects.template("b")
            $0.replicas = 9
        }
        world.reconcileDeployment()
        #expect(world.sets.map(\.replicas) == [3])
        #expect(world.deployment.status.observedGeneration == world.deployment.metadata.generation)
    }

    @Test func atRestNothingIsWritten() {
        var world = RolloutWorld(Objects.deployment(replicas: 3))
        world.settle()
        #expect(world.plan.actions.isEmpty)
        #expect(!world.plan.needsStatusWrite)
        #expect(world.plan.nextCheck == nil)
    }

    @Test func annotationsAreCopied() {
        var world = RolloutWorld(Objects.deployment(replicas: 1))
        world.settle()
        world.edit { $0.metadata.annotations["kubernetes.io/change-cause"] = "why" }
        world.edit { $0.minReadySeconds = 3 }
        world.reconcileDeployment()
        #expect(world.sets[0].metadata.annotations["kubernetes.io/change-cause"] == "why")
        #expect(world.sets[0].metadata.annotations[RevisionAnnotations.history] == nil)
        #expect(world.sets[0].minReadySeconds == 3)
        #expect(world.sets[0].metadata.annotations[RevisionAnnotations.revision] == "1")
    }
}
