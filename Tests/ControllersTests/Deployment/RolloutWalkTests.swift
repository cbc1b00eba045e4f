import KubeAPI
import TestSupport
import Testing

@testable import Controllers

/// Rollouts with everything at random: when the controllers look, when pods start, end and fail, and what users change
/// meanwhile. What a rolling update promises is checked after every step.
@Suite struct RolloutWalkTests {
    private static func amount(_ generator: inout SeededGenerator) -> IntOrPercent {
        generator.oneIn(2)
            ? .number(.random(in: 0...3, using: &generator)) : .percent(.random(in: 0...100, using: &generator))
    }

    private static func world(_ seed: UInt64) -> RolloutWorld {
        var generator = SeededGenerator(seed: seed)
        let (surge, unavailable) = (amount(&generator), amount(&generator))
        let deployment = Objects.deployment(
            replicas: .random(in: 1...12, using: &generator), surge: surge, unavailable: unavailable)
        var world = RolloutWorld(deployment, seed: seed)
        world.settle()
        return world
    }

    /// A step of somebody other than the Deployment's controller.
    private static func act(_ world: inout RolloutWorld) {
        switch Int.random(in: 0..<20, using: &world.generator) {
        case 0:
            let image = ["a", "b", "c"].randomElement(using: &world.generator) ?? "a"
            world.edit { $0.template = Objects.template(image) }
        case 1 where world.generator.oneIn(2):
            let replicas = Int32.random(in: 0...12, using: &world.generator)
            world.edit { $0.replicas = replicas }
        case 2 where world.generator.oneIn(2):
            world.edit { $0.isPaused.toggle() }
        case 3:
            if let pod = world.active.randomElement(using: &world.generator) { world.fail(pod.metadata.uid) }
        case 4..<8:
            world.removeTerminating()
        case 8..<13:
            if let pod = world.pods.randomElement(using: &world.generator) { world.start(pod.metadata.uid) }
        default:
            if let index = world.sets.indices.randomElement(using: &world.generator) { world.reconcileSet(index) }
        }
    }

    @Test(arguments: 0..<60 as Range<UInt64>) func promisesAreKept(_ seed: UInt64) {
        var world = Self.world(seed)
        var known = Int.max
        for step in 0..<300 {
            world.now = world.now + .seconds(1)
            let before = world
            if world.generator.oneIn(3) {
                let isAction = !world.plan.actions.isEmpty
                if isAction { known = Int(world.sets.reduce(0) { $0 + min($1.status.availableReplicas, $1.replicas) }) }
                world.reconcileDeployment()
                // Deliberate changes of size aside, and what stands around with no pods of its own.
                #expect(Int64(world.desired) <= max(Int64(before.desired), world.limits.mostPods), "step \(step)")
                // A change of size takes effect at once, so that what follows can be told from it.
                if before.isScaling || world.deployment.isPaused {
                    for index in world.sets.indices { world.reconcileSet(index) }
                    continue
                }
            } else {
                Self.act(&world)
            }
            let isScaled = before.isScaling || world.isScaling
            let failed = before.available - world.available > 0 && world.pods.count { $0.isFinished } > 0
            if !isScaled, !failed, before.deployment.replicas == world.deployment.replicas {
                expectAvailability(before, world, known, step)
            }
        }
        expectGoodEnd(&world)
    }

    /// What the controllers took away was not needed. Pods that failed are nobody's choice, and where too few were
    /// available when the Deployment was looked at last, a pod may become so just when it is removed for not being so.
    private func expectAvailability(_ before: RolloutWorld, _ world: RolloutWorld, _ known: Int, _ step: Int) {
        let taken = before.active.filter { pod in
            pod.isReady && world.pods.contains { $0.metadata.uid == pod.metadata.uid && $0.metadata.isBeingDeleted }
        }
        guard !taken.isEmpty else { return }
        #expect(world.available >= min(Int(world.limits.leastAvailable), known), "step \(step)")
    }

    private func expectGoodEnd(_ world: inout RolloutWorld) {
        world.edit { $0.isPaused = false }
        let isAtRest = world.settle()
        #expect(isAtRest)
        let image = world.plan.newSet.map(RolloutWorld.image) ?? ""
        for set in world.sets {
            let isNew = RolloutWorld.image(of: set) == image
            #expect(set.replicas == (isNew ? world.deployment.replicas : 0))
            #expect(world.pods(of: set).count { $0.isActive } == Int(set.replicas))
        }
        let status = world.deployment.status
        let replicas = world.deployment.replicas
        #expect(
            [status.replicas, status.updatedReplicas, status.readyReplicas, status.availableReplicas]
                == [replicas, replicas, replicas, replicas])
        #expect(status.unavailableReplicas == 0)
        #expect(status.observedGeneration == world.deployment.metadata.generation)
        #expect(world.condition("Progressing")?.reason == "NewReplicaSetAvailable")
        #expect(world.condition("Available")?.status == "True")
        #expect(Set(world.sets.map(RolloutWorld.image)).count == world.sets.count)
        let revisions = world.sets.map(RevisionAnnotations.revision)
        #expect(Set(revisions).count == revisions.count)
        #expect(world.deployment.metadata.annotations[RevisionAnnotations.revision] == revisions.max().map { "\($0)" })
    }

    /// With pods that are seen as they are, the number of pods keeps the limit too, not only the sets' sizes.
    @Test(arguments: 200..<220 as Range<UInt64>) func thereAreNeverTooManyPods(_ seed: UInt64) {
        var world = Self.world(seed)
        for round in 0..<6 {
            world.edit { $0.template = Objects.template("image-\(round)") }
            for step in 0..<40 {
                world.reconcileDeployment()
                if let index = world.sets.indices.randomElement(using: &world.generator) {
                    world.reconcileSet(index)
                    world.observePods()
                }
                if let pod = world.pods.randomElement(using: &world.generator) { world.start(pod.metadata.uid) }
                world.observePods()
                #expect(world.active.count <= Int(world.limits.mostPods), "round \(round) step \(step)")
                #expect(world.available >= Int(world.limits.leastAvailable), "round \(round) step \(step)")
            }
        }
    }
}
