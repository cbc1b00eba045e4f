import JSONStream

/// The text of a kubeconfig for one server.
public struct KubeconfigFile: Sendable {
    /// Such as `http://127.0.0.1:8080`.
    public var server: String
    public var token: String?

    public init(server: String, token: String? = nil) {
        self.server = server
        self.token = token
    }

    /// YAML, for `kubectl --kubeconfig`.
    public var text: String {
        let user = token.map { "{token: \(quoted($0))}" } ?? "{}"
        return """
            apiVersion: v1
            kind: Config
            clusters:
            - name: viaduct
              cluster: {server: \(quoted(server))}
            users:
            - name: admin
              user: \(user)
            contexts:
            - name: viaduct
              context: {cluster: viaduct, user: admin}
            current-context: viaduct

            """
    }

    private func quoted(_ text: String) -> String {
        String(decoding: JSONValue.string(text).serialized(), as: UTF8.self)
    }
}
