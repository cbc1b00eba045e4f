import JSONStream
import KubeAPI
import KubeClient

/// The garbage collector's requests to a real API server.
struct GarbageRequests: GarbageServer {
    let client: KubeClient
    let kinds: KindCatalog

    func resource(apiVersion: String, kind: String) async throws(APIError) -> APIResource? {
        try await kinds.resourceAskingIfUnknown(apiVersion: apiVersion, kind: kind)
    }

    func metadata(of resource: APIResource, _ key: ObjectKey) async throws(APIError) -> ObjectMeta? {
        let path = resource.path(namespace: key.namespace, name: key.name)
        var request = APIRequest(.get, path)
        request.accept = APIRequest.metadataAccept
        guard let body = try await sendIfPresent(request) else { return nil }
        guard let object = try? JSONReader.read(body, { try ObjectMetadata(reading: &$0) }) else {
            throw APIError(.invalidResponse("it has no metadata"), request: path)
        }
        return object.metadata
    }

    func delete(_ node: OwnerGraph.Node, _ options: DeleteOptions) async throws(APIError) {
        _ = try await sendIfPresent(APIRequest(.delete, path(of: node), body: options.body))
    }

    func removeFinalizer(_ finalizer: String, of node: OwnerGraph.Node) async throws(APIError) {
        guard let current = try await metadata(of: node.resource, node.key), current.uid == node.uid,
            current.finalizers.contains(finalizer)
        else { return }
        let rest = current.finalizers.filter { $0 != finalizer }.map(JSONValue.string)
        let patch = JSONValue.patch(["metadata": ["finalizers": .array(rest)]], of: current, atVersion: true)
        _ = try await sendIfPresent(.patch(path(of: node), .merge, patch.serialized()))
    }

    func removeReferences(_ owners: Set<String>, of node: OwnerGraph.Node) async throws(APIError) {
        let changes = owners.sorted().map { uid -> JSONValue in ["$patch": "delete", "uid": .string(uid)] }
        try await patchReferences(of: node, changes) { references in
            references.filter { !owners.contains($0["uid"]?.stringValue ?? "") }
        }
    }

    /// Its owners no longer wait for it.
    func unblockOwners(of node: OwnerGraph.Node, _ current: ObjectMeta) async throws(APIError) {
        let blocking = Set(current.ownerReferences.filter(\.blocksOwnerDeletion).map(\.uid))
        guard !blocking.isEmpty else { return }
        let changes = blocking.sorted().map { uid -> JSONValue in ["uid": .string(uid), "blockOwnerDeletion": false] }
        try await patchReferences(of: node, changes) { references in
            references.map { reference in
                var reference = reference
                if reference["blockOwnerDeletion"] != nil { reference["blockOwnerDeletion"] = false }
                return reference
            }
        }
    }

    /// - Parameters:
    ///   - changes: for a strategic merge patch.
    ///   - edit: the same change, for kinds that cannot take such a patch.
    private func patchReferences(
        of node: OwnerGraph.Node, _ changes: [JSONValue], _ edit: ([JSONValue]) -> [JSONValue]
    ) async throws(APIError) {
        let patch: JSONValue = [
            "metadata": ["uid": .string(node.uid), "ownerReferences": .array(changes)]
        ]
        do throws(APIError) {
            _ = try await sendIfPresent(.patch(path(of: node), .strategicMerge, patch.serialized()))
        } catch {
            guard error.statusCode == 415 else { throw error }
            try await replaceReferences(of: node, edit)
        }
    }

    private func replaceReferences(
        of node: OwnerGraph.Node, _ edit: ([JSONValue]) -> [JSONValue]
    ) async throws(APIError) {
        guard let body = try await sendIfPresent(APIRequest(.get, path(of: node))),
            let metadata = (try? JSONValue(parsing: body))?["metadata"]
        else { return }
        let patch: JSONValue = [
            "metadata": [
                "uid": .string(node.uid), "resourceVersion": metadata["resourceVersion"] ?? "",
                "ownerReferences": .array(edit(metadata["ownerReferences"]?.arrayValue ?? [])),
            ]
        ]
        _ = try await sendIfPresent(.patch(path(of: node), .merge, patch.serialized()))
    }

    private func path(of node: OwnerGraph.Node) -> String {
        node.resource.path(namespace: node.key.namespace, name: node.key.name)
    }

    /// Nil if the object is gone.
    private func sendIfPresent(_ request: APIRequest) async throws(APIError) -> [UInt8]? {
        do throws(APIError) {
            return try await client.send(request)
        } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
    }
}
