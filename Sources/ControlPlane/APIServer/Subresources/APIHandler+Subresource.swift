import APIObjects
import HTTPTypes
import Hummingbird
import JSONStream

extension APIHandler {
    private static let verbs: [HTTPRequest.Method: String] = [
        .get: "get", .head: "get", .put: "update", .patch: "patch", .post: "create",
    ]

    func answer(_ subresource: Subresource, _ call: Call, _ http: Request) async throws -> Response {
        guard let verb = Self.verbs[call.request.method], subresource.verbs.contains(verb) else {
            throw StatusError.methodNotAllowed
        }
        let body = verb == "get" ? [] : try await body(http)
        switch (subresource.action, verb) {
        case (.part, "get"): return try await get(call)
        case (.part, "update"): return try await update(call, body: body)
        case (.part, _): return try await patch(call, body: body)
        case (.scale(let paths), _):
            return try await ScaleRequest(handler: self, call: call, paths: paths).answer(verb, body: body)
        case (.binding, _): return try await PodBinding(handler: self, call: call).create(body)
        case (.token, _): return try await token(call, body: body)
        case (.eviction, _): return try await PodEviction(handler: self, call: call).create(body)
        }
    }

    /// The answer of subresources that make nothing to be shown.
    static func created(_ call: Call) -> Response {
        answer(
            ["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "code": 201],
            call.representation, code: 201)
    }
}
