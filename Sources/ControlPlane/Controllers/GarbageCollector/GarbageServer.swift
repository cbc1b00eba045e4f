import KubeAPI
import KubeClient

/// What the garbage collector asks of the API server, for objects of any kind. What is gone already is no error.
protocol GarbageServer: Sendable {
    /// Nil if the server has no such kind.
    func resource(apiVersion: String, kind: String) async throws(APIError) -> APIResource?

    /// The object of this name as it is now; nil if there is none.
    func metadata(of resource: APIResource, _ key: ObjectKey) async throws(APIError) -> ObjectMeta?

    func delete(_ node: OwnerGraph.Node, _ options: DeleteOptions) async throws(APIError)

    func removeFinalizer(_ finalizer: String, of node: OwnerGraph.Node) async throws(APIError)

    /// - Parameter owners: the uids that it shall no longer refer to.
    func removeReferences(_ owners: Set<String>, of node: OwnerGraph.Node) async throws(APIError)

    /// The object's owners shall no longer wait for it.
    func unblockOwners(of node: OwnerGraph.Node, _ current: ObjectMeta) async throws(APIError)
}
