import JSONStream
import KubeAPI
import KubeClient

/// Finds how many pods the object that manages a pod keeps.
struct ScaleFinder: Sendable {
    struct Problem: Error, CustomStringConvertible {
        var description: String
    }

    let client: KubeClient
    let sets: InformerCache<ReplicaSet>
    let deployments: InformerCache<Deployment>
    let kinds: KindCatalog

    /// The scales of all that manage the pods, by the uid of the pods' controller.
    func scales(of pods: [Pod]) async throws -> [String: DisruptionPlan.Scale] {
        var found: [String: DisruptionPlan.Scale] = [:]
        for pod in pods {
            guard let reference = pod.metadata.controller, found[reference.uid] == nil else { continue }
            found[reference.uid] = try await scale(of: reference, pod.metadata)
        }
        return found
    }

    private func scale(of reference: OwnerReference, _ pod: ObjectMeta) async throws -> DisruptionPlan.Scale {
        if let set = sets.owner(of: pod), APIResource.group(of: reference.apiVersion) == "apps" {
            if let deployment = deployments.owner(of: set.metadata) {
                return DisruptionPlan.Scale(uid: deployment.metadata.uid, replicas: deployment.replicas)
            }
            if set.metadata.controller == nil {
                return DisruptionPlan.Scale(uid: set.metadata.uid, replicas: set.replicas)
            }
        }
        let resource = try await kinds.resourceAskingIfUnknown(
            apiVersion: reference.apiVersion, kind: reference.kind)
        guard let resource, resource.subresources.contains("scale") else {
            throw Problem(
                description: "\(reference.kind) of \(reference.apiVersion) does not implement the scale subresource")
        }
        guard let scale = try await read(resource, namespace: pod.namespace, reference) else {
            throw Problem(description: "found no controllers for pod \"\(pod.name)\"")
        }
        return scale
    }

    /// Nil if there is no such object.
    private func read(
        _ resource: APIResource, namespace: String, _ reference: OwnerReference
    ) async throws(APIError) -> DisruptionPlan.Scale? {
        let path = resource.path(namespace: namespace, name: reference.name) + "/scale"
        let body: [UInt8]
        do throws(APIError) {
            body = try await client.send(APIRequest(.get, path))
        } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
        guard let scale = try? JSONValue(parsing: body), scale["metadata"]?["uid"]?.stringValue == reference.uid else {
            return nil
        }
        let replicas = scale["spec"]?["replicas"]?.integerValue ?? 0
        return DisruptionPlan.Scale(uid: reference.uid, replicas: Int32(clamping: replicas))
    }
}
