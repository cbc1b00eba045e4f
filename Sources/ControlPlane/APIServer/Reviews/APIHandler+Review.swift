import APIObjects
import APIResources
import APISecurity
import Hummingbird
import JSONStream
import KubeAPI
import NIOCore

/// Kinds that are answered at once and not stored.
extension APIHandler {
    func review(
        _ target: RequestTarget.Resource, _ request: APIRequest, _ user: UserInfo, _ http: Request,
        _ channel: any Channel
    ) async throws -> Response {
        let definition = target.definition
        guard target.name.isEmpty, definition.isNamespaced == !target.namespace.isEmpty else {
            throw StatusError.unknownResource
        }
        guard request.method == .post else { throw StatusError.methodNotAllowed }
        // Answers that are no objects with metadata are no rows of a table either.
        guard let representation = Representation.negotiate(request.accept), representation.shape == .object else {
            throw StatusError.notAcceptable
        }
        if definition.kind == "Binding" {
            let call = Call(
                target: target, request: request, representation: representation, user: user, channel: channel)
            return try await PodBinding(handler: self, call: call).create(try await body(http))
        }
        let options = try RequestOptions(request, kind: "CreateOptions")
        let decoded = try BodyDecoder(definition: definition, validation: options.fieldValidation)
            .decode(try await body(http), contentType: request.contentType)
        var object = decoded.object
        let call = Call(
            target: target, request: request, representation: representation, user: user, channel: channel)
        try checkNamespace(object, call)
        if definition.isNamespaced { object.editOrMake("metadata") { $0["namespace"] = .string(target.namespace) } }
        object["status"] = try await status(of: object, definition, user, namespace: target.namespace)
        if definition.kind == "SelfSubjectReview" {
            object["metadata"] = ["creationTimestamp": .string(Timestamp.now().text())]
        }
        return Self.answer(object, representation, code: 201, warnings: decoded.warnings)
    }

    /// A token for a service account.
    func token(_ call: Call, body: [UInt8]) async throws -> Response {
        let options = try RequestOptions(call.request, kind: "CreateOptions")
        let decoded = try BodyDecoder(definition: .tokenRequests, validation: options.fieldValidation)
            .decode(body, contentType: call.request.contentType)
        let issue = TokenIssue(handler: self, target: call.target, isDryRun: options.isDryRun)
        return Self.answer(
            try await issue.answer(decoded.object), call.representation, code: 201, warnings: decoded.warnings)
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
