import FoundationEssentials
import KubeAPI
import SwiftASN1
import X509

/// What a CertificateSigningRequest asks for, read from its PEM text.
struct RequestedCertificate: Hashable, Sendable {
    var commonName = ""
    var organizations: [String] = []
    var dnsNames: [String] = []
    /// As bytes: 4 or 16.
    var addresses: [[UInt8]] = []
    /// Names of other kinds.
    var hasOtherNames = false
    var pem = ""

    init() {}

    /// Nil if it cannot be read.
    init?(base64: String) {
        guard let bytes = Base64.decode(base64) else { return nil }
        pem = String(decoding: bytes, as: UTF8.self)
        guard let request = try? X509.CertificateSigningRequest(pemEncoded: pem) else { return nil }
        for part in request.subject {
            for attribute in part {
                if attribute.type == .RDNAttributeType.commonName { commonName = String(attribute.value) ?? "" }
                if attribute.type == .RDNAttributeType.organizationName {
                    organizations.append(String(attribute.value) ?? "")
                }
            }
        }
        guard let names = try? request.attributes.extensionRequest?.extensions.subjectAlternativeNames else { return }
        for name in names {
            switch name {
            case .dnsName(let text): dnsNames.append(text)
            case .ipAddress(let octets): addresses.append(Array(octets.bytes))
            default: hasOtherNames = true
            }
        }
    }
}
