import JSONStream

/// Parts of a cluster that are not there: what asks for them is told so, not that the server knows no such path.
enum MissingParts {
    /// What is below pods and nodes and needs a kubelet.
    private static let ofKubelets = [
        "pods/log": "logs", "pods/exec": "exec", "pods/attach": "attach", "pods/portforward": "port-forward",
        "pods/proxy": "a proxy", "services/proxy": "a proxy", "nodes/proxy": "a proxy",
    ]

    /// - Parameter path: of the request.
    /// - Returns: nil for a path that is for none of these parts.
    static func problem(of path: [String]) -> StatusError? {
        if path.starts(with: ["apis", "metrics.k8s.io"]) {
            return StatusError(
                code: 404, reason: "NotFound",
                message:
                    "the Metrics API (metrics.k8s.io) is not here: no metrics-server runs in this cluster, so that "
                    + "nothing measures nodes and pods",
                details: StatusError.Details())
        }
        guard path.starts(with: ["api", "v1"]) else { return nil }
        var rest = path.dropFirst(2)
        if rest.first == "namespaces", rest.count > 2 { rest = rest.dropFirst(2) }
        guard rest.count >= 3, let kind = rest.first, let name = rest.dropFirst().first,
            let part = rest.dropFirst(2).first, let what = ofKubelets["\(kind)/\(part)"]
        else { return nil }
        return StatusError(
            code: 501, reason: "NotImplemented",
            message:
                "\(kind)/\(part) of \"\(name)\": \(what) cannot be had here, because this server talks to no kubelet; "
                + "look on the node where it runs",
            details: StatusError.Details(name: name, kind: kind))
    }
}
