public import JSONStream
public import KubeAPI

extension KubeClient {
    /// Merges into the status of this object, and not of a later one with the same name. Lists merge as their kind
    /// defines.
    public func patchStatus<Object: APIObject>(_ object: Object, _ status: JSONValue) async throws(APIError) {
        let body: JSONValue = ["metadata": ["uid": .string(object.metadata.uid)], "status": status]
        _ = try await patch(
            Object.self, object.metadata.key, subresource: "status", .strategicMerge, body.serialized())
    }
}
