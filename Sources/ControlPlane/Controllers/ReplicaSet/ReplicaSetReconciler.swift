import JSONStream
import KubeAPI
import KubeClient

/// Carries out what ``ReplicaSetPlan`` says.
struct ReplicaSetReconciler: Sendable {
    let context: ControllerContext
    let sets: InformerCache<ReplicaSet>
    let pods: InformerCache<Pod>
    let expectations: Expectations<ObjectKey>

    func reconcile(_ key: ObjectKey) async throws -> Controller<ObjectKey>.Result {
        guard let set = sets[key] else {
            expectations.forget(key)
            return .done
        }
        // Asked before the pods are looked at: they may only be newer than the answer.
        let mayAct = expectations.isSatisfied(key)
        let candidates = pods.candidates(for: set.metadata)
        let claimed = try await OwnershipClaims(client: context.client).claim(
            candidates.filter(\.isActive), for: set, selector: set.selector)
        let terminating = candidates.count { pod in
            !pod.isFinished && pod.metadata.isBeingDeleted && pod.metadata.controller?.uid == set.metadata.uid
                && set.selector.matches(pod.metadata.labels)
        }
        let plan = ReplicaSetPlan(set: set, pods: claimed, terminating: terminating, now: context.time())
        var failure: APIError?
        if mayAct { failure = await carryOut(plan.action(related: related(to: set)), set) }
        try await write(plan.status(after: failure.map { ReplicaSetPlan.Failure(message: "\($0)") }), set)
        if let failure { throw failure }
        return plan.nextAvailability.map { .again(after: max($0, .zero)) } ?? .done
    }

    /// The pods of all sets with the same controller.
    private func related(to set: ReplicaSet) -> [Pod] {
        guard let controller = set.metadata.controller else { return [] }
        return sets.managed(by: controller.uid).flatMap { pods.managed(by: $0.metadata.uid) }
    }

    private func write(_ status: ReplicaSet.Status, _ set: ReplicaSet) async throws(APIError) {
        guard status != set.status else { return }
        let patch = JSONValue.patch(["status": status.json], of: set.metadata)
        do throws(APIError) {
            let _: ReplicaSet = try await context.client.patch(
                ReplicaSet.self, set.metadata.key, subresource: "status", .merge, patch.serialized())
        } catch {
            guard error.isNotFound else { throw error }
        }
    }

    // MARK: Pods

    private func carryOut(_ action: ReplicaSetPlan.Action, _ set: ReplicaSet) async -> APIError? {
        switch action {
        case .none: nil
        case .create(let count): await create(count, set)
        case .delete(let surplus): await delete(surplus, set)
        }
    }

    /// In batches that double: what fails for one pod mostly fails for all.
    private func create(_ count: Int, _ set: ReplicaSet) async -> APIError? {
        let key = set.metadata.key
        let body = PodTemplate(set.template).pod(for: set).serialized()
        expectations.expect(key, creations: count)
        var (remaining, batch) = (count, 1)
        while remaining > 0 {
            let size = min(batch, remaining)
            let failures = await inParallel(Array(repeating: body, count: size)) { await createOne($0, set) }
            remaining -= size
            batch *= 2
            guard failures.isEmpty else {
                // What was not tried will not be seen.
                for _ in 0..<remaining + failures.count { expectations.creationObserved(key) }
                return failures.first { !$0.isNamespaceTerminating }
            }
        }
        return nil
    }

    private func createOne(_ body: [UInt8], _ set: ReplicaSet) async -> APIError? {
        do throws(APIError) {
            let pod = try await context.client.create(Pod.self, namespace: set.metadata.namespace, body)
            tell(.normal, "SuccessfulCreate", "Create", "Created pod: \(pod.metadata.name)", set)
            return nil
        } catch {
            if !error.isNamespaceTerminating {
                tell(.warning, "FailedCreate", "Create", "Error creating: \(error)", set)
            }
            return error
        }
    }

    private func delete(_ surplus: [Pod], _ set: ReplicaSet) async -> APIError? {
        expectations.expect(set.metadata.key, deletions: Set(surplus.map(\.metadata.uid)))
        return await inParallel(surplus) { await deleteOne($0, set) }.first
    }

    private func deleteOne(_ pod: Pod, _ set: ReplicaSet) async -> APIError? {
        do throws(APIError) {
            try await context.client.delete(Pod.self, pod.metadata.key, DeleteOptions(uid: pod.metadata.uid))
            tell(.normal, "SuccessfulDelete", "Delete", "Deleted pod: \(pod.metadata.name)", set)
            return nil
        } catch {
            expectations.deletionObserved(set.metadata.key, uid: pod.metadata.uid)
            // Gone, or another pod has its name: what was wanted.
            if error.isNotFound || error.isConflict { return nil }
            tell(.warning, "FailedDelete", "Delete", "Error deleting: \(error)", set)
            return error
        }
    }

    /// Returns the failures. Not too many requests are under way at a time.
    private func inParallel<Item: Sendable>(
        _ items: [Item], _ body: @escaping @Sendable (Item) async -> APIError?
    ) async -> [APIError] {
        await withTaskGroup(of: APIError?.self) { group in
            var failures: [APIError] = []
            for (index, item) in items.enumerated() {
                if index >= 32, let failure = await group.next() ?? nil { failures.append(failure) }
                group.addTask { await body(item) }
            }
            for await failure in group { if let failure { failures.append(failure) } }
            return failures
        }
    }

    private func tell(
        _ type: KubeEvent.EventType, _ reason: String, _ action: String, _ note: String, _ set: ReplicaSet
    ) {
        context.record(KubeEvent(type, reason: reason, action: action, note: note, regarding: .init(set)))
    }
}
