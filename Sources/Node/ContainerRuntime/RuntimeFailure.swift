/// Why a container runtime did not do what it was asked for.
public struct RuntimeFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Cause: Hashable, Sendable {
        /// Nobody listens at the socket, or the connection broke off.
        case unreachable
        /// There is no such sandbox, container or image.
        case notFound
        case late
        case cancelled
        /// It was tried, and failed.
        case refused
    }

    public var cause: Cause
    /// The call: `RunPodSandbox`.
    public var call: String
    /// In the runtime's words.
    public var message: String

    public init(_ cause: Cause, call: String, message: String) {
        self.cause = cause
        self.call = call
        self.message = message
    }

    public var description: String { "\(call): \(message)" }
}
