import KubeAPI
import NetworkAddress

/// What Kubernetes' own signers sign, and what of it nodes get without being asked about (kube-controller-manager's rules).
/// Pure.
enum SignerRules {
    enum Signer: String, Hashable, Sendable, CaseIterable {
        case client = "kubernetes.io/kube-apiserver-client"
        case nodeClient = "kubernetes.io/kube-apiserver-client-kubelet"
        case nodeServing = "kubernetes.io/kubelet-serving"
    }

    private static let nodes = "system:nodes"
    private static let nodePrefix = "system:node:"

    /// Why a signer does not sign this; nil: it does, once it is approved.
    static func problem(
        _ signer: Signer, _ requested: RequestedCertificate, usages: [String], username: String
    ) -> String? {
        let usages = Set(usages)
        switch signer {
        case .client:
            guard usages.contains("client auth") else { return "usages did not contain client auth" }
            let other = usages.subtracting(["digital signature", "key encipherment", "client auth"])
            return other.isEmpty ? nil : "usages \(other.sorted()) are not for clients"
        case .nodeClient:
            if let problem = nodeName(requested) { return problem }
            if !requested.dnsNames.isEmpty || !requested.addresses.isEmpty || requested.hasOtherNames {
                return "subjectAltNames are not allowed in certificates of nodes as clients"
            }
            return exactly(usages, "client auth")
        case .nodeServing:
            if let problem = nodeName(requested) { return problem }
            if requested.hasOtherNames { return "only DNS and IP subjectAltNames are allowed" }
            if requested.dnsNames.isEmpty, requested.addresses.isEmpty {
                return "DNS or IP subjectAltName is required"
            }
            if username != requested.commonName { return "only the node itself may ask for its serving certificate" }
            return exactly(usages, "server auth")
        }
    }

    private static func nodeName(_ requested: RequestedCertificate) -> String? {
        if requested.organizations != [nodes] { return "subject organization is not system:nodes" }
        return requested.commonName.hasPrefix(nodePrefix) && requested.commonName.count > nodePrefix.count
            ? nil : "subject common name does not begin with \(nodePrefix)"
    }

    /// `key encipherment` is for RSA keys.
    private static func exactly(_ usages: Set<String>, _ purpose: String) -> String? {
        let least: Set = ["digital signature", purpose]
        return usages == least || usages == least.union(["key encipherment"])
            ? nil : "usages must be \(least.sorted()) and may have key encipherment, not \(usages.sorted())"
    }

    /// Which permission lets the asker have a client certificate of a node without anybody being asked: the subresource of
    /// certificatesigningrequests; nil: nobody may.
    static func permission(_ requested: RequestedCertificate, username: String) -> [String] {
        (username == requested.commonName ? ["selfnodeclient"] : []) + ["nodeclient"]
    }

    /// Whether a node asks for no more names than it has. kube-controller-manager leaves that to people.
    static func ownsNames(_ requested: RequestedCertificate, _ node: Node) -> Bool {
        let nodeName = String(requested.commonName.dropFirst(nodePrefix.count))
        let known = Set(node.addresses.map { $0.address.lowercased() } + [nodeName.lowercased()])
        let addresses = Set(known.compactMap { IPAddress($0)?.bytes })
        return node.metadata.name == nodeName && requested.dnsNames.allSatisfy { known.contains($0.lowercased()) }
            && requested.addresses.allSatisfy { addresses.contains($0) }
    }

    static func nodeName(ofUser name: String) -> String? {
        name.hasPrefix(nodePrefix) ? String(name.dropFirst(nodePrefix.count)) : nil
    }
}
