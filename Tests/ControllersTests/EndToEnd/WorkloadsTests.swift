import JSONStream
import KubeAPI
import KubeClient
import Testing

@testable import Controllers

/// The controllers against a real API server, in process.
@Suite(.serialized) struct WorkloadsTests {
    private static func all(_ context: ControllerContext) -> [any ManagedController] {
        [
            ReplicaSetController(context), DeploymentController(context), GarbageCollector(context),
            DisruptionController(context),
        ]
    }

    private static func rollouts(_ context: ControllerContext) -> [any ManagedController] {
        [ReplicaSetController(context), DeploymentController(context)]
    }

    /// What `kubectl rollout status` waits for.
    static func isRolledOut(_ deployment: Deployment) -> Bool {
        let status = deployment.status
        return status.observedGeneration >= deployment.metadata.generation
            && status.updatedReplicas == deployment.replicas && status.replicas == deployment.replicas
            && status.availableReplicas == deployment.replicas
    }

    /// Whether each Deployment has the pods that it wants, of its template alone, and each ReplicaSet exactly its own.
    static func isSettled(_ world: ControllerWorld) async throws -> Bool {
        let deployments = try await world.client.list(Deployment.self).items
        let sets = try await world.client.list(ReplicaSet.self).items
        let pods = try await world.client.list(Pod.self).items
        guard deployments.allSatisfy(isRolledOut) else { return false }
        for set in sets {
            let own = pods.count { $0.metadata.controller?.uid == set.metadata.uid && $0.isActive }
            guard own == Int(set.replicas), set.status.replicas == set.replicas,
                set.status.observedGeneration == set.metadata.generation
            else { return false }
        }
        for deployment in deployments {
            let own = sets.filter { $0.metadata.controller?.uid == deployment.metadata.uid && $0.replicas > 0 }
            let template = PodTemplate(deployment.template)
            guard own.allSatisfy({ PodTemplate($0.template).makesSamePods(as: template) }),
                own.reduce(0, { $0 + $1.replicas }) == deployment.replicas, own.count < 2
            else { return false }
        }
        return pods.allSatisfy { pod in sets.contains { $0.metadata.uid == pod.metadata.controller?.uid } }
    }

    private static func expectSettled(_ world: ControllerWorld) async throws {
        let isReached = try await world.wait { try await isSettled(world) }
        #expect(isReached)
    }

    @Test(.timeLimit(.minutes(30))) func rollsOutScalesAndCleansUp() async throws {
        try await ControllerWorld.with { world in
            try await world.createDeployment("web", replicas: 3, image: "a")
            try await world.run(Self.all) {
                try await Self.expectSettled(world)
                let key = ObjectKey(namespace: "default", name: "web")
                let first = try await world.client.get(Deployment.self, key)
                #expect(first.metadata.annotations[RevisionAnnotations.revision] == "1")
                try await world.setImage("b", of: "web")
                try await Self.expectSettled(world)
                try await world.edit("web", ["replicas": 5])
                try await Self.expectSettled(world)
                // Back to what was, as `kubectl rollout undo` does it.
                try await world.setImage("a", of: "web")
                try await Self.expectSettled(world)
                let last = try await world.client.get(Deployment.self, key)
                #expect(last.metadata.annotations[RevisionAnnotations.revision] == "3")
                // 3, 3 for the new template, 2 more, 5 for the old template; none that had to go again.
                #expect(world.events.reasons.count { $0 == "SuccessfulCreate" } == 13)
                #expect(world.events.reasons.count { $0 == "SuccessfulDelete" } == 8)
                #expect(world.events.reasons.count { $0 == "FailedCreate" } == 0)
                #expect(try await world.client.list(ReplicaSet.self).items.count == 2)
                try await world.client.delete(Deployment.self, key)
                let isClean = try await world.wait {
                    let sets = try await world.client.list(ReplicaSet.self).items
                    let pods = try await world.client.list(Pod.self).items
                    return sets.isEmpty && pods.isEmpty
                }
                #expect(isClean)
            }
        }
    }

