import APITesting
import JSONStream
import JWTKit
import KubeAPI
import Testing

@testable import APIObjects
@testable import APIResources
@testable import APISecurity

/// Tokens that lie in Secrets.
@Suite struct LegacyTokenTests {
    /// Service account `n/a` with uid `u1`, and the Secret `n/s` with a token of it.
    private func world(
        issuers: [String] = ["https://issuer.example"], account: JSONValue? = nil,
        secret change: @Sendable (inout JSONValue) -> Void = { _ in }
    ) async throws -> (tokens: ServiceAccountTokens, token: String) {
        let keys = try ServiceAccountKeys(
            signingKeyPEM: ServiceAccountKeys.makeSigningKeyPEM(), issuers: issuers, audiences: ["api"])
        let token = try await LegacyTokenSigner(keys).sign(namespace: "n", account: "a", uid: "u1", secret: "s")
        let objects = ObjectTable()
        try objects.put(.serviceAccounts, account ?? ["metadata": ["name": "a", "namespace": "n", "uid": "u1"]])
        var secret: JSONValue = [
            "metadata": ["name": "s", "namespace": "n", "uid": "u2"],
            "data": ["token": .string(Base64.encode(token.utf8))],
        ]
        change(&secret)
        try objects.put(.secrets, secret)
        let tokens = await ServiceAccountTokens(
            keys: keys, objects: BoundObjects(cache: objects, registry: .standard))
        return (tokens, token)
    }

    @Test(arguments: [["https://issuer.example"], [LegacyTokenClaims.issuer]])
    func good(_ issuers: [String]) async throws {
        let (tokens, token) = try await world(issuers: issuers)
        // It does not expire.
        let found = try await tokens.user(token: token, audiences: [], now: 1 << 40)
        #expect(found.user.name == "system:serviceaccount:n:a" && found.user.uid == "u1")
        #expect(found.user.groups == ["system:serviceaccounts", "system:serviceaccounts:n", "system:authenticated"])
        #expect(found.audiences == ["api"])
        #expect(try await tokens.user(token: token, audiences: ["x", "api"], now: 0).audiences == ["api"])
        await #expect(throws: AuthenticationFailure.self) {
            try await tokens.user(token: token, audiences: ["x"], now: 0)
        }
    }

    struct Withdrawal: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var change: @Sendable (inout JSONValue) -> Void
    }

    @Test(arguments: [
        Withdrawal(testDescription: "no token in the secret") { $0["data"] = [:] },
        Withdrawal(testDescription: "another token") { $0["data"] = ["token": .string(Base64.encode("x".utf8))] },
        Withdrawal(testDescription: "the secret goes") {
            $0["metadata"]?["deletionTimestamp"] = "2026-01-01T00:00:00Z"
        },
        Withdrawal(testDescription: "another secret") { $0["metadata"]?["name"] = "t" },
    ])
    func withdrawn(_ withdrawal: Withdrawal) async throws {
        let (tokens, token) = try await world(secret: withdrawal.change)
        await #expect(throws: AuthenticationFailure.self) {
            try await tokens.user(token: token, audiences: [], now: 2000)
        }
    }

    @Test(
        arguments: [
            ["metadata": ["name": "a", "namespace": "n", "uid": "u9"]],
            ["metadata": ["name": "b", "namespace": "n", "uid": "u1"]],
            [
                "metadata": [
                    "name": "a", "namespace": "n", "uid": "u1", "deletionTimestamp": "2026-01-01T00:00:00Z",
                ]
            ],
        ] as [JSONValue])
    func theAccountIsGone(_ account: JSONValue) async throws {
        let (tokens, token) = try await world(account: account)
        await #expect(throws: AuthenticationFailure.self) {
            try await tokens.user(token: token, audiences: [], now: 2000)
        }
    }

    @Test func anotherKey() async throws {
        let (tokens, _) = try await world()
        let (_, token) = try await world()
        await #expect(throws: AuthenticationFailure.self) {
            try await tokens.user(token: token, audiences: [], now: 2000)
        }
    }
}
