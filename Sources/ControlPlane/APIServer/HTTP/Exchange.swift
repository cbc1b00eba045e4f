import APIObjects
import APISecurity
import HTTPTypes
import Hummingbird
import KubeAPI

/// One request on its way through the server, as metrics and the audit log see it.
struct Exchange: Sendable {
    let request: APIRequest
    let attributes: RequestAttributes
    /// As it was sent, with the query.
    let target: String
    let received = Timestamp.now()
    let began = ContinuousClock.now
    let connection = Connection.current
    private(set) var user: UserInfo?
    private(set) var impersonated: UserInfo?
    private var annotations: [(key: String, value: String)] = []
    private var stages: Set<AuditEvent.Stage> = []
    private var auditID = ""

    init(_ http: Request) {
        request = APIRequest(http.head)
        attributes = RequestAttributes(request)
        target = http.head.path ?? "/"
    }

    /// Whoever the request is allowed or forbidden to.
    var acting: UserInfo? { impersonated ?? user }

    var isDryRun: Bool { request.query["dryRun"] != nil }

    // MARK: What happens to it

    mutating func authenticated(as user: UserInfo, _ log: AuditLog?) {
        self.user = user
        begin(log, user)
    }

    /// A request of nobody known.
    mutating func refused(_ log: AuditLog?) { begin(log, UserInfo(name: "")) }

    private mutating func begin(_ log: AuditLog?, _ user: UserInfo) {
        guard let log else { return }
        stages = log.policy.stages(attributes, user)
        guard !stages.isEmpty else { return }
        auditID = UUIDText.random()
        record(.requestReceived, nil, log)
    }

    mutating func impersonates(_ user: UserInfo) { impersonated = user }

    mutating func decided(_ decision: AuthorizationDecision) {
        annotations = [
            ("authorization.k8s.io/decision", decision.isAllowed ? "allow" : "forbid"),
            ("authorization.k8s.io/reason", decision.reason),
        ]
    }

    /// - Parameter failure: what the answer says, if it is a failure.
    func record(_ stage: AuditEvent.Stage, _ answer: (code: Int, failure: StatusError?)?, _ log: AuditLog?) {
        guard let log, stages.contains(stage) else { return }
        log.record(
            AuditEvent(
                stage: stage, id: auditID, requestURI: target, attributes: attributes, user: user ?? UserInfo(name: ""),
                impersonated: impersonated, sourceIPs: connection.map { [$0.remoteAddress] } ?? [],
                userAgent: request.userAgent,
                status: answer.map { ($0.code, $0.failure?.reason ?? "", $0.failure?.logMessage ?? "") },
                received: received, staged: .now(), annotations: annotations))
    }
}
