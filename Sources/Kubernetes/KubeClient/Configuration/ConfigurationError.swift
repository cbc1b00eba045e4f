/// An unusable client configuration. One line: where, what, and how to fix it.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file and the field, such as `/etc/kubeconfig: users["a"].exec`.
    public var place: String
    public var problem: String

    public init(_ place: String, _ problem: String) {
        self.place = place
        self.problem = problem
    }

    public var description: String { "\(place): \(problem)" }
}
