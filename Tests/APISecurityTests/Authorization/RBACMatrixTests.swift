import APITesting
import JSONStream
import Testing

@testable import APIObjects
@testable import APIResources
@testable import APISecurity

/// Requests of several users against a fixed set of roles and bindings.
@Suite struct RBACMatrixTests {
    private static let roles: [(RBACObject, String)] = [
        (
            .clusterRole("reader"),
            #"{"rules":[{"verbs":["get","list"],"apiGroups":[""],"resources":["services","pods"]}]}"#
        ),
        (.clusterRole("paths"), #"{"rules":[{"verbs":["get"],"nonResourceURLs":["/metrics","/logs/*"]}]}"#),
        (.clusterRole("logs"), #"{"rules":[{"verbs":["get"],"apiGroups":[""],"resources":["pods/log","*/status"]}]}"#),
        (.clusterRole("all"), #"{"rules":[{"verbs":["*"],"apiGroups":["*"],"resources":["*"]}]}"#),
        (
            .role("n", "one"),
            #"{"rules":[{"verbs":["update","delete"],"apiGroups":["apps"],"resources":["deployments"],"resourceNames":["a"]}]}"#
        ),
    ]

    private static let bindings: [(RBACObject, String)] = [
        (
            .clusterBinding("b1"),
            #"{"subjects":[{"kind":"User","name":"ann"}],"roleRef":{"kind":"ClusterRole","name":"reader"}}"#
        ),
        (
            .clusterBinding("b2"),
            #"{"subjects":[{"kind":"Group","name":"ops"}],"roleRef":{"kind":"ClusterRole","name":"paths"}}"#
        ),
        (
            .clusterBinding("b3"),
            #"{"subjects":[{"kind":"User","name":"gil"}],"roleRef":{"kind":"ClusterRole","name":"gone"}}"#
        ),
        (
            .binding("n", "b4"),
            #"{"subjects":[{"kind":"User","name":"bob"},{"kind":"ServiceAccount","name":"sa","namespace":"m"}],"roleRef":{"kind":"Role","name":"one"}}"#
        ),
        (
            .binding("n", "b5"),
            #"{"subjects":[{"kind":"Group","name":"ops"}],"roleRef":{"kind":"ClusterRole","name":"logs"}}"#
        ),
        (
            .binding("n", "b6"),
            #"{"subjects":[{"kind":"ServiceAccount","name":"sb"}],"roleRef":{"kind":"ClusterRole","name":"all"}}"#
        ),
    ]

    private static func index() -> RBACIndex {
        let index = RBACIndex()
        for (object, text) in roles + bindings { index.apply(object, JSONValue(text: text)) }
        return index
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var user: UserInfo
        var request: RequestAttributes
        var reason: String?
        var testDescription: String { "\(user.name) \(request.verb) \(request.combinedResource)\(request.path)" }
    }

    /// - Parameter request: `verb resource[/subresource][.group] [name] [in namespace]`
    private static func ask(
        _ user: String, _ request: String, groups: [String] = [], _ reason: String?
    ) -> Case {
        var words = request.split(separator: " ").map(String.init)
        var namespace = ""
        if let place = words.firstIndex(of: "in") {
            namespace = words[place + 1]
            words.removeSubrange(place...)
        }
        let parts = words[1].split(separator: ".", maxSplits: 1).map(String.init)
        let resource = parts[0].split(separator: "/").map(String.init)
        return Case(
            user: UserInfo(name: user, groups: groups),
            request: RequestAttributes(
                verb: words[0], group: parts.count > 1 ? parts[1] : "", resource: resource[0],
                subresource: resource.count > 1 ? resource[1] : "", namespace: namespace,
                name: words.count > 2 ? words[2] : ""),
            reason: reason)
    }

    private static func path(_ groups: [String], _ verb: String, _ path: String, _ reason: String?) -> Case {
        Case(
            user: UserInfo(name: "eve", groups: groups), request: RequestAttributes(verb: verb, path: path),
            reason: reason)
    }

    private static let ann = "RBAC: allowed by ClusterRoleBinding \"b1\" of ClusterRole \"reader\" to User \"ann\""
    private static let bob = "RBAC: allowed by RoleBinding \"b4/n\" of Role \"one\" to User \"bob\""
    private static let sa = "RBAC: allowed by RoleBinding \"b4/n\" of Role \"one\" to ServiceAccount \"sa/m\""
    private static let sb = "RBAC: allowed by RoleBinding \"b6/n\" of ClusterRole \"all\" to ServiceAccount \"sb/n\""
    private static let ops = "RBAC: allowed by RoleBinding \"b5/n\" of ClusterRole \"logs\" to Group \"ops\""
    private static let urls = "RBAC: allowed by ClusterRoleBinding \"b2\" of ClusterRole \"paths\" to Group \"ops\""

    @Test(arguments: [
        ask("ann", "list services", ann), ask("ann", "get pods p in x", ann), ask("ann", "watch services", nil),
        ask("ann", "get pods/log p in x", nil), ask("ann", "get services.other", nil), ask("Ann", "list services", nil),
        ask("bob", "update deployments.apps a in n", bob), ask("bob", "update deployments.apps b in n", nil),
        ask("bob", "update deployments.apps in n", nil), ask("bob", "update deployments.apps a in m", nil),
        ask("bob", "update deployments.apps a", nil), ask("bob", "get deployments.apps a in n", nil),
        ask("system:serviceaccount:m:sa", "delete deployments.apps a in n", sa),
        ask("system:serviceaccount:n:sa", "delete deployments.apps a in n", nil),
        ask("system:serviceaccount:n:sb", "x y/z.g q in n", sb), ask("system:serviceaccount:n:sb", "x y.g in m", nil),
        ask("eve", "get pods/log p in n", groups: ["ops"], ops),
        ask("eve", "get services/status p in n", groups: ["ops"], ops),
        ask("eve", "get services in n", groups: ["ops"], nil), ask("eve", "get pods/exec in n", groups: ["ops"], nil),
        ask("eve", "get pods/log in n", nil),
        path(["ops"], "get", "/metrics", urls), path(["ops"], "get", "/logs/a/b", urls),
        path(["ops"], "get", "/logs", nil), path(["ops"], "post", "/metrics", nil), path([], "get", "/metrics", nil),
    ])
    func matrix(_ item: Case) {
        let decision = Self.index().authorize(item.request, item.user)
        #expect(decision.isAllowed == (item.reason != nil))
        #expect(decision.reason == item.reason ?? "")
    }

    @Test func aMissingRoleIsNamed() {
        let decision = Self.index().authorize(
            RequestAttributes(verb: "get", resource: "pods"), UserInfo(name: "gil"))
        #expect(decision == .denied("RBAC: clusterrole.rbac.authorization.k8s.io \"gone\" not found"))
    }

    @Test func changesTakeEffect() {
        let index = Self.index()
        let request = RequestAttributes(verb: "list", resource: "services")
        let ann = UserInfo(name: "ann")
        index.apply(.clusterRole("reader"), nil)
        #expect(!index.authorize(request, ann).isAllowed)
        index.apply(.clusterRole("reader"), JSONValue(text: Self.roles[0].1))
        #expect(index.authorize(request, ann).isAllowed)
        // A binding that gets another subject leaves nothing behind.
        index.apply(
            .clusterBinding("b1"),
            JSONValue(
                text: #"{"subjects":[{"kind":"User","name":"cid"}],"roleRef":{"kind":"ClusterRole","name":"reader"}}"#))
        #expect(!index.authorize(request, ann).isAllowed)
        #expect(index.authorize(request, UserInfo(name: "cid")).isAllowed)
        index.apply(.clusterBinding("b1"), nil)
        #expect(!index.authorize(request, UserInfo(name: "cid")).isAllowed)
    }

    @Test func membersOfMastersMayDoEverything() {
        let admin = UserInfo(name: "a", groups: ["system:masters"])
        let authorizer = Authorizer(modes: [.alwaysDeny], rbac: RBACIndex())
        #expect(authorizer.authorize(RequestAttributes(verb: "x", resource: "y"), admin) == .allowed())
        #expect(!authorizer.authorize(RequestAttributes(verb: "x", resource: "y"), .anonymous).isAllowed)
    }

    /// Message forms that clients show (apiserver's responsewriters).
    @Test(arguments: [
        (
            RequestAttributes(verb: "list", resource: "services", namespace: "y"),
            #"services is forbidden: User "x" cannot list resource "services" in API group "" in the namespace "y""#
        ),
        (
            RequestAttributes(verb: "get", group: "apps", resource: "deployments", subresource: "scale", name: "d"),
            #"deployments.apps "d" is forbidden: User "x" cannot get resource "deployments/scale" in API group "apps" at the cluster scope"#
        ),
        (RequestAttributes(verb: "get", path: "/metrics"), #"forbidden: User "x" cannot get path "/metrics""#),
    ])
    func messages(_ request: RequestAttributes, _ message: String) {
        let error = StatusError.forbidden(request, UserInfo(name: "x"), reason: "")
        #expect(error.message == message)
        #expect(error.code == 403 && error.reason == "Forbidden")
        #expect(StatusError.forbidden(request, UserInfo(name: "x"), reason: "R").message == message + ": R")
    }

    @Test func namesInMessagesAreEscaped() {
        let error = StatusError.forbidden(
            RequestAttributes(verb: "get", path: "/a"), UserInfo(name: "<\"&\n>"), reason: "")
        #expect(error.message == #"forbidden: User "&lt;\"&amp;\n&gt;" cannot get path "/a""#)
    }
}

/// A role or binding by its kind and name.
enum RBACObject: Sendable {
    case role(String, String)
    case clusterRole(String)
    case binding(String, String)
    case clusterBinding(String)
}

extension RBACIndex {
    /// As the cache tells of it; nil: it is gone.
    func apply(_ object: RBACObject, _ json: JSONValue?) {
        let (namespace, name, definition): (String, String, ResourceDefinition) =
            switch object {
            case .role(let namespace, let name): (namespace, name, .roles)
            case .clusterRole(let name): ("", name, .clusterRoles)
            case .binding(let namespace, let name): (namespace, name, .roleBindings)
            case .clusterBinding(let name): ("", name, .clusterRoleBindings)
            }
        var full = json ?? [:]
        full["metadata"] = ["name": .string(name), "namespace": .string(namespace)]
        let cached = CachedObject(
            key: definition.key(namespace: namespace, name: name), revision: 1, bytes: full.serialized(), facts: .init()
        )
        let event = ObjectEvent(kind: json == nil ? .deleted : .modified, object: cached, previous: nil)
        if definition.plural.hasSuffix("bindings") { changeBinding(event) } else { changeRole(event) }
    }
}
