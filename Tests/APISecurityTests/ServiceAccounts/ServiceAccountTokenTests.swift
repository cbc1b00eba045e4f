import APITesting
import JSONStream
import TestSupport
import Testing

@testable import APIObjects
@testable import APIResources
@testable import APISecurity

@Suite struct ServiceAccountTokenTests {
    private static let issuer = "https://issuer.example"

    private struct World {
        var tokens: ServiceAccountTokens
    }

    /// Service account `n/a` with uid `u1`.
    private func world(
        signing: String = ServiceAccountKeys.makeSigningKeyPEM(), further: [String] = []
    ) async throws -> World {
        let objects = ObjectTable()
        try objects.put(.serviceAccounts, ["metadata": ["name": "a", "namespace": "n", "uid": "u1"]])
        let keys = try ServiceAccountKeys(signingKeyPEM: signing, keysPEM: further, issuers: [Self.issuer])
        return World(
            tokens: await ServiceAccountTokens(
                keys: keys, objects: BoundObjects(cache: objects, registry: .standard)))
    }

    private func claims(_ change: (inout ServiceAccountClaims) -> Void = { _ in }) -> ServiceAccountClaims {
        var claims = ServiceAccountClaims(
            aud: [Self.issuer], exp: 5000, iat: 1000, iss: Self.issuer, jti: "j",
            kubernetes: .init(namespace: "n", serviceaccount: .init(name: "a", uid: "u1")), nbf: 1000,
            sub: "system:serviceaccount:n:a")
        change(&claims)
        return claims
    }

    private static let keys = [
        ServiceAccountKeys.makeSigningKeyPEM(), TestKeys.rsa, TestKeys.p384,
    ]

    @Test(arguments: keys)
    func goodTokens(_ key: String) async throws {
        let world = try await world(signing: key)
        let token = try await world.tokens.sign(claims())
        let found = try await world.tokens.user(token: token, audiences: [], now: 2000)
        #expect(found.user.name == "system:serviceaccount:n:a")
        #expect(found.user.uid == "u1")
        #expect(
            found.user.groups == ["system:serviceaccounts", "system:serviceaccounts:n", "system:authenticated"])
        #expect(found.user.extra == ["authentication.kubernetes.io/credential-id": ["JTI=j"]])
        #expect(found.audiences == [Self.issuer])
        // A second look does not verify again, and says the same.
        #expect(try await world.tokens.user(token: token, audiences: [], now: 2000) == found)
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var change: @Sendable (inout ServiceAccountClaims) -> Void = { _ in }
        var audiences: [String] = []
        var now: Int64 = 2000
        var problem: String
    }

    @Test(arguments: [
        Bad(testDescription: "expired", now: 5060, problem: "the token has expired"),
        Bad(testDescription: "not yet valid", now: 940, problem: "the token is not valid yet"),
        Bad(testDescription: "another audience", audiences: ["x"], problem: "not for [\"x\"]"),
        Bad(testDescription: "for others", change: { $0.aud = ["x"] }, problem: "the token is for [\"x\"]"),
        Bad(testDescription: "for nobody", change: { $0.aud = [] }, problem: "the token is for []"),
        Bad(testDescription: "another issuer", change: { $0.iss = "y" }, problem: "the token was issued by y"),
        Bad(testDescription: "another subject", change: { $0.sub = "admin" }, problem: "the token's subject admin"),
        Bad(
            testDescription: "no such account",
            change: {
                $0.kubernetes.serviceaccount.name = "b"
                $0.sub = "system:serviceaccount:n:b"
            }, problem: "n/b is gone"),
        Bad(
            testDescription: "made anew", change: { $0.kubernetes.serviceaccount.uid = "u0" },
            problem: "n/a is another one now"),
        Bad(
            testDescription: "node gone", change: { $0.kubernetes.node = .init(name: "x", uid: "1") },
            problem: "nodes /x is gone"),
    ])
    func badClaims(_ bad: Bad) async throws {
        let world = try await world()
        let token = try await world.tokens.sign(claims(bad.change))
        do throws(AuthenticationFailure) {
            _ = try await world.tokens.user(token: token, audiences: bad.audiences, now: bad.now)
            Issue.record("taken")
        } catch {
            #expect(error.description.contains(bad.problem), "\(error)")
        }
    }

    @Test func clocksMayDifferByAMinute() async throws {
        let world = try await world()
        let token = try await world.tokens.sign(claims())
        for now in [941, 5059] as [Int64] {
            #expect(try await world.tokens.user(token: token, audiences: [], now: now).user.uid == "u1")
        }
    }

    @Test func furtherKeysAreTaken() async throws {
        let old = ServiceAccountKeys.makeSigningKeyPEM()
        let token = try await world(signing: old).tokens.sign(claims())
        let strange = try await world()
        await #expect(throws: AuthenticationFailure.self) {
            _ = try await strange.tokens.user(token: token, audiences: [], now: 2000)
        }
        let rotated = try await world(further: [old])
        #expect(try await rotated.tokens.user(token: token, audiences: [], now: 2000).user.uid == "u1")
        #expect(rotated.tokens.keys.keySet.items("keys").count == 2)
    }

    /// No change of any character gives another token that is good.
    @Test func tampering() async throws {
        let world = try await world()
        let token = Array(try await world.tokens.sign(claims()).utf8)
        var random = SeededGenerator(seed: 77)
        let letters = Array("abcXYZ019-_.=".utf8)
        var refused = 0
        for _ in 0..<400 {
            var bytes = token
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                let place = Int.random(in: 0..<bytes.count, using: &random)
                bytes[place] = letters.randomElement(using: &random) ?? 0
            case 1: bytes.remove(at: Int.random(in: 0..<bytes.count, using: &random))
            case 2:
                bytes.insert(
                    letters.randomElement(using: &random) ?? 0, at: Int.random(in: 0...bytes.count, using: &random))
            default: bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
            }
            let text = String(decoding: bytes, as: UTF8.self)
            do {
                let found = try await world.tokens.user(token: text, audiences: [], now: 2000)
                // The last bits of a base64 text may not count; what it says is still the same.
                #expect(found.user.name == "system:serviceaccount:n:a")
            } catch {
                refused += 1
            }
        }
        #expect(refused > 300, "\(refused)")
    }

    @Test(arguments: [
        "", ".", "..", "a.b.c", "e30.e30.", "eyJhbGciOiJub25lIn0.e30.",
        "eyJhbGciOiJIUzI1NiJ9.e30.AAAA", "é.é.é", "eyJhbGciOiJFUzI1NiIsImtpZCI6IngifQ.W10.AAAA",
    ])
    func noTokens(_ text: String) async throws {
        let world = try await world()
        await #expect(throws: AuthenticationFailure.self) {
            _ = try await world.tokens.user(token: text, audiences: [], now: 2000)
        }
    }

    @Test func keysThatAreNone() {
        for pem in ["", "x", TestKeys.publicOfRSA] {
            #expect(throws: ServiceAccountKeys.Problem.self) {
                _ = try ServiceAccountKeys(signingKeyPEM: pem, issuers: ["i"])
            }
        }
        #expect(throws: ServiceAccountKeys.Problem.self) {
            _ = try ServiceAccountKeys(signingKeyPEM: TestKeys.rsa, keysPEM: ["x"], issuers: ["i"])
        }
        #expect(throws: Never.self) {
            _ = try ServiceAccountKeys(signingKeyPEM: TestKeys.p384, keysPEM: [TestKeys.publicOfRSA], issuers: ["i"])
        }
    }
}