    @Test(.timeLimit(.minutes(30)), arguments: [DeleteOptions.PropagationPolicy.foreground, .orphan])
    func propagates(_ policy: DeleteOptions.PropagationPolicy) async throws {
        try await ControllerWorld.with { world in
            try await world.createDeployment("web", replicas: 2, image: "a")
            try await world.run(Self.all) {
                try await Self.expectSettled(world)
                let key = ObjectKey(namespace: "default", name: "web")
                try await world.client.delete(
                    Deployment.self, key, DeleteOptions(propagationPolicy: policy))
                let isGone = try await world.wait {
                    try await world.client.list(Deployment.self).items.isEmpty
                }
                #expect(isGone)
                // In the foreground all below is gone before; orphans stay, and their pods with them.
                let sets = try await world.client.list(ReplicaSet.self).items
                #expect(sets.count == (policy == .orphan ? 1 : 0))
                #expect(sets.allSatisfy { $0.metadata.ownerReferences.isEmpty })
                #expect(try await world.client.list(Pod.self).items.count == (policy == .orphan ? 2 : 0))
            }
        }
    }

    @Test(.timeLimit(.minutes(30))) func adoptsAndReleases() async throws {
        try await ControllerWorld.with { world in
            try await world.createDeployment("web", replicas: 2, image: "a")
            try await world.run(Self.rollouts) {
                try await Self.expectSettled(world)
                let pods = try await world.client.list(Pod.self).items
                let strayed = try #require(pods.first)
                let away: JSONValue = ["metadata": ["labels": ["app": "other"]]]
                let _: Pod = try await world.client.patch(
                    Pod.self, strayed.metadata.key, .merge, away.serialized())
                let isReplaced = try await world.wait {
                    let all = try await world.client.list(Pod.self).items
                    return all.count == 3 && all.count { $0.metadata.controller == nil } == 1
                }
                #expect(isReplaced)
                let back: JSONValue = ["metadata": ["labels": ["app": "web"]]]
                let _: Pod = try await world.client.patch(
                    Pod.self, strayed.metadata.key, .merge, back.serialized())
                let isAdopted = try await world.wait {
                    let all = try await world.client.list(Pod.self).items
                    return all.count == 2 && all.allSatisfy { $0.metadata.controller != nil }
                }
                #expect(isAdopted)
            }
        }
    }

    @Test(.timeLimit(.minutes(30))) func budgetsFollowTheirPods() async throws {
        try await ControllerWorld.with { world in
            try await world.createDeployment("web", replicas: 4, image: "a")
            let body: JSONValue = [
                "apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
                "metadata": ["name": "web", "namespace": "default"],
                "spec": ["maxUnavailable": "25%", "selector": ["matchLabels": ["app": "web"]]],
            ]
            let _: PodDisruptionBudget = try await world.client.create(
                PodDisruptionBudget.self, namespace: "default", body.serialized())
            try await world.run(Self.all) {
                let key = ObjectKey(namespace: "default", name: "web")
                let isCounted = try await world.wait {
                    let status = try await world.client.get(PodDisruptionBudget.self, key).status
                    return status.expectedPods == 4 && status.desiredHealthy == 3 && status.disruptionsAllowed == 1
                }
                #expect(isCounted)
                let pod = try #require(try await world.client.list(Pod.self).items.first)
                let eviction: JSONValue = [
                    "apiVersion": "policy/v1", "kind": "Eviction",
                    "metadata": ["name": .string(pod.metadata.name), "namespace": "default"],
                ]
                _ = try await world.client.send(
                    APIRequest(
                        .post, KubeClient.path(Pod.self, pod.metadata.key) + "/eviction", body: eviction.serialized()))
                let isReplaced = try await world.wait {
                    let status = try await world.client.get(PodDisruptionBudget.self, key).status
                    return status.disruptionsAllowed == 1 && status.disruptedPods.isEmpty
                        && status.currentHealthy == 4
                }
                #expect(isReplaced)
            }
        }
    }
}
