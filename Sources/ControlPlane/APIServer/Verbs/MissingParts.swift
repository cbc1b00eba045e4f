import APIObjects
import JSONStream

/// Parts of a cluster that are not there: what asks for them is told so, not that the server knows no such path.
enum MissingParts {
    /// - Parameter path: of the request.
    /// - Returns: nil for a path that is for none of these parts.
    static func problem(of path: [String]) -> StatusError? {
        if path.starts(with: ["apis", "metrics.k8s.io"]) {
            return StatusError(
                code: 404, reason: "NotFound",
                message:
                    "the Metrics API (metrics.k8s.io) is not here: no node of this cluster has an agent, so that nothing "
                    + "measures nodes and pods",
                details: StatusError.Details())
        }
        return nil
    }
}
