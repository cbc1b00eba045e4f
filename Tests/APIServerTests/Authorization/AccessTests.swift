import APITesting
import JSONStream
import ObjectStore
import Testing

@testable import APIObjects
@testable import APISecurity
@testable import APIServer

/// Users with roles, over HTTP.
@Suite struct AccessTests {
    private static let tokens = [
        "admin": UserInfo(name: "admin", groups: [UserInfo.privilegedGroup]), "bob": UserInfo(name: "bob"),
        "imp": UserInfo(name: "imp"),
    ]

    private func withServer(
        modes: [AuthorizationMode] = [.rbac], _ body: @Sendable (TestServer) async throws -> Void
    ) async throws {
        try await TestServer.with(configure: {
            $0.authentication.tokens = Self.tokens
            $0.authorizationModes = modes
            $0.authentication.serviceAccounts = try ServiceAccountKeys(
                signingKeyPEM: ServiceAccountKeys.makeSigningKeyPEM(), issuers: ["https://i"])
        }) { server in try await body(server.with(token: "admin")) }
    }

    private static let rbac = "/apis/rbac.authorization.k8s.io/v1"

    private static func binding(_ name: String, _ role: String, user: String, kind: String = "ClusterRole") -> JSONValue
    {
        [
            "metadata": ["name": .string(name)], "roleRef": ["kind": .string(kind), "name": .string(role)],
            "subjects": [["kind": "User", "name": .string(user)]],
        ]
    }

    private func expect(
        _ code: Int, _ server: TestServer, _ method: String, _ path: String, _ body: JSONValue? = nil,
        headers: [(String, String)] = [], at location: SourceLocation = #_sourceLocation
    ) async throws -> JSONValue {
        let answer = try await server.send(method, path, body?.serialized(), headers: headers)
        #expect(answer.status == code, "\(method) \(path): \(answer.json.written)", sourceLocation: location)
        return answer.json
    }

    @Test func rolesAndBindings() async throws {
        try await withServer { server in
            let bob = server.with(token: "bob")
            let services = "/api/v1/namespaces/default/services"
            _ = try await expect(403, bob, "GET", services)
            let bindings = "\(Self.rbac)/namespaces/default/rolebindings"
            _ = try await expect(201, server, "POST", bindings, Self.binding("view", "view", user: "bob"))
            try await eventually { try await bob.send("GET", services).status == 200 }
            _ = try await expect(403, bob, "GET", "/api/v1/namespaces/kube-system/services")
            _ = try await expect(403, bob, "POST", services, ["metadata": ["name": "x"]])
            _ = try await expect(403, bob, "GET", "/api/v1/nodes")
            // What is not served is forbidden before it is not found.
            _ = try await expect(403, bob, "GET", "/api/v1/namespaces/default/gadgets")
            _ = try await expect(404, server, "GET", "/api/v1/namespaces/default/gadgets")
            _ = try await expect(200, server, "DELETE", bindings + "/view")
            try await eventually { try await bob.send("GET", services).status == 403 }
        }
    }

