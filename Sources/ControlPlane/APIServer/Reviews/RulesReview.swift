import APIObjects
import APISecurity
import JSONStream

/// What the asker may do in a namespace (authorization.k8s.io/v1 SelfSubjectRulesReview).
struct RulesReview: Sendable {
    let authorizer: Authorizer
    let user: UserInfo

    func status(_ spec: JSONValue) throws(StatusError) -> JSONValue {
        let namespace = spec.text("namespace")
        guard !namespace.isEmpty else { throw .badRequest("no namespace on request") }
        let found = authorizer.rules(user, namespace: namespace)
        var status: JSONValue = [
            "resourceRules": .array(found.rules.filter { $0.nonResourceURLs.isEmpty }.map(\.json)),
            "nonResourceRules": .array(found.rules.filter { !$0.nonResourceURLs.isEmpty }.map(\.json)),
            "incomplete": .bool(!found.problems.isEmpty),
        ]
        if !found.problems.isEmpty { status["evaluationError"] = .string(RBACIndex.aggregate(found.problems)) }
        return status
    }
}
