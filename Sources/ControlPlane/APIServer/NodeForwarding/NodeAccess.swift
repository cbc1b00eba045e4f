public import APISecurity

/// How the server shows node agents who it is: a client certificate of the cluster's authority.
public struct NodeAccess: Sendable {
    public var certificatePEM: String
    public var keyPEM: String

    /// The user of the certificate, as upstream's installers name it; its group may do everything.
    public static let user = UserInfo(name: "kube-apiserver-kubelet-client", groups: [UserInfo.privilegedGroup])

    public init(_ issued: CertificateAuthority.Issued) {
        certificatePEM = issued.certificatePEM
        keyPEM = issued.keyPEM
    }
}
