import JSONStream
import KubeAPI
import KubeClient

extension ControllerWorld {
    /// Says of all pods that they are ready. Returns them.
    @discardableResult
    func startPods() async throws -> [Pod] {
        let pods = try await client.list(Pod.self).items
        for pod in pods where pod.isActive && !pod.isReady { try await start(pod) }
        return pods
    }

    private func start(_ pod: Pod) async throws(APIError) {
        let patch: JSONValue = [
            "metadata": ["uid": .string(pod.metadata.uid)],
            "status": [
                "phase": "Running",
                "conditions": [
                    ["type": "Ready", "status": "True", "lastTransitionTime": .string(Timestamp.now().text())]
                ],
            ],
        ]
        do throws(APIError) {
            let _: Pod = try await client.patch(
                Pod.self, pod.metadata.key, subresource: "status", .merge, patch.serialized())
        } catch {
            // It went meanwhile.
            guard error.isNotFound || error.isConflict else { throw error }
        }
    }

    /// Starts pods until something holds. Returns whether it came to hold within the time.
    func wait(_ limit: Duration = .seconds(60), until isTrue: @Sendable () async throws -> Bool) async throws -> Bool {
        let end = ContinuousClock.now + limit
        repeat {
            try await startPods()
            if try await isTrue() { return true }
            try await Task.sleep(for: .milliseconds(20))
        } while ContinuousClock.now < end
        return false
    }

    func createDeployment(_ name: String, replicas: Int, image: String) async throws {
        let labels: JSONValue = ["app": .string(name)]
        let body: JSONValue = [
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": ["name": .string(name), "namespace": "default"],
            "spec": [
                "replicas": .integer(Int64(replicas)), "selector": ["matchLabels": labels],
                "template": [
                    "metadata": ["labels": labels],
                    "spec": ["containers": [["name": "main", "image": .string(image)]]],
                ],
            ],
        ]
        let _: Deployment = try await client.create(Deployment.self, namespace: "default", body.serialized())
    }

    @discardableResult
    func edit(_ deployment: String, _ spec: JSONValue) async throws -> Deployment {
        let patch: JSONValue = ["spec": spec]
        return try await client.patch(
            Deployment.self, ObjectKey(namespace: "default", name: deployment), .strategicMerge, patch.serialized())
    }

    func setImage(_ image: String, of deployment: String) async throws {
        try await edit(
            deployment, ["template": ["spec": ["containers": [["name": "main", "image": .string(image)]]]]])
    }
}
