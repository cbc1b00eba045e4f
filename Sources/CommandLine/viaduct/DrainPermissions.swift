import JSONStream
import KubeClient
import Logging

/// What the proxy of `viaduct up` may do besides kube-proxy's default role: see which pods are drained, and what labels they
/// have, and say in their status and in nodes' how far a drain is.
enum DrainPermissions {
    private static let name = "viaduct:drain"
    private static let group = "/apis/rbac.authorization.k8s.io/v1/"

    /// Applies a ClusterRole and its binding. A failure is logged: without them only addresses can be drained.
    static func grant(to user: String, _ client: KubeClient, _ logger: Logger) async {
        let objects: [(String, JSONValue)] = [("clusterroles", role), ("clusterrolebindings", binding(user))]
        do throws(APIError) {
            for (resource, object) in objects {
                var request = APIRequest.patch("\(group)\(resource)/\(name)", .apply, object.serialized())
                request.query = [.init("fieldManager", "viaduct-up"), .init("force", "true")]
                _ = try await client.send(request)
            }
        } catch {
            logger.warning(
                "pods and nodes cannot be drained, nor weighed by labels", metadata: ["error": "\(error)"])
        }
    }

    private static let role: JSONValue = [
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": ["name": .string(name)],
        "rules": [
            ["apiGroups": [""], "resources": ["pods"], "verbs": ["list", "watch"]],
            ["apiGroups": [""], "resources": ["pods/status", "nodes/status"], "verbs": ["patch"]],
        ],
    ]

    private static func binding(_ user: String) -> JSONValue {
        [
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
            "metadata": ["name": .string(name)],
            "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": .string(name)],
            "subjects": [["apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": .string(user)]],
        ]
    }
}
