package import APIObjects
import KubeSchema

/// Kinds that only ask: nothing of them is stored.
extension ResourceDefinition {
    private static func review(_ plural: String, _ group: String) -> ResourceDefinition {
        ResourceDefinition(plural, group: group, strategy: ReviewStrategy())
    }

    private static let authentication = "authentication.k8s.io"
    private static let authorization = "authorization.k8s.io"

    static let tokenReviews = review("tokenreviews", authentication)
    static let selfSubjectReviews = review("selfsubjectreviews", authentication)
    static let subjectAccessReviews = review("subjectaccessreviews", authorization)
    static let localSubjectAccessReviews = review("localsubjectaccessreviews", authorization)
    static let selfSubjectAccessReviews = review("selfsubjectaccessreviews", authorization)
    static let selfSubjectRulesReviews = review("selfsubjectrulesreviews", authorization)

    /// What POST to serviceaccounts/NAME/token takes. It is no resource of its own.
    package static let tokenRequests = ResourceDefinition(
        body: GroupVersionKind(authentication, "v1", "TokenRequest"), plural: "tokenrequests",
        strategy: ReviewStrategy())
}

/// Reviews may leave out their metadata altogether.
struct ReviewStrategy: ResourceStrategy {}
