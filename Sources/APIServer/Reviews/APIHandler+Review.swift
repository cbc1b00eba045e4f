import Hummingbird
import JSONStream
import OrderedCollections

/// Kinds that are answered at once and not stored.
extension APIHandler {
    func review(
        _ target: RequestTarget.Resource, _ request: APIRequest, _ user: UserInfo, _ http: Request
    ) async throws -> Response {
        let isToken = target.definition.isStored
        let definition = isToken ? ResourceDefinition.tokenRequests : target.definition
        guard isToken || (target.name.isEmpty && definition.isNamespaced == !target.namespace.isEmpty) else {
            throw StatusError.unknownResource
        }
        guard request.method == .post else { throw StatusError.methodNotAllowed }
        guard let representation = Representation.negotiate(request.accept) else { throw StatusError.notAcceptable }
        let options = try RequestOptions(request, kind: "CreateOptions")
        let decoded = try BodyDecoder(definition: definition, validation: options.fieldValidation)
            .decode(try await body(http), contentType: request.contentType)
        var object = decoded.object
        if isToken {
            object = try await TokenIssue(handler: self, target: target, isDryRun: options.isDryRun).answer(object)
        } else {
            object["status"] = try await status(of: object, definition, user, namespace: target.namespace)
            if definition.kind == "SelfSubjectReview" {
                object["metadata"] = ["creationTimestamp": .string(Timestamp.now().text())]
            }
        }
        return Self.answer(object, representation, code: 201, warnings: decoded.warnings)
    }

    private func status(
        of object: JSONValue, _ definition: ResourceDefinition, _ user: UserInfo, namespace: String
    ) async throws -> JSONValue {
        let spec = object["spec"] ?? [:]
        switch definition.kind {
        case "TokenReview":
            return try await TokenReview(authenticator: security.authenticator).status(spec)
        case "SelfSubjectReview":
            return ["userInfo": user.json]
        case "SelfSubjectRulesReview":
            return try RulesReview(authorizer: authorizer, user: user).status(spec)
        default:
            return try AccessReview(authorizer: authorizer, definition: definition)
                .status(object, asker: user, namespace: namespace)
        }
    }
}
