import APIObjects
import APISecurity
import JSONStream

/// Whose token it is (authentication.k8s.io/v1 TokenReview).
struct TokenReview: Sendable {
    let authenticator: Authenticator

    func status(_ spec: JSONValue) async throws(StatusError) -> JSONValue {
        let token = spec.text("token")
        guard !token.isEmpty else { throw .badRequest("token is required for TokenReview in authentication") }
        do {
            let found = try await authenticator.user(token: token, audiences: spec.strings("audiences"))
            var status: JSONValue = ["authenticated": true, "user": found.user.json]
            if !found.audiences.isEmpty { status["audiences"] = .array(found.audiences.map { .string($0) }) }
            return status
        } catch {
            return ["user": [:], "error": .string(error.reviewText)]
        }
    }
}
