import JSONStream
import KubeAPI
import KubeClient

/// What is written into the status of a pod that is made to go.
enum PodDisruption {
    static func condition(_ reason: String, _ message: String, _ time: Timestamp) -> Condition {
        var condition = Condition("DisruptionTarget", "True", reason: reason, message: message)
        condition.lastTransitionTime = time.text()
        return condition
    }

    static func patch(_ pod: Pod, _ status: JSONValue, _ client: KubeClient) async throws(APIError) {
        let body: JSONValue = ["metadata": ["uid": .string(pod.metadata.uid)], "status": status]
        _ = try await client.patch(
            Pod.self, pod.metadata.key, subresource: "status", .strategicMerge, body.serialized())
    }
}
