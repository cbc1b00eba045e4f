public import JSONStream
public import KubeAPI
public import KubeClient

/// A token by which hosts join, as `kubeadm token` makes it: `abcdef.0123456789abcdef`.
public struct BootstrapToken: Hashable, Sendable, CustomStringConvertible {
    public var id: String
    public var secret: String

    /// The group that hosts are in which show one of ours.
    public static let group = "system:bootstrappers:viaduct:default-node-token"
    private static let letters = Array("0123456789abcdefghijklmnopqrstuvwxyz")

    /// A new one.
    public init() {
        func random(_ count: Int) -> String {
            var generator = SystemRandomNumberGenerator()
            return String(
                (0..<count).map { _ in Self.letters[Int.random(in: 0..<Self.letters.count, using: &generator)] })
        }
        id = random(6)
        secret = random(16)
    }

    /// Nil if the text is none.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts[0].count == 6, parts[1].count == 16,
            parts.allSatisfy({ $0.allSatisfy { Self.letters.contains($0) } })
        else { return nil }
        (id, secret) = (parts[0], parts[1])
    }

    public var description: String { "\(id).\(secret)" }

    /// The Secret that makes the API server know it.
    public func object(until end: Timestamp, description: String) -> JSONValue {
        [
            "apiVersion": "v1", "kind": "Secret", "type": "bootstrap.kubernetes.io/token",
            "metadata": ["name": .string("bootstrap-token-\(id)"), "namespace": "kube-system"],
            "stringData": [
                "token-id": .string(id), "token-secret": .string(secret), "expiration": .string(end.text()),
                "usage-bootstrap-authentication": "true", "auth-extra-groups": .string(Self.group),
                "description": .string(description),
            ],
        ]
    }

    /// One of those that are there, good for a while yet.
    public static func present(
        _ client: KubeClient, description: String, atLeast: Duration, now: Timestamp = .now()
    ) async throws(APIError) -> BootstrapToken? {
        let page = try await client.list(
            TokenSecret.self, ObjectSelector(namespace: "kube-system", fields: "type=bootstrap.kubernetes.io/token"))
        for secret in page.items {
            func value(_ key: String) -> String {
                String(decoding: Base64.decode(secret.data[key] ?? "") ?? [], as: UTF8.self)
            }
            guard value("description") == description, let end = Timestamp(value("expiration")), end - now > atLeast,
                let token = BootstrapToken("\(value("token-id")).\(value("token-secret"))")
            else { continue }
            return token
        }
        return nil
    }
}
