import APITesting
import Crypto
import FoundationEssentials
import JSONStream
import KubeAPI
import SwiftASN1
import Testing
import X509

@testable import APIObjects
@testable import APISecurity
@testable import APIServer

@Suite struct CertificateSigningRequestTests {
    private static let path = "/apis/certificates.k8s.io/v1/certificatesigningrequests"

    private static func pem(_ name: String, organization: String = "system:nodes") throws -> String {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        return try X509.CertificateSigningRequest(
            version: .v1,
            subject: DistinguishedName {
                OrganizationName(organization)
                CommonName(name)
            }, privateKey: key, attributes: .init()
        ).serializeAsPEM().pemString
    }

    private static func object(
        _ name: String, signer: String = "kubernetes.io/kube-apiserver-client", organization: String = "dev",
        _ changes: JSONValue = [:]
    ) throws -> JSONValue {
        var spec: JSONValue = [
            "request": .string(Base64.encode(Array(try pem("user", organization: organization).utf8))),
            "signerName": .string(signer), "usages": ["client auth"],
        ]
        for (key, value) in changes.objectValue ?? [:] { spec[key] = value }
        return ["metadata": ["name": .string(name)], "spec": spec]
    }

    private static let tokens = [
        "admin": UserInfo(name: "admin", groups: [UserInfo.privilegedGroup]), "bob": UserInfo(name: "bob"),
    ]

    @Test("Who asks is written by the server; what is asked for has rules")
    func creation() async throws {
        try await TestServer.with(configure: { $0.authentication.tokens = Self.tokens }) { server in
            let bob = server.with(token: "bob")
            var object = try Self.object("a")
            object[path: "spec", "username"] = "somebody"
            let made = try await bob.send("POST", Self.path, object)
            #expect(made.status == 201)
            #expect(made.json["spec"]?.text("username") == "bob")
            #expect(made.headers["warning"] == nil)
            for (changes, field) in [
                (["request": "aGVsbG8="], "spec.request"), (["usages": []], "spec.usages"),
                (["usages": ["flying"]], "spec.usages[0]"),
                (["usages": ["client auth", "client auth"]], "spec.usages[1]"),
                (["signerName": "nowhere"], "spec.signerName"),
                (["signerName": "kubernetes.io/legacy-unknown"], "spec.signerName"),
                (["expirationSeconds": 599], "spec.expirationSeconds"),
            ] as [(JSONValue, String)] {
                let answer = try await bob.send("POST", Self.path, try Self.object("b", changes))
                #expect(answer.status == 422, "\(changes.written)")
                #expect(answer.json["details"]?.items("causes").first?.text("field") == field)
            }
            let masters = try await bob.send("POST", Self.path, try Self.object("c", organization: "system:masters"))
            #expect(masters.status == 403)
            #expect(
                try await server.send("GET", "\(Self.path)?fieldSelector=spec.signerName%3Dkubernetes.io/none").json
                    .items("items").isEmpty)
        }
    }

    @Test("Approving takes the verb approve on the signer, is said once, and is not taken back")
    func approval() async throws {
        try await TestServer.with(configure: {
            $0.authentication.tokens = Self.tokens
            $0.authorizationModes = [.rbac]
        }) { server in
            let (admin, bob) = (server.with(token: "admin"), server.with(token: "bob"))
            let rules: JSONValue = [
                [
                    "apiGroups": ["certificates.k8s.io"], "verbs": ["get", "update"],
                    "resources": ["certificatesigningrequests", "certificatesigningrequests/approval"],
                ]
            ]
            let rbac = "/apis/rbac.authorization.k8s.io/v1/"
            #expect(
                try await admin.send("POST", rbac + "clusterroles", ["metadata": ["name": "r"], "rules": rules]).status
                    == 201)
            #expect(
                try await admin.send(
                    "POST", rbac + "clusterrolebindings",
                    [
                        "metadata": ["name": "b"], "roleRef": ["kind": "ClusterRole", "name": "r"],
                        "subjects": [["kind": "User", "name": "bob"]],
                    ]
                ).status == 201)
            var object = try await admin.send("POST", Self.path, try Self.object("a")).json
            let approved: JSONValue = ["type": "Approved", "status": "True", "reason": "Why"]
            object["status"] = ["conditions": [approved]]
            try await eventually { try await bob.send("GET", "\(Self.path)/a").status == 200 }
            let refused = try await bob.send("PUT", "\(Self.path)/a/approval", object)
            #expect(refused.status == 403)
            #expect(refused.json.text("message").contains("user not permitted to approve requests with signerName"))
            // An ordinary update and one of the status approve nothing.
            #expect(try await admin.send("PUT", "\(Self.path)/a", object).json["status"]?["conditions"] == nil)
            var fresh = try await admin.send("GET", "\(Self.path)/a").json
            fresh["status"] = ["conditions": [approved]]
            #expect(try await admin.send("PUT", "\(Self.path)/a/status", fresh).json["status"]?["conditions"] == nil)
            fresh = try await admin.send("GET", "\(Self.path)/a").json
            fresh["status"] = ["conditions": [approved]]
            let done = try await admin.send("PUT", "\(Self.path)/a/approval", fresh).json
            let condition = try #require(done["status"]?.items("conditions").first)
            #expect(!condition.text("lastUpdateTime").isEmpty && !condition.text("lastTransitionTime").isEmpty)
            var both = done
            both["status"] = ["conditions": [condition, ["type": "Denied", "status": "True"]]]
            #expect(try await admin.send("PUT", "\(Self.path)/a/approval", both).status == 422)
            both["status"] = ["conditions": []]
            #expect(try await admin.send("PUT", "\(Self.path)/a/approval", both).status == 422)
        }
    }

    @Test("The authority signs what is asked for, with its key, for no longer than wanted")
    func signing() throws {
        let authority = try CertificateAuthority(name: "test")
        let text = try authority.sign(
            request: try Self.pem("system:node:n1"), usages: ["digital signature", "client auth"],
            lifetime: .seconds(600))
        let certificate = try Certificate(pemEncoded: text)
        #expect("\(certificate.subject)".contains("system:node:n1"))
        #expect(authority.certificate.publicKey.isValidSignature(certificate.signature, for: certificate))
        #expect(try certificate.extensions.extendedKeyUsage?.contains(.clientAuth) == true)
        #expect(try certificate.extensions.extendedKeyUsage?.contains(.serverAuth) == false)
        // Certificates tell whole seconds.
        #expect(certificate.notValidAfter.timeIntervalSinceNow <= 601)
        #expect(throws: CertificateAuthority.Problem.self) {
            try authority.sign(request: "none", usages: [], lifetime: .seconds(600))
        }
        #expect(throws: CertificateAuthority.Problem.self) {
            try authority.sign(request: try Self.pem("a"), usages: ["code signing"], lifetime: .seconds(600))
        }
        #expect(try authority.publicKeyHash.wholeMatch(of: /sha256:[0-9a-f]{64}/) != nil)
    }
}
