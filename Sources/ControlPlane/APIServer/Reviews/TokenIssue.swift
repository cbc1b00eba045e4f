import APIObjects
import APIResources
import APISecurity
import FoundationEssentials
import JSONStream
import KubeAPI
import KubeSchema

/// A token for a service account (POST to serviceaccounts/NAME/token).
struct TokenIssue: Sendable {
    private static let shortest: Int64 = 10 * 60
    private static let longest: Int64 = 1 << 32
    private static let usual: Int64 = 60 * 60

    let handler: APIHandler
    let target: RequestTarget.Resource
    let isDryRun: Bool

    func answer(_ request: JSONValue) async throws -> JSONValue {
        guard let tokens = handler.security.serviceAccounts else { throw StatusError.unknownResource }
        try await handler.cache.catchUp()
        let objects = BoundObjects(cache: handler.cache, registry: handler.registry)
        guard let account = objects.metadata("serviceaccounts", target.namespace, target.name) else {
            throw StatusError.notFound(.serviceAccounts, target.name)
        }
        try checkIdentity(request["metadata"] ?? [:])
        var spec = request["spec"] ?? [:]
        var seconds = spec["expirationSeconds"]?.integerValue ?? Self.usual
        try check(seconds)
        if let limit = tokens.keys.maximumExpiration { seconds = min(seconds, limit.components.seconds) }
        var bound = ServiceAccountClaims.Kubernetes(
            namespace: target.namespace, serviceaccount: .init(name: target.name, uid: account.uid))
        if let reference = spec["boundObjectRef"], !reference.isNull { try bind(reference, objects, &bound) }
        let audiences = spec.strings("audiences").isEmpty ? tokens.keys.audiences : spec.strings("audiences")
        let now = Int64(Date().timeIntervalSince1970)
        let claims = ServiceAccountClaims(
            aud: audiences, exp: now + seconds, iat: now, iss: tokens.keys.issuers.first ?? "",
            jti: UUIDText.random(), kubernetes: bound, nbf: now,
            sub: "\(UserInfo.serviceAccountPrefix)\(target.namespace):\(target.name)")
        spec["audiences"] = .array(audiences.map { .string($0) })
        spec["expirationSeconds"] = .integer(seconds)
        if spec["boundObjectRef"] == nil { spec["boundObjectRef"] = .null }
        var answer = request
        answer["metadata"] = [
            "name": .string(target.name), "namespace": .string(target.namespace),
            "creationTimestamp": .string(Timestamp.now().text()),
        ]
        answer["spec"] = spec
        answer["status"] = [
            "token": .string(isDryRun ? "" : try await tokens.sign(claims)),
            "expirationTimestamp": .string(Timestamp(microseconds: claims.exp * 1_000_000).text()),
        ]
        return answer
    }

    private func checkIdentity(_ metadata: JSONValue) throws(StatusError) {
        for (field, wanted) in [("name", target.name), ("namespace", target.namespace)] {
            let given = metadata.text(field)
            guard !given.isEmpty, given != wanted else { continue }
            throw .invalid(
                .tokenRequests, target.name,
                [
                    .invalid(
                        FieldPath("metadata").child(field), .string(given),
                        "must match the service account \(field) if specified")
                ])
        }
    }

    private func check(_ seconds: Int64) throws(StatusError) {
        let path = FieldPath("spec").child("expirationSeconds")
        let problem: String
        switch seconds {
        case ..<Self.shortest: problem = "may not specify a duration less than 10 minutes"
        case (Self.longest + 1)...: problem = "may not specify a duration larger than 2^32 seconds"
        default: return
        }
        throw .invalid(.tokenRequests, target.name, [.invalid(path, .integer(seconds), problem)])
    }

    private func bind(
        _ reference: JSONValue, _ objects: BoundObjects, _ bound: inout ServiceAccountClaims.Kubernetes
    ) throws {
        let (kind, name) = (reference.text("kind"), reference.text("name"))
        let place: WritableKeyPath<ServiceAccountClaims.Kubernetes, ServiceAccountClaims.Reference?>
        switch (reference.text("apiVersion"), kind) {
        case ("v1", "Pod"): place = \.pod
        case ("v1", "Secret"): place = \.secret
        case ("v1", "Node"): place = \.node
        case (let version, _):
            throw StatusError.badRequest("cannot bind token to object of type \(version), Kind=\(kind)")
        }
        let plural = kind.lowercased() + "s"
        let namespace = kind == "Node" ? "" : target.namespace
        guard let definition = handler.registry.find(apiVersion: "v1", plural: plural),
            let found = handler.cache.get(definition, key: definition.key(namespace: namespace, name: name)),
            let identity = found.identity
        else {
            throw StatusError(
                code: 404, reason: "NotFound", message: "\(plural) \"\(name)\" not found",
                details: StatusError.Details(name: name, kind: plural))
        }
        let uid = reference.text("uid")
        guard uid.isEmpty || uid == identity.uid else {
            throw StatusError.conflict(
                definition, name,
                "the UID in the bound object reference (\(uid)) does not match the UID in record (\(identity.uid)). "
                    + "The object might have been deleted and then recreated")
        }
        if kind == "Pod" { try bindPod(try found.decoded(), name, &bound) }
        bound[keyPath: place] = ServiceAccountClaims.Reference(name: name, uid: identity.uid)
    }

    /// A pod's token tells the pod's node as well.
    private func bindPod(
        _ pod: JSONValue, _ name: String, _ bound: inout ServiceAccountClaims.Kubernetes
    ) throws(StatusError) {
        let account = pod["spec"]?.text("serviceAccountName") ?? ""
        guard account == target.name else {
            throw .badRequest(
                "cannot bind token for serviceaccount \"\(target.name)\" to pod running with different serviceaccount name"
            )
        }
        let node = pod["spec"]?.text("nodeName") ?? ""
        guard !node.isEmpty else { return }
        let nodes = ResourceDefinition.nodes
        let uid = handler.cache.get(nodes, key: nodes.key(namespace: "", name: node))?.identity?.uid
        bound.node = ServiceAccountClaims.Reference(name: node, uid: uid)
    }
}
