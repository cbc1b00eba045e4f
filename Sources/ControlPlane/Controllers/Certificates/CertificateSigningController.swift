import JSONStream
import KubeAPI
import KubeClient

/// Signs approved requests for Kubernetes' own signers of certificates for clients and kubelets.
public struct CertificateSigningController: ManagedController {
    public struct Settings: Sendable {
        /// Signs a request in PEM; the certificate comes back in PEM.
        public typealias Sign =
            @Sendable (_ request: String, _ usages: [String], _ lifetime: Duration) throws -> String

        public var sign: Sign
        /// kube-controller-manager's `--cluster-signing-duration`.
        public var duration = Duration.seconds(365 * 86_400)

        public init(sign: @escaping Sign) { self.sign = sign }
    }

    public let name = "certificatesigningrequest-signing-controller"
    private let controller: Controller<String>

    public init(_ context: ControllerContext, settings: Settings) {
        let requests: Informer<CertificateSigningRequest> = context.informers.informer()
        let client = context.client
        controller = context.controller(name, queue: "csrsigning") { name in
            guard let request = requests.cache[ObjectKey(namespace: "", name: name)], request.isApproved,
                !request.isDenied, !request.isFailed, request.certificate.isEmpty,
                let signer = SignerRules.Signer(rawValue: request.signerName)
            else { return .done }
            let patch = Self.status(request, signer, settings)
            let _: CertificateSigningRequest = try await client.patch(
                CertificateSigningRequest.self, request.metadata.key, subresource: "status", .merge,
                patch.serialized())
            return .done
        }
        requests.onChange { [queue = controller.queue] change in
            if let request = change.new { queue.add(request.metadata.name) }
        }
    }

    public func run() async { await controller.run() }

    /// The certificate, or why there is none.
    static func status(
        _ request: CertificateSigningRequest, _ signer: SignerRules.Signer, _ settings: Settings
    ) -> JSONValue {
        var patch: JSONValue = [
            "metadata": [
                "uid": .string(request.metadata.uid), "resourceVersion": .string(request.metadata.resourceVersion),
            ]
        ]
        func failed(_ why: String) -> JSONValue {
            let failure = Condition("Failed", "True", reason: "SignerValidationFailure", message: why)
            patch["status"] = ["conditions": .array((request.conditions + [failure]).map(\.json))]
            return patch
        }
        guard let requested = RequestedCertificate(base64: request.request) else {
            return failed("the request cannot be read")
        }
        if let problem = SignerRules.problem(
            signer, requested, usages: request.usages, username: request.username)
        {
            return failed(problem)
        }
        do {
            var lifetime = settings.duration
            // No shorter than the API allows to ask for.
            if let seconds = request.expirationSeconds { lifetime = min(lifetime, .seconds(max(600, seconds))) }
            let certificate = try settings.sign(requested.pem, request.usages, lifetime)
            patch["status"] = ["certificate": .string(Base64.encode(Array(certificate.utf8)))]
            return patch
        } catch {
            return failed("\(error)")
        }
    }
}
