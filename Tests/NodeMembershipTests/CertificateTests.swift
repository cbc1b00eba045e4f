import FoundationEssentials
import JSONStream
import KubeAPI
import KubeClient
import SwiftASN1
import Testing
import X509

@testable import NodeMembership

@Suite struct CertificateTests {
    @Test("A node asks for its own name, and for a server's names where it serves")
    func requests() throws {
        let client = try CertificatePlan.client("n1").request().request
        let asked = try X509.CertificateSigningRequest(pemEncoded: client)
        #expect("\(asked.subject)" == "CN=system:node:n1,O=system:nodes")
        #expect(try asked.attributes.extensionRequest == nil)
        let plan = CertificatePlan.serving("n1", names: ["n1", "10.0.0.1", "fd00::1"])
        let serving = try X509.CertificateSigningRequest(pemEncoded: try plan.request().request)
        let names = try #require(try serving.attributes.extensionRequest?.extensions.subjectAlternativeNames)
        #expect(names.count == 3)
        #expect(plan.object("x")["spec"]?["signerName"] == "kubernetes.io/kubelet-serving")
    }

    @Test("Certificates are renewed within 70 to 90 % of their time")
    func renewal() {
        let begin = Date(timeIntervalSince1970: 1000)
        let life = CertificateLife(notBefore: begin, notAfter: begin + 1000)
        #expect(life.renewal(0) == begin + 700)
        #expect(life.renewal(0.5) == begin + 800)
        #expect(life.renewal(7) == begin + 900)
        #expect(CertificateLife(pem: "none") == nil)
    }

    @Test("Tokens read as kubeadm's, and lie in Secrets as the API server wants them")
    func tokens() throws {
        let token = BootstrapToken()
        #expect(BootstrapToken("\(token)") == token)
        #expect(BootstrapToken() != token)
        for text in ["", "abcdef", "abcdef.0123456789abcde", "ABCDEF.0123456789abcdef", "abcdef.0123456789abcdef.x"] {
            #expect(BootstrapToken(text) == nil)
        }
        let secret = token.object(until: Timestamp(microseconds: 0), description: "d")
        #expect(secret["metadata"]?["name"]?.stringValue == "bootstrap-token-\(token.id)")
        #expect(secret["stringData"]?["expiration"] == "1970-01-01T00:00:00Z")
    }

    @Test("Pods of the node itself and of DaemonSets are not evicted")
    func evicted() throws {
        func pod(_ text: String) throws -> Pod { try JSONReader.read(Array(text.utf8)) { try Pod(reading: &$0) } }
        #expect(NodeLeaving.isEvicted(try pod(#"{"metadata":{"name":"a"}}"#)))
        #expect(!NodeLeaving.isEvicted(try pod(#"{"metadata":{"name":"a"},"status":{"phase":"Succeeded"}}"#)))
        #expect(
            !NodeLeaving.isEvicted(
                try pod(#"{"metadata":{"name":"a","annotations":{"kubernetes.io/config.mirror":"x"}}}"#)))
        let owner = #"{"apiVersion":"apps/v1","kind":"DaemonSet","name":"d","uid":"u","controller":true}"#
        #expect(!NodeLeaving.isEvicted(try pod(#"{"metadata":{"name":"a","ownerReferences":[\#(owner)]}}"#)))
    }
}
