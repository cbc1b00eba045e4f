import JSONStream
import KubeAPI
import KubeClient

/// Writes one simulated node's objects.
struct NodeWriter: Sendable {
    let client: KubeClient
    let node: SimulatedNode
    let time: Timestamp

    private var leaseKey: ObjectKey { ObjectKey(namespace: "kube-node-lease", name: node.name) }

    func register() async throws(APIError) {
        do throws(APIError) {
            _ = try await client.create(Node.self, node.object.serialized())
        } catch {
            guard error.isAlreadyExists else { throw error }
        }
    }

    func report(_ old: Node) async throws(APIError) {
        try await client.patchStatus(old, node.status(old, time: time))
    }

    func renew(_ known: Lease?, owner: Node?) async throws(APIError) -> Lease {
        var old = known
        if old == nil { old = try await currentLease() }
        let body = node.lease(old, owner: owner, time: time).serialized()
        guard old != nil else {
            return try await client.create(Lease.self, namespace: leaseKey.namespace, body)
        }
        return try await client.update(Lease.self, leaseKey, body)
    }

    private func currentLease() async throws(APIError) -> Lease? {
        do throws(APIError) {
            return try await client.get(Lease.self, leaseKey)
        } catch {
            if error.isNotFound { return nil }
            throw error
        }
    }
}
