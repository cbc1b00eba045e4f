import JSONStream
import KubeAPI
import KubeClient

extension ControllerWorld {
    /// Plays the kubelet: all pods become ready, and those that are deleted end. Returns them.
    @discardableResult
    func startPods() async throws -> [Pod] {
        let pods = try await client.list(Pod.self).items
        for pod in pods where pod.isActive && !pod.isReady { try await start(pod) }
        for pod in pods where pod.metadata.isBeingDeleted { try await end(pod) }
        return pods
    }

    /// On the node `node1`, with an address of its own.
    private func start(_ pod: Pod) async throws {
        if pod.spec.nodeName.isEmpty {
            let binding: JSONValue = [
                "apiVersion": "v1", "kind": "Binding", "metadata": ["name": .string(pod.metadata.name)],
                "target": ["apiVersion": "v1", "kind": "Node", "name": "node1"],
            ]
            do throws(APIError) {
                try await client.create(Pod.self, pod.metadata.key, subresource: "binding", binding.serialized())
            } catch {
                guard error.isNotFound || error.isConflict else { throw error }
            }
        }
        try await report(pod)
    }

    private func end(_ pod: Pod) async throws(APIError) {
        do throws(APIError) {
            try await client.delete(
                Pod.self, pod.metadata.key, DeleteOptions(gracePeriod: 0, uid: pod.metadata.uid))
        } catch {
            guard error.isNotFound || error.isConflict else { throw error }
        }
    }

    private func report(_ pod: Pod) async throws(APIError) {
        let address = nextAddress()
        let patch: JSONValue = [
            "metadata": ["uid": .string(pod.metadata.uid)],
            "status": [
                "phase": "Running", "podIP": .string(address), "podIPs": [["ip": .string(address)]],
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
    func wait(_ limit: Duration = .seconds(600), until isTrue: @Sendable () async throws -> Bool) async throws -> Bool {
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
