/// A program that gives out credentials: `users[].user.exec` of a kubeconfig (client-go's ExecConfig).
public struct ExecPlugin: Hashable, Sendable {
    public struct Variable: Hashable, Sendable {
        public var name: String
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The versions of its protocol.
    public static let apiVersions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"]

    /// The version of `ExecCredential` objects, in both directions.
    public var apiVersion: String
    /// A path, or a name that is looked up in PATH.
    public var command: String
    public var arguments: [String]
    /// Added to the environment of this process.
    public var environment: [Variable]
    /// How to install the program; may be empty.
    public var installHint: String
    /// Whether the plugin gets information about the cluster.
    public var providesClusterInfo: Bool
    /// Its position, for messages, such as `/etc/kubeconfig: users["a"].exec`.
    public var place: String

    public init(
        apiVersion: String, command: String, arguments: [String] = [], environment: [Variable] = [],
        installHint: String = "", providesClusterInfo: Bool = false, place: String
    ) {
        self.apiVersion = apiVersion
        self.command = command
        self.arguments = arguments
        self.environment = environment
        self.installHint = installHint
        self.providesClusterInfo = providesClusterInfo
        self.place = place
    }
}

/// Why a credential plugin gave no credentials: one line.
struct ExecPluginError: Error, Hashable, Sendable, CustomStringConvertible {
    var description: String

    init(_ plugin: ExecPlugin, _ problem: String, isMissing: Bool = false) {
        let hint = plugin.installHint.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        description =
            "\(plugin.place): the credential plugin \"\(plugin.command)\" \(problem)"
            + (isMissing && !hint.isEmpty ? "; \(hint)" : "")
    }
}
