import APIPods

/// What a node may do (`--authorization-mode Node`): the role system:node, as far as it concerns the node itself, the pods
/// bound to it, and what those refer to.
///
/// Upstream divides this between its Node authorizer and the admission plugin NodeRestriction. What of the latter looks into
/// bodies (labels that a node gives itself, the node that a mirror pod names) is not there.
struct NodeAuthorizer: Sendable {
    static let userPrefix = "system:node:"
    static let group = "system:nodes"
    private static let role = RBACIndex.Name(namespace: "", name: "system:node")

    let rbac: RBACIndex
    let references: NodeReferences

    func authorize(_ request: RequestAttributes, _ user: UserInfo) -> AuthorizationDecision {
        guard user.name.hasPrefix(Self.userPrefix), user.groups.contains(Self.group), request.isResource else {
            return .denied()
        }
        let node = String(user.name.dropFirst(Self.userPrefix.count))
        // Beyond upstream's role: a host that leaves takes its own Node away.
        if request.group.isEmpty, request.resource == "nodes", request.subresource.isEmpty, request.verb == "delete" {
            return request.name == node ? .allowed() : .denied()
        }
        guard !node.isEmpty, rbac.rules(of: Self.role)?.contains(where: { $0.allows(request) }) == true else {
            return .denied()
        }
        if let problem = problem(request, node) { return .denied(problem) }
        return .allowed()
    }

    /// Why a request that the role allows is none of this node's business.
    private func problem(_ request: RequestAttributes, _ node: String) -> String? {
        let isCreation = request.verb == "create" && request.subresource.isEmpty
        switch (request.group, request.resource) {
        case ("", "secrets"), ("", "configmaps"), ("", "persistentvolumeclaims"), ("", "serviceaccounts"):
            return related(request, node)
        case ("", "persistentvolumes"), ("storage.k8s.io", "volumeattachments"), ("resource.k8s.io", _):
            return "node '\(node)' uses no such volumes or devices here"
        case ("", "nodes"):
            // Routes lead to the others; a new Node has no name in its path.
            guard !request.isReadOnly, !isCreation else { return nil }
            return own(request, node)
        case ("storage.k8s.io", "csinodes"):
            return isCreation ? nil : own(request, node)
        case ("coordination.k8s.io", "leases"):
            guard request.namespace == "kube-node-lease" else {
                return "can only access leases in the \"kube-node-lease\" system namespace"
            }
            // Beyond upstream: the Lease by which a node tells that it announces addresses of load balancers.
            if request.name == "announcer.\(node)" { return nil }
            return isCreation ? nil : own(request, node)
        case ("", "pods"):
            if isCreation { return nil }
            if request.name.isEmpty {
                return request.selectedNode == node
                    ? nil : "can only list/watch pods with spec.nodeName field selector"
            }
            return related(request, node)
        default: return nil
        }
    }

    private func own(_ request: RequestAttributes, _ node: String) -> String? {
        request.name == node ? nil : "node '\(node)' cannot \(request.verb) \(request.resource) of others"
    }

    private func related(_ request: RequestAttributes, _ node: String) -> String? {
        guard !request.name.isEmpty else {
            return "No Object name found"
        }
        let object = PodReference(
            resource: request.resource, namespace: request.namespace, name: request.name)
        return references.has(node, object)
            ? nil : "no relationship found between node '\(node)' and this object"
    }
}
