import Crypto
import FoundationEssentials
import JSONStream
import KubeAPI
import NetworkAddress
import SwiftASN1
import X509

/// A certificate that a node asks for. Pure but for the key.
struct CertificatePlan: Sendable {
    var signerName: String
    var usage: String
    var nodeName: String
    /// Of a server; empty for a client.
    var names: [String] = []

    static func client(_ nodeName: String) -> CertificatePlan {
        CertificatePlan(
            signerName: "kubernetes.io/kube-apiserver-client-kubelet", usage: "client auth", nodeName: nodeName)
    }

    static func serving(_ nodeName: String, names: [String]) -> CertificatePlan {
        CertificatePlan(
            signerName: "kubernetes.io/kubelet-serving", usage: "server auth", nodeName: nodeName, names: names)
    }

    /// A new key in PEM, and the request for a certificate of it in PEM.
    func request() throws -> (key: String, request: String) {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let subject = try DistinguishedName {
            OrganizationName("system:nodes")
            CommonName("system:node:\(nodeName)")
        }
        let names = names.map { name -> GeneralName in
            IPAddress(name).map { .ipAddress(ASN1OctetString(contentBytes: $0.bytes[...])) } ?? .dnsName(name)
        }
        var attributes = CertificateSigningRequest.Attributes()
        if !names.isEmpty {
            let extensions = try Certificate.Extensions { SubjectAlternativeNames(names) }
            attributes = try CertificateSigningRequest.Attributes([.init(ExtensionRequest(extensions: extensions))])
        }
        let request = try CertificateSigningRequest(
            version: .v1, subject: subject, privateKey: key, attributes: attributes)
        return (
            try key.serializeAsPEM().pemString + "\n", try request.serializeAsPEM().pemString + "\n"
        )
    }

    /// The CertificateSigningRequest.
    func object(_ request: String) -> JSONValue {
        [
            "apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest",
            "metadata": ["generateName": "csr-"],
            "spec": [
                "request": .string(Base64.encode(request.utf8)), "signerName": .string(signerName),
                "usages": ["digital signature", .string(usage)],
            ],
        ]
    }
}

/// How long a certificate is good, and when it is to be renewed. Pure.
struct CertificateLife: Hashable, Sendable {
    var notBefore: Date
    var notAfter: Date

    /// Nil if it cannot be read.
    init?(pem: String) {
        guard
            let first = try? PEMDocument.parseMultiple(pemString: pem).first(where: {
                $0.discriminator == "CERTIFICATE"
            }),
            let certificate = try? Certificate(pemDocument: first)
        else { return nil }
        notBefore = certificate.notValidBefore
        notAfter = certificate.notValidAfter
    }

    init(notBefore: Date, notAfter: Date) {
        self.notBefore = notBefore
        self.notAfter = notAfter
    }

    /// After 70 to 90 % of its time (kubelet's part), so that many nodes do not come at once.
    /// - Parameter part: from 0 to 1.
    func renewal(_ part: Double) -> Date {
        notBefore + notAfter.timeIntervalSince(notBefore) * (0.7 + 0.2 * min(max(part, 0), 1))
    }
}
