/// Why a request to the API server failed.
public struct APIError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Cause: Hashable, Sendable {
        /// The server answered with an error. `reason` is the Status object's (meta/v1 StatusReason); empty if the body
        /// is not a Status.
        case status(code: Int, reason: String, message: String)
        /// No answer, or an incomplete one.
        case transport(String)
        case timeout(Duration)
        /// A successful answer with an unexpected body.
        case invalidResponse(String)
        case cancelled
    }

    public var cause: Cause
    /// `GET https://10.0.0.1:6443/api/v1/services`
    public var request: String
    /// How long the server asks to wait before a retry (the Retry-After header).
    public var retryAfter: Duration?

    public init(_ cause: Cause, request: String, retryAfter: Duration? = nil) {
        self.cause = cause
        self.request = request
        self.retryAfter = retryAfter
    }

    public var statusCode: Int? { if case .status(let code, _, _) = cause { code } else { nil } }
    public var reason: String { if case .status(_, let reason, _) = cause { reason } else { "" } }
    public var isNotFound: Bool { statusCode == 404 }
    /// An update that lost against another one; not a create of an existing object.
    public var isConflict: Bool { statusCode == 409 && reason != "AlreadyExists" }
    public var isAlreadyExists: Bool { statusCode == 409 && reason == "AlreadyExists" }
    /// Nothing can be created because the namespace is being deleted.
    public var isNamespaceTerminating: Bool {
        guard case .status(403, _, let message) = cause else { return false }
        return message.hasSuffix("because it is being terminated")
    }
    /// The resource version or continue token is too old: list again.
    public var isExpired: Bool { statusCode == 410 || reason == "Expired" || reason == "Gone" }

    public var description: String {
        switch cause {
        case .status(let code, let reason, let message):
            "\(request): \(code)\(reason.isEmpty ? "" : " \(reason)")\(message.isEmpty ? "" : ": \(message)")"
        case .transport(let problem): "\(request): \(problem)"
        case .timeout(let limit): "\(request): no answer within \(limit)"
        case .invalidResponse(let problem): "\(request): the answer cannot be read: \(problem)"
        case .cancelled: "\(request): cancelled"
        }
    }
}
