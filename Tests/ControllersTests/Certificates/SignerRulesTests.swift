import Crypto
import JSONStream
import KubeAPI
import SwiftASN1
import Testing
import X509

@testable import Controllers

@Suite struct SignerRulesTests {
    private static func requested(
        _ name: String = "system:node:n1", organizations: [String] = ["system:nodes"], names: [GeneralName] = []
    ) throws -> RequestedCertificate {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let subject = try DistinguishedName {
            for organization in organizations { OrganizationName(organization) }
            CommonName(name)
        }
        var attributes = X509.CertificateSigningRequest.Attributes()
        if !names.isEmpty {
            let extensions = try Certificate.Extensions { SubjectAlternativeNames(names) }
            attributes = try .init([.init(ExtensionRequest(extensions: extensions))])
        }
        let pem = try X509.CertificateSigningRequest(
            version: .v1, subject: subject, privateKey: key, attributes: attributes
        ).serializeAsPEM().pemString
        return try #require(RequestedCertificate(base64: Base64.encode(Array(pem.utf8))))
    }

    private static let clientUsages = ["digital signature", "client auth"]
    private static let serverUsages = ["digital signature", "server auth"]
    private static let address = GeneralName.ipAddress(ASN1OctetString(contentBytes: [10, 0, 0, 1]))

    @Test("Client certificates of nodes are for nodes, with no other names and usages")
    func nodeClient() throws {
        func problem(_ requested: RequestedCertificate, _ usages: [String] = Self.clientUsages) -> String? {
            SignerRules.problem(.nodeClient, requested, usages: usages, username: "system:bootstrap:abcdef")
        }
        #expect(problem(try Self.requested()) == nil)
        #expect(problem(try Self.requested(), Self.clientUsages + ["key encipherment"]) == nil)
        #expect(problem(try Self.requested("n1")) != nil)
        #expect(problem(try Self.requested("system:node:")) != nil)
        #expect(problem(try Self.requested(organizations: ["system:masters"])) != nil)
        #expect(problem(try Self.requested(organizations: ["system:nodes", "system:masters"])) != nil)
        #expect(problem(try Self.requested(names: [Self.address])) != nil)
        #expect(problem(try Self.requested(), ["client auth"]) != nil)
        #expect(problem(try Self.requested(), Self.clientUsages + ["server auth"]) != nil)
    }

    @Test("Serving certificates are a node's own, for its own names")
    func nodeServing() throws {
        let requested = try Self.requested(names: [.dnsName("n1"), Self.address])
        func problem(_ requested: RequestedCertificate, user: String = "system:node:n1") -> String? {
            SignerRules.problem(.nodeServing, requested, usages: Self.serverUsages, username: user)
        }
        #expect(problem(requested) == nil)
        #expect(problem(requested, user: "system:node:n2") != nil)
        #expect(problem(try Self.requested()) != nil)
        #expect(problem(try Self.requested(names: [.rfc822Name("a@b")])) != nil)
        var node = Node(metadata: ObjectMeta(name: "n1"))
        node.addresses = [.init(type: "InternalIP", address: "10.0.0.1")]
        #expect(SignerRules.ownsNames(requested, node))
        node.addresses = [.init(type: "InternalIP", address: "10.0.0.2")]
        #expect(!SignerRules.ownsNames(requested, node))
        node = Node(metadata: ObjectMeta(name: "n2"))
        node.addresses = [.init(type: "InternalIP", address: "10.0.0.1")]
        #expect(!SignerRules.ownsNames(requested, node))
    }

    @Test("Clients' certificates are for clients alone")
    func client() throws {
        let requested = try Self.requested("bob", organizations: ["dev"])
        #expect(SignerRules.problem(.client, requested, usages: ["client auth"], username: "x") == nil)
        #expect(SignerRules.problem(.client, requested, usages: ["digital signature"], username: "x") != nil)
        #expect(SignerRules.problem(.client, requested, usages: ["client auth", "server auth"], username: "x") != nil)
    }

    @Test("Who asks for himself needs the lesser permission")
    func permissions() throws {
        let requested = try Self.requested()
        #expect(SignerRules.permission(requested, username: "system:node:n1") == ["selfnodeclient", "nodeclient"])
        #expect(SignerRules.permission(requested, username: "system:bootstrap:abcdef") == ["nodeclient"])
    }

    @Test("A certificate lasts as long as is asked for, and what cannot be signed says why")
    func signing() throws {
        var request = CertificateSigningRequest(metadata: ObjectMeta(name: "a"))
        request.request = Base64.encode(Array(try Self.requested().pem.utf8))
        request.usages = Self.clientUsages
        request.username = "system:bootstrap:abcdef"
        var settings = CertificateSigningController.Settings { _, _, lifetime in "for \(lifetime)" }
        settings.duration = .seconds(5000)
        func certificate() -> String {
            let status = CertificateSigningController.status(request, .nodeClient, settings)["status"] ?? [:]
            return String(decoding: Base64.decode(status["certificate"]?.stringValue ?? "") ?? [], as: UTF8.self)
        }
        #expect(certificate() == "for 5000.0 seconds")
        request.expirationSeconds = 900
        #expect(certificate() == "for 900.0 seconds")
        request.expirationSeconds = 1
        #expect(certificate() == "for 600.0 seconds")
        request.usages = ["server auth"]
        let failed = CertificateSigningController.status(request, .nodeClient, settings)["status"]?["conditions"]
        #expect(failed?.arrayValue?.first?["type"] == "Failed")
    }

    @Test("Requests that are decided go after an hour, others after a day; tokens when they end")
    func cleaning() {
        let now = Timestamp(microseconds: 1_700_000_000_000_000)
        func ago(_ seconds: Int64) -> String { Timestamp(microseconds: now.microseconds - seconds * 1_000_000).text() }
        var request = CertificateSigningRequest(metadata: ObjectMeta(name: "a"))
        request.metadata.creationTimestamp = ago(7200)
        #expect(!CertificateCleaner.isOver(request, now))
        request.metadata.creationTimestamp = ago(86_401)
        #expect(CertificateCleaner.isOver(request, now))
        var approved = Condition("Approved", "True")
        approved.lastUpdateTime = ago(3000)
        request.conditions = [approved]
        #expect(!CertificateCleaner.isOver(request, now))
        approved.lastUpdateTime = ago(3700)
        request.conditions = [approved]
        #expect(CertificateCleaner.isOver(request, now))
        var token = TokenSecret()
        #expect(!CertificateCleaner.hasExpired(token, now))
        token.data = ["expiration": Base64.encode(Array(ago(-10).utf8))]
        #expect(!CertificateCleaner.hasExpired(token, now))
        token.data = ["expiration": Base64.encode(Array(ago(1).utf8))]
        #expect(CertificateCleaner.hasExpired(token, now))
    }
}
