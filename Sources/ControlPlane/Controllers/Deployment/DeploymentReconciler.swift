import JSONStream
import KubeAPI
import KubeClient

/// Carries out what ``DeploymentPlan`` says.
struct DeploymentReconciler: Sendable {
    let context: ControllerContext
    let deployments: InformerCache<Deployment>
    let sets: InformerCache<ReplicaSet>
    let pods: InformerCache<Pod>

    private enum Step {
        case goOn
        /// Somebody else's turn; a change will be seen.
        case stop
    }

    func reconcile(_ key: ObjectKey) async throws -> Controller<ObjectKey>.Result {
        guard let deployment = deployments[key] else { return .done }
        guard !deployment.selector.isEmpty else {
            tell(
                .warning, "SelectingAll", "Select",
                "This deployment is selecting all pods. A non-empty selector is required.", deployment)
            return .done
        }
        let claimed = try await OwnershipClaims(client: context.client).claim(
            sets.candidates(for: deployment.metadata), for: deployment, selector: deployment.selector)
        let plan = DeploymentPlan(deployment, sets: claimed, now: context.time()) { uid in
            pods.managed(by: uid).contains { !$0.isFinished }
        }
        for action in plan.actions {
            guard try await carryOut(action, plan) == .goOn else { return .done }
        }
        if plan.needsStatusWrite { try await write(plan.status, revision: plan.revision, deployment) }
        return plan.nextCheck.map { .again(after: $0) } ?? .done
    }

    private func carryOut(_ action: DeploymentPlan.Action, _ plan: DeploymentPlan) async throws(APIError) -> Step {
        switch action {
        case .create(let set):
            return try await create(set, plan)
        case .update(let set, let old):
            let patch = ReplicaSetPatch(set, from: old)
            let _: ReplicaSet = try await context.client.patch(
                ReplicaSet.self, old.metadata.key, .merge, patch.json.serialized())
            if set.replicas != old.replicas { tellScaled(set, from: old.replicas, plan.deployment) }
            return .goOn
        case .delete(let set):
            do throws(APIError) {
                try await context.client.delete(
                    ReplicaSet.self, set.metadata.key, DeleteOptions(uid: set.metadata.uid))
            } catch {
                guard error.isNotFound else { throw error }
            }
            return .goOn
        }
    }

    private func write(
        _ status: Deployment.Status, revision: String, _ deployment: Deployment
    ) async throws(APIError) {
        var fields: JSONValue = ["status": status.json]
        if !revision.isEmpty {
            fields["metadata"] = ["annotations": [RevisionAnnotations.revision: .string(revision)]]
        }
        let patch = JSONValue.patch(fields, of: deployment.metadata, atVersion: true)
        let _: Deployment = try await context.client.patch(
            Deployment.self, deployment.metadata.key, subresource: "status", .merge, patch.serialized())
    }

    // MARK: Creation

    private func create(_ set: ReplicaSet, _ plan: DeploymentPlan) async throws(APIError) -> Step {
        do throws(APIError) {
            let _: ReplicaSet = try await context.client.create(
                ReplicaSet.self, namespace: set.metadata.namespace, ReplicaSetPatch.creation(of: set).serialized())
        } catch {
            if error.isAlreadyExists {
                try await collide(set, plan, error)
                return .stop
            }
            if error.isNamespaceTerminating { return .stop }
            try await report(error, set, plan)
            throw error
        }
        if set.replicas > 0 { tellScaled(set, from: 0, plan.deployment) }
        return .goOn
    }

    /// The name is taken: by the set itself, which the cache does not show yet, or by another one. Then the next name
    /// will be different.
    private func collide(
        _ set: ReplicaSet, _ plan: DeploymentPlan, _ collision: APIError
    ) async throws(APIError) {
        guard let present = try await context.client.getIfPresent(ReplicaSet.self, set.metadata.key) else {
            // It has gone meanwhile, which nobody may tell: once more.
            throw collision
        }
        let isOwn =
            present.metadata.controller?.uid == plan.deployment.metadata.uid
            && PodTemplate(present.template).makesSamePods(as: PodTemplate(set.template))
        guard !isOwn else { return }
        var status = plan.deployment.status
        status.collisionCount = (status.collisionCount ?? 0) +| 1
        try await write(status, revision: "", plan.deployment)
    }

    private func report(_ error: APIError, _ set: ReplicaSet, _ plan: DeploymentPlan) async throws(APIError) {
        tell(
            .warning, "ReplicaSetCreateError", "Create",
            "Failed to create new replica set \"\(set.metadata.name)\": \(error)", plan.deployment)
        guard let conditions = plan.progress.afterFailedCreation(of: set.metadata.name, "\(error)") else { return }
        var status = plan.deployment.status
        status.conditions = conditions
        if status != plan.deployment.status { try await write(status, revision: "", plan.deployment) }
    }

    // MARK: Events

    private func tellScaled(_ set: ReplicaSet, from old: Int32, _ deployment: Deployment) {
        let direction = set.replicas > old ? "up" : "down"
        tell(
            .normal, "ScalingReplicaSet", "Scale",
            "Scaled \(direction) replica set \(set.metadata.name) from \(old) to \(set.replicas)", deployment)
    }

    private func tell(
        _ type: KubeEvent.EventType, _ reason: String, _ action: String, _ note: String, _ deployment: Deployment
    ) {
        context.record(KubeEvent(type, reason: reason, action: action, note: note, regarding: .init(deployment)))
    }
}
