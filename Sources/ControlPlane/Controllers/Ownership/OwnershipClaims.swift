import JSONStream
import KubeAPI
import KubeClient

/// Carries out an ``OwnershipPlan``.
struct OwnershipClaims: Sendable {
    let client: KubeClient

    /// Returns what belongs to the owner from now on.
    func claim<Owner: APIObject, Object: APIObject>(
        _ candidates: [Object], for owner: Owner, selector: LabelSelector
    ) async throws(APIError) -> [Object] {
        let plan = OwnershipPlan(owner: owner.metadata, selector: selector, candidates: candidates)
        for object in plan.toRelease { try await release(object, from: owner.metadata) }
        guard !plan.toAdopt.isEmpty, try await isAlive(owner) else { return plan.kept }
        var claimed = plan.kept
        for object in plan.toAdopt {
            if let adopted = try await adopt(object, by: owner) { claimed.append(adopted) }
        }
        return claimed
    }

    /// The cache may not know yet that the owner is going: nothing may be adopted then.
    private func isAlive<Owner: APIObject>(_ owner: Owner) async throws(APIError) -> Bool {
        guard let current = try await client.getIfPresent(Owner.self, owner.metadata.key) else { return false }
        return current.metadata.uid == owner.metadata.uid && !current.metadata.isBeingDeleted
    }

    /// Nil if the object is gone.
    private func adopt<Owner: APIObject, Object: APIObject>(
        _ object: Object, by owner: Owner
    ) async throws(APIError) -> Object? {
        let reference = OwnerReference(controller: owner)
        let body: JSONValue = [
            "metadata": ["ownerReferences": [reference.json], "uid": .string(object.metadata.uid)]
        ]
        do throws(APIError) {
            return try await client.patch(
                Object.self, object.metadata.key, .strategicMerge, body.serialized())
        } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
    }

    private func release<Object: APIObject>(_ object: Object, from owner: ObjectMeta) async throws(APIError) {
        let body: JSONValue = [
            "metadata": [
                "ownerReferences": [["$patch": "delete", "uid": .string(owner.uid)]],
                "uid": .string(object.metadata.uid),
            ]
        ]
        do throws(APIError) {
            let _: Object = try await client.patch(
                Object.self, object.metadata.key, .strategicMerge, body.serialized())
        } catch {
            // Gone, or released by somebody else.
            guard error.isNotFound || error.statusCode == 422 else { throw error }
        }
    }
}

extension KubeClient {
    /// Nil if there is no such object.
    func getIfPresent<Object: APIObject>(_ type: Object.Type, _ key: ObjectKey) async throws(APIError) -> Object? {
        do throws(APIError) {
            return try await get(type, key)
        } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
    }
}
