package import APIObjects
import APIResources
import FoundationEssentials
import JSONStream
import KubeAPI

/// Tokens that a new host shows before it has a certificate: Secrets of type `bootstrap.kubernetes.io/token` in
/// kube-system.
package struct BootstrapTokens: Sendable {
    static let secretType = "bootstrap.kubernetes.io/token"
    static let namespace = "kube-system"
    static let userPrefix = "system:bootstrap:"
    static let group = "system:bootstrappers"
    private static let mostGroupBytes = 255

    /// A Secret of kube-system by its name.
    let secret: @Sendable (String) -> JSONValue?

    /// Whether a token looks like one of these: `abcdef.0123456789abcdef`.
    static func parts(_ token: String) -> (id: String, secret: String)? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 6, parts[1].utf8.count == 16,
            parts.allSatisfy({ $0.utf8.allSatisfy(isLetterOrDigit) })
        else { return nil }
        return (String(parts[0]), String(parts[1]))
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// Nil: it does not look like a token of this kind.
    /// - Throws: ``AuthenticationFailure`` for one that is not good, or not any more.
    func user(_ token: String, now: Timestamp = .now()) throws(AuthenticationFailure) -> UserInfo? {
        guard let (id, wanted) = Self.parts(token) else { return nil }
        guard let secret = secret("bootstrap-token-\(id)"), secret.text("type") == Self.secretType,
            secret["metadata"]?.has("deletionTimestamp") != true
        else { throw AuthenticationFailure("there is no bootstrap token \(id)") }
        func value(_ key: String) -> String {
            String(decoding: Base64.decode(secret["data"]?.text(key) ?? "") ?? [], as: UTF8.self)
        }
        guard Self.isEqual(value("token-secret"), wanted), value("token-id") == id else {
            throw AuthenticationFailure("the secret of the bootstrap token \(id) is another one")
        }
        let end = value("expiration")
        if !end.isEmpty {
            guard let end = Timestamp(end), now < end else {
                throw AuthenticationFailure("the bootstrap token \(id) has expired")
            }
        }
        guard value("usage-bootstrap-authentication") == "true" else {
            throw AuthenticationFailure("the bootstrap token \(id) is not for authentication")
        }
        return UserInfo(
            name: Self.userPrefix + id, groups: [Self.group] + (try Self.groups(value("auth-extra-groups"))))
    }

    /// - Throws: ``AuthenticationFailure`` for groups that a token may not give.
    private static func groups(_ text: String) throws(AuthenticationFailure) -> [String] {
        var groups: Set<String> = []
        for group in text.split(separator: ",") {
            let rest = group.dropFirst(Self.group.count + 1)
            guard group.hasPrefix(Self.group + ":"), !rest.isEmpty, rest.utf8.count <= mostGroupBytes + 1,
                rest.utf8.allSatisfy({ isLetterOrDigit($0) || ":-".utf8.contains($0) }),
                rest.utf8.last.map(isLetterOrDigit) == true
            else { throw AuthenticationFailure("a bootstrap token cannot give the group \(group)") }
            groups.insert(String(group))
        }
        return groups.sorted()
    }

    /// In a time that does not depend on where they differ.
    private static func isEqual(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        return left.count == right.count && zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

extension BootstrapTokens {
    package init(_ cache: some ObjectSource) {
        self.init { name in
            let secrets = ResourceDefinition.secrets
            return try? cache.get(secrets, key: secrets.key(namespace: Self.namespace, name: name))?.decoded()
        }
    }
}