    @Test func escalation() async throws {
        try await withServer { server in
            let bob = server.with(token: "bob")
            let bindings = "\(Self.rbac)/namespaces/default/rolebindings"
            let roles = "\(Self.rbac)/namespaces/default/roles"
            _ = try await expect(201, server, "POST", bindings, Self.binding("adm", "admin", user: "bob"))
            try await eventually { try await bob.send("GET", roles).status == 200 }
            _ = try await expect(201, bob, "POST", bindings, Self.binding("ok", "view", user: "x"))
            let refused = try await expect(
                403, bob, "POST", bindings, Self.binding("no", "cluster-admin", user: "x"))
            #expect(
                refused.text("message").hasPrefix(
                    "rolebindings.rbac.authorization.k8s.io \"no\" is forbidden: user \"bob\" (groups=[\"system:authenticated\"]) "
                        + "is attempting to grant RBAC permissions not currently held:\n"))
            _ = try await expect(404, bob, "POST", bindings, Self.binding("no", "nope", user: "x"))
            func role(_ resource: String) -> JSONValue {
                [
                    "metadata": ["name": "r"],
                    "rules": [["verbs": ["get"], "apiGroups": [""], "resources": [.string(resource)]]],
                ]
            }
            _ = try await expect(403, bob, "POST", roles, role("nodes"))
            _ = try await expect(201, bob, "POST", roles, role("pods"))
            _ = try await expect(403, bob, "PUT", roles + "/r", role("nodes"))
            _ = try await expect(200, server, "PUT", roles + "/r", role("nodes"))
            // Even a label needs the permissions that the role has now.
            let labels: JSONValue = ["metadata": ["labels": ["a": "b"]]]
            let patched = try await bob.send("PATCH", roles + "/r", labels, type: "application/merge-patch+json")
            #expect(patched.status == 403, "\(patched.json)")
        }
    }

    @Test func aggregatedRoles() async throws {
        try await withServer { server in
            let roles = "\(Self.rbac)/clusterroles"
            let part: JSONValue = [
                "metadata": [
                    "name": "part", "labels": ["rbac.authorization.k8s.io/aggregate-to-view": "true"],
                ],
                "rules": [["verbs": ["get"], "apiGroups": ["x.example"], "resources": ["things"]]],
            ]
            func has(_ name: String) async throws -> Bool {
                let role = try await server.send("GET", "\(roles)/\(name)").json
                return role.items("rules").contains { $0.strings("apiGroups") == ["x.example"] }
            }
            #expect(try await !has("view"))
            _ = try await expect(201, server, "POST", roles, part)
            // From view it goes on to edit and admin.
            try await eventually { try await has("admin") }
            #expect(try await has("view"))
            _ = try await expect(200, server, "DELETE", roles + "/part")
            try await eventually { try await !has("admin") }
        }
    }

    @Test func defaultRolesAreRepairedAtTheStart() async throws {
        let store = MemoryStore()
        try await TestServer.with(store: store, configure: { $0.authorizationModes = [.rbac] }) { server in
            let path = "\(Self.rbac)/clusterroles/system:node-proxier"
            var role = try await server.send("GET", path).json
            role["rules"] = []
            #expect(try await server.send("PUT", path, role).status == 200)
            var kept = try await server.send("GET", "\(Self.rbac)/clusterroles/system:kube-dns").json
            kept["rules"] = []
            kept[path: "metadata", "annotations"] = [DefaultRoles.autoupdate: "false"]
            #expect(try await server.send("PUT", "\(Self.rbac)/clusterroles/system:kube-dns", kept).status == 200)
            let bindings = "\(Self.rbac)/clusterrolebindings/system:node-proxier"
            #expect(try await server.send("DELETE", bindings).status == 200)
        }
        try await TestServer.with(store: store, configure: { $0.authorizationModes = [.rbac] }) { server in
            let role = try await server.send("GET", "\(Self.rbac)/clusterroles/system:node-proxier").json
            #expect(!role.items("rules").isEmpty)
            let kept = try await server.send("GET", "\(Self.rbac)/clusterroles/system:kube-dns").json
            #expect(kept.items("rules").isEmpty)
            let binding = try await server.send("GET", "\(Self.rbac)/clusterrolebindings/system:node-proxier")
            #expect(binding.status == 200)
        }
    }

    @Test func impersonation() async throws {
        try await withServer { server in
            let imp = server.with(token: "imp")
            let path = "/api/v1/namespaces/default/services"
            let asBob = [("Impersonate-User", "bob")]
            let refused = try await expect(403, imp, "GET", path, headers: asBob)
            #expect(
                refused.text("message")
                    == #"users "bob" is forbidden: User "imp" cannot impersonate resource "users" in API group "" at the cluster scope"#
            )
            // The administrator may, and is then no more than bob.
            _ = try await expect(403, server, "GET", path, headers: asBob)
            _ = try await expect(
                200, server, "GET", path, headers: asBob + [("Impersonate-Group", "system:masters")])
            let role: JSONValue = [
                "metadata": ["name": "imp"],
                "rules": [
                    ["verbs": ["impersonate"], "apiGroups": [""], "resources": ["users"], "resourceNames": ["bob"]]
                ],
            ]
            _ = try await expect(201, server, "POST", "\(Self.rbac)/clusterroles", role)
            _ = try await expect(
                201, server, "POST", "\(Self.rbac)/clusterrolebindings", Self.binding("imp", "imp", user: "imp"))
            let who: JSONValue = ["kind": "SelfSubjectReview", "apiVersion": "authentication.k8s.io/v1"]
            let reviews = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
            try await eventually { try await imp.send("POST", reviews, who.serialized(), headers: asBob).status == 201 }
            for headers in [
                [("Impersonate-Group", "g")], [("Impersonate-Uid", "1")], [("Impersonate-Extra-a%2fb", "c")],
            ] {
                _ = try await expect(403, imp, "POST", reviews, who, headers: asBob + headers)
                _ = try await expect(500, imp, "POST", reviews, who, headers: headers)
            }
            let all = try await expect(
                201, server, "POST", reviews, who,
                headers: asBob + [
                    ("Impersonate-Group", "g"), ("Impersonate-Uid", "1"), ("Impersonate-Extra-A%2fb", "c"),
                ])
            #expect(
                all["status"]?["userInfo"]?.written
                    == #"{"username":"bob","uid":"1","groups":["g","system:authenticated"],"extra":{"a/b":["c"]}}"#)
            let account = try await expect(
                201, server, "POST", reviews, who, headers: [("Impersonate-User", "system:serviceaccount:n:a")])
            #expect(
                account["status"]?["userInfo"]?.strings("groups")
                    == ["system:serviceaccounts", "system:serviceaccounts:n", "system:authenticated"])
        }
    }

    @Test func tokensForServiceAccounts() async throws {
        try await withServer { server in
            let accounts = "/api/v1/namespaces/default/serviceaccounts"
            _ = try await expect(404, server, "POST", accounts + "/a/token", ["spec": ["audiences": []]])
            _ = try await expect(201, server, "POST", accounts, ["metadata": ["name": "a"]])
            for seconds in [599, 1 << 33] as [Int64] {
                let bad = try await expect(
                    422, server, "POST", accounts + "/a/token",
                    ["spec": ["audiences": [], "expirationSeconds": .integer(seconds)]])
                #expect(bad["details"]?.items("causes").first?.text("field") == "spec.expirationSeconds")
            }
            let other = try await expect(
                422, server, "POST", accounts + "/a/token",
                ["metadata": ["name": "b"], "spec": ["audiences": []]])
            #expect(other["details"]?.items("causes").first?.text("field") == "metadata.name")
            _ = try await expect(
                400, server, "POST", accounts + "/a/token",
                ["spec": ["audiences": [], "boundObjectRef": ["kind": "Service", "apiVersion": "v1", "name": "x"]]])
            let made = try await expect(201, server, "POST", accounts + "/a/token", ["spec": ["audiences": []]])
            #expect(made["spec"]?.strings("audiences") == ["https://i"])
            #expect(made["spec"]?["expirationSeconds"]?.integerValue == 3600)
            let token = made["status"]?.text("token") ?? ""
            let account = server.with(token: token)
            _ = try await expect(403, account, "GET", "/api/v1/namespaces/default/services")
            _ = try await expect(200, account, "GET", "/api/v1")
            let review: JSONValue = [
                "kind": "TokenReview", "apiVersion": "authentication.k8s.io/v1", "spec": ["token": .string(token)],
            ]
            let reviews = "/apis/authentication.k8s.io/v1/tokenreviews"
            let good = try await expect(201, server, "POST", reviews, review)
            #expect(good["status"]?["authenticated"]?.boolValue == true)
            #expect(good["status"]?["user"]?.text("username") == "system:serviceaccount:default:a")
            #expect(good["status"]?.strings("audiences") == ["https://i"])
            _ = try await expect(403, account, "POST", reviews, review)
            _ = try await expect(200, server, "DELETE", accounts + "/a")
            _ = try await expect(401, account, "GET", "/api/v1")
            let gone = try await expect(201, server, "POST", reviews, review)
            #expect(gone["status"]?["authenticated"] == nil && gone["status"]?.text("error").isEmpty == false)
            let keys = try await expect(200, server, "GET", "/openid/v1/jwks")
            #expect(keys.items("keys").first?.text("kty") == "EC")
            let discovery = try await expect(200, server, "GET", "/.well-known/openid-configuration")
            #expect(discovery.text("issuer") == "https://i")
            #expect(discovery.text("jwks_uri") == "https://i/openid/v1/jwks")
            #expect(discovery.strings("id_token_signing_alg_values_supported") == ["ES256"])
        }
    }

    @Test func accessReviews() async throws {
        try await withServer { server in
            let base = "/apis/authorization.k8s.io/v1"
            let bob = server.with(token: "bob")
            let asked: JSONValue = [
                "resourceAttributes": ["verb": "list", "resource": "services", "namespace": "default"]
            ]
            func allowed(_ who: TestServer, _ path: String, _ spec: JSONValue) async throws -> Bool? {
                try await expect(201, who, "POST", base + path, ["spec": spec])["status"]?["allowed"]?.boolValue
            }
            #expect(try await allowed(server, "/selfsubjectaccessreviews", asked) == true)
            #expect(try await allowed(bob, "/selfsubjectaccessreviews", asked) == false)
            var other = asked
            other["user"] = "bob"
            #expect(try await allowed(server, "/subjectaccessreviews", other) == false)
            #expect(try await allowed(server, "/namespaces/default/localsubjectaccessreviews", other) == false)
            other["groups"] = ["system:masters"]
            #expect(try await allowed(server, "/subjectaccessreviews", other) == true)
            #expect(
                try await allowed(
                    bob, "/selfsubjectaccessreviews", ["nonResourceAttributes": ["path": "/api", "verb": "get"]])
                    == true)
            _ = try await expect(403, bob, "POST", base + "/subjectaccessreviews", ["spec": other])
            for (path, spec) in [
                ("/selfsubjectaccessreviews", [:]), ("/subjectaccessreviews", asked),
                ("/namespaces/kube-system/localsubjectaccessreviews", other),
            ] as [(String, JSONValue)] {
                _ = try await expect(422, server, "POST", base + path, ["spec": spec])
            }
            _ = try await expect(405, server, "GET", base + "/selfsubjectaccessreviews")
            let rules = try await expect(
                201, bob, "POST", base + "/selfsubjectrulesreviews", ["spec": ["namespace": "default"]])
            #expect(rules["status"]?["incomplete"]?.boolValue == false)
            #expect(
                rules["status"]?.items("resourceRules").contains {
                    $0.strings("resources") == ["selfsubjectreviews"]
                } == true)
        }
    }

    @Test(arguments: [AuthorizationMode.alwaysAllow, .alwaysDeny])
    func otherModes(_ mode: AuthorizationMode) async throws {
        try await withServer(modes: [mode]) { server in
            let code = mode == .alwaysAllow ? 200 : 403
            _ = try await expect(code, server.with(token: "bob"), "GET", "/api/v1/nodes")
            _ = try await expect(200, server, "GET", "/api/v1/nodes")
        }
    }

    /// Roles take effect when the cache has them, some time after the answer to the write.
}
