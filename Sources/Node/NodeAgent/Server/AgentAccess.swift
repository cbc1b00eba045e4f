import HTTPTypes
import JSONStream
import KubeClient
import NIOCore
import NIOSSL
import SwiftASN1
import Synchronization
import X509

/// Who asks the agent, and whether he may: client certificates of the cluster's authority, or tokens that the API server
/// knows; what either may do, the API server tells.
final class AgentAccess: Sendable {
    struct User: Hashable, Sendable {
        var name: String
        var uid = ""
        var groups: [String] = []
    }

    private struct Decision {
        var isAllowed: Bool
        var until: Duration
    }

    private struct Question: Hashable {
        var user: User
        var verb: String
        var part: String
    }

    private let client: KubeClient
    private let nodeName: String
    private let clock: RetryClock
    private let tokens = Mutex<[String: (user: User?, until: Duration)]>([:])
    private let decisions = Mutex<[Question: Decision]>([:])

    /// kubelet's times: what is allowed is asked again after five minutes, what is not after half a minute.
    private static let allowed = Duration.seconds(300)
    private static let refused = Duration.seconds(30)
    private static let tokenTime = Duration.seconds(120)
    /// Answers that are kept.
    private static let capacity = 1024

    init(client: KubeClient, nodeName: String, clock: RetryClock) {
        self.client = client
        self.nodeName = nodeName
        self.clock = clock
    }

    /// - Throws: ``HTTPFailure``: 401 or 403.
    func check(_ request: AgentRequest, _ channel: any Channel) async throws {
        let user = try await user(request, channel)
        let part = Self.part(request.path)
        let verb = Self.verb(request.method)
        guard try await isAllowed(Question(user: user, verb: verb, part: part)) else {
            throw HTTPFailure(
                403, "Forbidden (user=\(user.name), verb=\(verb), resource=nodes, subresource(s)=[\(part)])")
        }
    }

    // MARK: Who

    private func user(_ request: AgentRequest, _ channel: any Channel) async throws -> User {
        if let certificate = try? await channel.nioSSL_peerCertificate().get(),
            let bytes = try? certificate.toDERBytes(), let user = Self.user(bytes)
        {
            return user
        }
        let header = request.head.headerFields[.authorization] ?? ""
        guard header.hasPrefix("Bearer "), header.utf8.count < 16 << 10 else { throw HTTPFailure(401, "Unauthorized") }
        let token = String(header.dropFirst("Bearer ".count))
        guard let user = try await review(token) else { throw HTTPFailure(401, "Unauthorized") }
        return user
    }

    /// The subject of a certificate that was verified.
    static func user(_ der: [UInt8]) -> User? {
        guard let certificate = try? Certificate(derEncoded: der) else { return nil }
        var user = User(name: "")
        for part in certificate.subject {
            for attribute in part {
                if attribute.type == .RDNAttributeType.commonName { user.name = attribute.value.description }
                if attribute.type == .RDNAttributeType.organizationName {
                    user.groups.append(attribute.value.description)
                }
            }
        }
        guard !user.name.isEmpty else { return nil }
        user.groups.append("system:authenticated")
        return user
    }

    private func review(_ token: String) async throws -> User? {
        let now = clock.now()
        if let known = tokens.withLock({ $0[token] }), now < known.until { return known.user }
        let body: JSONValue = [
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": ["token": .string(token)],
        ]
        let answer = try JSONValue(
            parsing: await client.send(
                APIRequest(.post, "/apis/authentication.k8s.io/v1/tokenreviews", body: body.serialized())))
        let status = answer["status"] ?? [:]
        var user: User?
        if status.flag("authenticated"), let json = status["user"] {
            user = User(name: json.text("username"), uid: json.text("uid"), groups: json.texts("groups"))
        }
        let found = user
        tokens.withLock { tokens in
            if tokens.count >= Self.capacity { tokens = tokens.filter { now < $0.value.until } }
            if tokens.count < Self.capacity { tokens[token] = (found, now + Self.tokenTime) }
        }
        return user
    }

    // MARK: What

    /// Which part of the node a path is of (kubelet's authorizer).
    static func part(_ path: [String]) -> String {
        switch path.first {
        case "stats": "stats"
        case "metrics": "metrics"
        case "logs": "log"
        default: "proxy"
        }
    }

    static func verb(_ method: HTTPRequest.Method) -> String {
        switch method {
        case .get, .head: "get"
        case .post: "create"
        case .put: "update"
        case .patch: "patch"
        case .delete: "delete"
        default: ""
        }
    }

    private func isAllowed(_ question: Question) async throws -> Bool {
        let now = clock.now()
        if let known = decisions.withLock({ $0[question] }), now < known.until { return known.isAllowed }
        let body: JSONValue = [
            "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
            "spec": [
                "user": .string(question.user.name), "uid": .string(question.user.uid),
                "groups": .array(question.user.groups.map { .string($0) }),
                "resourceAttributes": [
                    "verb": .string(question.verb), "version": "v1", "resource": "nodes",
                    "subresource": .string(question.part), "name": .string(nodeName),
                ],
            ],
        ]
        let answer = try JSONValue(
            parsing: await client.send(
                APIRequest(.post, "/apis/authorization.k8s.io/v1/subjectaccessreviews", body: body.serialized())))
        let isAllowed = answer["status"]?.flag("allowed") ?? false
        decisions.withLock { decisions in
            if decisions.count >= Self.capacity { decisions = decisions.filter { now < $0.value.until } }
            guard decisions.count < Self.capacity else { return }
            decisions[question] = Decision(
                isAllowed: isAllowed, until: now + (isAllowed ? Self.allowed : Self.refused))
        }
        return isAllowed
    }
}
