import JSONStream
import KubeAPI

/// The Lease by which others see that a node is alive. A renewal names the known version: API servers reject an update
/// of a Lease without one.
struct NodeLease: Sendable {
    static let namespace = "kube-node-lease"

    private let key: ObjectKey
    private let duration: Duration
    private var known: Lease?

    /// - Parameter duration: how long others shall wait for a renewal.
    init(_ node: String, duration: Duration) {
        key = ObjectKey(namespace: Self.namespace, name: node)
        self.duration = duration
    }

    /// Renews the Lease, or makes it. If it is another one than was known, it is read and renewed at once.
    mutating func renew(_ client: KubeClient, owner: Node, time: Timestamp) async throws(APIError) {
        do throws(APIError) {
            return try await write(client, owner, time)
        } catch {
            known = nil
            guard error.isConflict || error.isNotFound || error.isAlreadyExists else { throw error }
        }
        try await write(client, owner, time)
    }

    private mutating func write(_ client: KubeClient, _ owner: Node, _ time: Timestamp) async throws(APIError) {
        if known == nil { known = try await present(client) }
        let body = json(owner, time).serialized()
        known =
            known == nil
            ? try await client.create(Lease.self, namespace: key.namespace, body)
            : try await client.update(Lease.self, key, body)
    }

    private func present(_ client: KubeClient) async throws(APIError) -> Lease? {
        do throws(APIError) {
            return try await client.get(Lease.self, key)
        } catch {
            if error.isNotFound { return nil }
            throw error
        }
    }

    private func json(_ owner: Node, _ time: Timestamp) -> JSONValue {
        var lease = known ?? Lease(metadata: ObjectMeta(name: key.name, namespace: key.namespace))
        lease.holder = key.name
        lease.duration = Int32(clamping: duration.components.seconds)
        lease.renewTime = time.text(microseconds: true)
        var reference = OwnerReference()
        reference.apiVersion = Node.apiVersion
        reference.kind = Node.kind
        reference.name = owner.metadata.name
        reference.uid = owner.metadata.uid
        var json = lease.json
        json["metadata"]?["ownerReferences"] = [reference.json]
        return json
    }
}
