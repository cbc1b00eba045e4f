import JSONStream
import KubeAPI
import KubeClient

/// Approves what nodes may have: client certificates for who holds the permission to ask for them, as
/// kube-controller-manager does, and serving certificates for a node's own names and addresses, which
/// kube-controller-manager leaves to people.
public struct CertificateApprovingController: ManagedController {
    public let name = "certificatesigningrequest-approving-controller"
    private let controller: Controller<String>

    public init(_ context: ControllerContext) {
        let requests: Informer<CertificateSigningRequest> = context.informers.informer()
        let work = Approval(client: context.client, requests: requests.cache)
        controller = context.controller(name, queue: "certificate") { try await work.reconcile($0) }
        requests.onChange { [queue = controller.queue] change in
            if let request = change.new { queue.add(request.metadata.name) }
        }
    }

    public func run() async { await controller.run() }
}

private struct Approval: Sendable {
    let client: KubeClient
    let requests: InformerCache<CertificateSigningRequest>

    /// When a node's addresses are looked at again, where they are not the ones that it asks for.
    private static let pause = Duration.seconds(10)

    func reconcile(_ name: String) async throws -> Controller<String>.Result {
        guard let request = requests[ObjectKey(namespace: "", name: name)], !request.isApproved, !request.isDenied,
            request.certificate.isEmpty, let signer = SignerRules.Signer(rawValue: request.signerName),
            let requested = RequestedCertificate(base64: request.request),
            SignerRules.problem(signer, requested, usages: request.usages, username: request.username) == nil
        else { return .done }
        switch signer {
        case .client: return .done
        case .nodeClient:
            for subresource in SignerRules.permission(requested, username: request.username)
            where try await isAllowed(request, subresource) {
                let own = subresource == "selfnodeclient" ? "self " : ""
                try await approve(
                    request, "Auto approving \(own)kubelet client certificate after SubjectAccessReview.")
                return .done
            }
            return .done
        case .nodeServing:
            guard let node = SignerRules.nodeName(ofUser: request.username),
                let found = try await client.getIfPresent(Node.self, ObjectKey(namespace: "", name: node))
            else { return .again(after: Self.pause) }
            guard SignerRules.ownsNames(requested, found) else { return .again(after: Self.pause) }
            try await approve(request, "Auto approving kubelet serving certificate for the node's own addresses.")
            return .done
        }
    }

    private func isAllowed(_ request: CertificateSigningRequest, _ subresource: String) async throws -> Bool {
        let review: JSONValue = [
            "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
            "spec": [
                "user": .string(request.username), "uid": .string(request.uid), "extra": request.extra,
                "groups": .array(request.groups.map { .string($0) }),
                "resourceAttributes": [
                    "group": "certificates.k8s.io", "resource": "certificatesigningrequests", "verb": "create",
                    "subresource": .string(subresource), "version": "*",
                ],
            ],
        ]
        let answer = try JSONValue(
            parsing: await client.send(
                APIRequest(.post, "/apis/authorization.k8s.io/v1/subjectaccessreviews", body: review.serialized())))
        return answer["status"]?["allowed"]?.boolValue ?? false
    }

    private func approve(_ request: CertificateSigningRequest, _ message: String) async throws(APIError) {
        let condition = Condition("Approved", "True", reason: "AutoApproved", message: message)
        let patch: JSONValue = [
            "metadata": [
                "uid": .string(request.metadata.uid), "resourceVersion": .string(request.metadata.resourceVersion),
            ],
            "status": ["conditions": .array((request.conditions + [condition]).map(\.json))],
        ]
        let _: CertificateSigningRequest = try await client.patch(
            CertificateSigningRequest.self, request.metadata.key, subresource: "approval", .merge, patch.serialized())
    }
}
