import APITesting
import JSONStream
import KubeAPI
import Testing

@testable import APISecurity
@testable import APIServer

@Suite struct BootstrapTokenTests {
    private static let now = Timestamp(microseconds: 1_700_000_000_000_000)

    private static func secret(_ changes: [String: String?] = [:]) -> JSONValue {
        var data: [String: String] = [
            "token-id": "abcdef", "token-secret": "0123456789abcdef", "usage-bootstrap-authentication": "true",
            "auth-extra-groups": "system:bootstrappers:a,system:bootstrappers:b",
            "expiration": Timestamp(microseconds: now.microseconds + 1_000_000).text(),
        ]
        for (key, value) in changes { data[key] = value }
        let members = data.map { ($0.key, JSONValue.string(Base64.encode(Array($0.value.utf8)))) }
        return ["type": "bootstrap.kubernetes.io/token", "metadata": [:], "data": .object(JSONObject(members))]
    }

    private static func user(_ secret: JSONValue?, _ token: String = "abcdef.0123456789abcdef") throws -> UserInfo? {
        try BootstrapTokens { $0 == "bootstrap-token-abcdef" ? secret : nil }.user(token, now: now)
    }

    @Test func goodToken() throws {
        let user = try #require(try Self.user(Self.secret()))
        #expect(user.name == "system:bootstrap:abcdef")
        #expect(user.groups == ["system:bootstrappers", "system:bootstrappers:a", "system:bootstrappers:b"])
        #expect(try Self.user(Self.secret(["expiration": String?.none])) != nil)
    }

    @Test(
        "Tokens of another form are somebody else's", arguments: ["abc", "a.b.c", "ABCDEF.0123456789abcdef", "abcdef."])
    func otherForms(_ token: String) throws { #expect(try Self.user(Self.secret(), token) == nil) }

    @Test("What is wrong with a token makes it no good")
    func badTokens() {
        let bad: [JSONValue?] = [
            nil, Self.secret(["token-secret": "fedcba9876543210"]), Self.secret(["token-id": "other0"]),
            Self.secret(["usage-bootstrap-authentication": "false"]),
            Self.secret(["usage-bootstrap-authentication": String?.none]),
            Self.secret(["expiration": Self.now.text()]), Self.secret(["expiration": "tomorrow"]),
            Self.secret(["auth-extra-groups": "system:masters"]),
            Self.secret(["auth-extra-groups": "system:bootstrappers:"]),
            Self.secret(["auth-extra-groups": "system:bootstrappers:UP"]),
        ]
        for secret in bad {
            #expect(throws: AuthenticationFailure.self) { try Self.user(secret) }
        }
        var other = Self.secret()
        other["type"] = "Opaque"
        #expect(throws: AuthenticationFailure.self) { try Self.user(other) }
        var going = Self.secret()
        going[path: "metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z"
        #expect(throws: AuthenticationFailure.self) { try Self.user(going) }
    }

    @Test("A Secret that is made is a token at once, and one that is deleted is none any more")
    func overHTTP() async throws {
        let tokens = ["admin": UserInfo(name: "admin", groups: [UserInfo.privilegedGroup])]
        try await TestServer.with(configure: {
            $0.authentication.tokens = tokens
            $0.authentication.takesBootstrapTokens = true
        }) { server in
            let secrets = "/api/v1/namespaces/kube-system/secrets"
            let admin = server.with(token: "admin")
            let host = server.with(token: "abcdef.0123456789abcdef")
            let review = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
            let question: JSONValue = ["apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"]
            #expect(try await host.send("POST", review, question).status == 401)
            var secret = Self.secret([
                "expiration": Timestamp(microseconds: Timestamp.now().microseconds + 60_000_000).text()
            ])
            secret["metadata"] = ["name": "bootstrap-token-abcdef"]
            #expect(try await admin.send("POST", secrets, secret).status == 201)
            try await eventually { try await host.send("POST", review, question).status == 201 }
            #expect(try await admin.send("DELETE", secrets + "/bootstrap-token-abcdef").status == 200)
            try await eventually { try await host.send("POST", review, question).status == 401 }
        }
    }
}
