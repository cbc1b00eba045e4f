import APIObjects
import APIResources
package import JSONStream

/// Who approves or denies a CertificateSigningRequest needs the verb `approve` on its signer, who gives the certificate the
/// verb `sign` (upstream's admission plugins CertificateApproval and CertificateSigning).
package struct SignerCheck: Sendable {
    package let authorizer: Authorizer
    package let user: UserInfo

    package init(authorizer: Authorizer, user: UserInfo) {
        self.authorizer = authorizer
        self.user = user
    }

    /// - Throws: ``StatusError``
    package func check(_ object: JSONValue, replacing old: JSONValue?, _ subresource: String) throws {
        guard let old, let verb = verb(object, old, subresource) else { return }
        let signer = old["spec"]?.text("signerName") ?? ""
        let domain = signer.prefix { $0 != "/" }
        let isAllowed = [signer, "\(domain)/*"].contains { name in
            authorizer.authorize(
                RequestAttributes(
                    verb: verb, group: "certificates.k8s.io", version: "*", resource: "signers", name: name), user
            ).isAllowed
        }
        guard !isAllowed else { return }
        throw StatusError.forbidden(
            .certificateSigningRequests, old["metadata"]?.text("name") ?? "",
            "user not permitted to \(verb) requests with signerName \"\(signer)\"")
    }

    private func verb(_ object: JSONValue, _ old: JSONValue, _ subresource: String) -> String? {
        switch subresource {
        case "approval": return "approve"
        case "status":
            func failures(_ object: JSONValue) -> [JSONValue] {
                object["status"]?.items("conditions").filter { $0.text("type") == "Failed" } ?? []
            }
            let isSigned = object["status"]?.text("certificate") != old["status"]?.text("certificate")
            return isSigned || failures(object) != failures(old) ? "sign" : nil
        default: return nil
        }
    }
}
