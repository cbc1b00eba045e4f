import Foundation
import JSONStream
import SwiftASN1
import Testing
import X509
import YAMLStream

@testable import APIObjects
@testable import APISecurity
@testable import APIServer

@Suite struct CertificateDirectoryTests {
    private func withDirectory(_ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.path + "/pki-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    private func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

    @Test func whatIsThereIsKept() throws {
        try withDirectory { path in
            let directory = try CertificateDirectory(path: path + "/pki")
            let names = ["localhost", "127.0.0.1", "::1", "10.96.0.1"]
            let authority = try directory.authority()
            _ = try directory.serving(names: names, authority: authority)
            let key = try directory.serviceAccountKeyPEM()
            let certificate = text(path + "/pki/apiserver.crt")
            // The next start finds all of it.
            let again = try CertificateDirectory(path: path + "/pki")
            #expect(try again.authority().certificatePEM == authority.certificatePEM)
            _ = try again.serving(names: names.reversed(), authority: authority)
            #expect(text(path + "/pki/apiserver.crt") == certificate)
            #expect(try again.serviceAccountKeyPEM() == key)
            for secret in ["ca.key", "apiserver.key", "sa.key"] {
                let file = try FileManager.default.attributesOfItem(atPath: "\(path)/pki/\(secret)")
                #expect(file[.posixPermissions] as? Int == 0o600, "\(secret)")
            }
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o700)
        }
    }

    @Test func certificatesAreRenewed() throws {
        try withDirectory { path in
            let directory = try CertificateDirectory(path: path)
            let authority = try directory.authority()
            _ = try directory.serving(names: ["a"], authority: authority, now: Date())
            let first = text(path + "/apiserver.crt")
            _ = try directory.serving(names: ["a", "b"], authority: authority, now: Date())
            let second = text(path + "/apiserver.crt")
            #expect(first != second)
            _ = try directory.serving(names: ["a", "b"], authority: authority, now: Date() + 200 * 86_400)
            #expect(text(path + "/apiserver.crt") == second)
            _ = try directory.serving(names: ["a", "b"], authority: authority, now: Date() + 300 * 86_400)
            let third = text(path + "/apiserver.crt")
            #expect(second != third)
            let other = try CertificateAuthority(name: "other")
            _ = try directory.serving(names: ["a", "b"], authority: other, now: Date() + 300 * 86_400)
            #expect(text(path + "/apiserver.crt") != third)
            let names = try Certificate(pemEncoded: third).extensions.subjectAlternativeNames
            #expect(names.map { $0.map(\.description) } == ["DNSName(\"a\")", "DNSName(\"b\")"])
        }
    }

    @Test func brokenFilesAreNamed() throws {
        try withDirectory { path in
            let directory = try CertificateDirectory(path: path)
            _ = try directory.authority()
            try Data("junk".utf8).write(to: URL(filePath: path + "/ca.key"))
            #expect(throws: CertificateDirectory.Problem.self) { _ = try directory.authority() }
            try FileManager.default.removeItem(atPath: path + "/ca.key")
            do throws(CertificateDirectory.Problem) {
                _ = try directory.authority()
                Issue.record("taken")
            } catch {
                #expect(error.description == "\(path)/ca.key is missing beside ca.crt; restore it or remove ca.crt")
            }
        }
        #expect(throws: CertificateDirectory.Problem.self) { _ = try CertificateDirectory(path: "/proc/no/such") }
    }

    @Test func certificatesAndKeysMustFit() throws {
        let authority = try CertificateAuthority(name: "x")
        let (one, two) = (try authority.issue(.server(["a"])), try authority.issue(.server(["a"])))
        for (certificate, key) in [(one.certificatePEM, two.keyPEM), ("", one.keyPEM), (one.certificatePEM, "x")] {
            #expect(throws: ServingCertificate.Problem.self) {
                _ = try ServingCertificate(chainPEM: Array(certificate.utf8), keyPEM: Array(key.utf8))
            }
        }
        #expect(throws: ClientCertificates.Problem.self) { _ = try ClientCertificates(authoritiesPEM: "") }
        #expect(throws: ClientCertificates.Problem.self) { _ = try ClientCertificates(authoritiesPEM: one.keyPEM) }
    }

    @Test func kubeconfigs() throws {
        let authority = try CertificateAuthority(name: "x")
        let file = KubeconfigFile(
            server: "https://[::1]:6443", authorityPEM: try authority.certificatePEM,
            clientCertificate: try authority.issue(.client(UserInfo(name: "a"))))
        let config = try YAMLDocument(parsing: Array(file.text.utf8)).value
        #expect(config.items("clusters").first?["cluster"]?.text("server") == "https://[::1]:6443")
        let data = config.items("users").first?["user"]?.text("client-certificate-data") ?? ""
        let pem = String(decoding: Data(base64Encoded: data) ?? Data(), as: UTF8.self)
        #expect(try Certificate(pemEncoded: pem).issuer == authority.certificate.subject)
    }
}
