import APIObjects
import APIResources
import APISecurity
import Hummingbird
import JSONStream
import KubeAPI
import NIOCore

/// The oldest way to ask how a cluster does. What is told is what is known here: the store, and the programs that hold
/// a Lease.
extension APIHandler {
    func componentStatus(
        _ target: RequestTarget.Resource, _ request: APIRequest, _ user: UserInfo, _ channel: any Channel
    ) throws -> Response {
        guard request.method == .get, target.subresource.isEmpty else { throw StatusError.methodNotAllowed }
        guard let representation = Representation.negotiate(request.accept) else { throw StatusError.notAcceptable }
        let call = Call(
            target: target, request: request, representation: representation, user: user, channel: channel)
        let filter = try ListFilter(call)
        let programs = [("controller-manager", "kube-controller-manager"), ("scheduler", "kube-scheduler")]
        let known = programs.filter { lease($0.1) != nil }.map { name, lease in
            Self.component(name, isHealthy: self.lease(lease).map { Unattended.isHeld($0, .now()) } ?? false)
        }
        let statuses = known + [Self.component("etcd-0", isHealthy: true)]
        if target.name.isEmpty {
            let shown = statuses.filter { filter.matches(name: $0["metadata"]?.text("name") ?? "") }
            return try list(shown, call, metadata: ["resourceVersion": .string(String(cache.revision))])
        }
        guard let found = statuses.first(where: { $0["metadata"]?.text("name") == target.name }) else {
            throw StatusError.notFound(target.definition, target.name)
        }
        let shaped =
            representation.shape == .table
            ? Shapes.table([found], target.definition, includeObject: try call.includeObject(), metadata: [:]) : found
        return Self.answer(representation.versioned(shaped), representation)
    }

    private func lease(_ name: String) -> JSONValue? {
        let leases = ResourceDefinition.leases
        return try? cache.get(leases, key: leases.key(namespace: "kube-system", name: name))?.decoded()
    }

    private static func component(_ name: String, isHealthy: Bool) -> JSONValue {
        [
            "kind": "ComponentStatus", "apiVersion": "v1", "metadata": ["name": .string(name)],
            "conditions": [
                [
                    "type": "Healthy", "status": isHealthy ? "True" : "False",
                    "message": isHealthy ? "ok" : "its lease has run out",
                ]
            ],
        ]
    }
}
