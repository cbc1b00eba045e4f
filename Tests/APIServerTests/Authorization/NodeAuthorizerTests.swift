import APITesting
import JSONStream
import Testing

@testable import APIPods
@testable import APISecurity
@testable import APIServer

@Suite struct NodeAuthorizerTests {
    private static let pod: JSONValue = [
        "metadata": ["name": "web", "namespace": "shop"],
        "spec": [
            "nodeName": "n1", "serviceAccountName": "clerk", "imagePullSecrets": [["name": "registry"]],
            "containers": [
                [
                    "name": "c", "envFrom": [["configMapRef": ["name": "settings"]]],
                    "env": [["name": "A", "valueFrom": ["secretKeyRef": ["name": "key", "key": "k"]]]],
                ]
            ],
            "volumes": [
                ["name": "a", "secret": ["secretName": "tls"]],
                [
                    "name": "b",
                    "projected": ["sources": [["configMap": ["name": "ca"]], ["secret": ["name": "more"]]]],
                ],
            ],
        ],
    ]

    @Test("A pod refers to itself and to all that its containers and volumes name")
    func objects() {
        let found = PodReference.all(of: Self.pod).map { "\($0.resource)/\($0.name)" }.sorted()
        #expect(
            found == [
                "configmaps/ca", "configmaps/settings", "pods/web", "secrets/key", "secrets/more", "secrets/registry",
                "secrets/tls", "serviceaccounts/clerk",
            ])
    }

    @Test("References go with the last pod that has them")
    func counting() {
        let references = NodeReferences()
        let secret = PodReference(resource: "secrets", namespace: "shop", name: "key")
        references.note("a", Self.pod)
        references.note("b", Self.pod)
        #expect(references.has("n1", secret))
        #expect(!references.has("n2", secret))
        references.note("a", nil)
        #expect(references.has("n1", secret))
        var moved = Self.pod
        moved[path: "spec", "nodeName"] = "n2"
        references.note("b", moved)
        #expect(!references.has("n1", secret))
        #expect(references.has("n2", secret))
    }

    /// A server with pod web on n1, asked as a node.
    @Test func overHTTP() async throws {
        let nodes = [NodeAuthorizer.group]
        let tokens = [
            "admin": UserInfo(name: "admin", groups: [UserInfo.privilegedGroup]),
            "n1": UserInfo(name: "system:node:n1", groups: nodes),
            "n2": UserInfo(name: "system:node:n2", groups: nodes),
            "fake": UserInfo(name: "system:node:n1"),
        ]
        try await TestServer.with(configure: {
            $0.authentication.tokens = tokens
            $0.authorizationModes = [.node, .rbac]
        }) { server in
            let admin = server.with(token: "admin")
            for name in ["key", "other"] {
                let made = try await admin.send(
                    "POST", "/api/v1/namespaces/default/secrets", ["metadata": ["name": .string(name)]])
                #expect(made.status == 201)
            }
            let pod: JSONValue = [
                "metadata": ["name": "web"],
                "spec": [
                    "nodeName": "n1",
                    "containers": [
                        ["name": "c", "image": "i", "envFrom": [["secretRef": ["name": "key"]]]]
                    ],
                ],
            ]
            #expect(try await admin.send("POST", "/api/v1/namespaces/default/pods", pod).status == 201)
            for name in ["n1", "n2"] {
                #expect(
                    try await server.with(token: name).send(
                        "POST", "/api/v1/nodes", ["metadata": ["name": .string(name)]]
                    ).status == 201)
            }
            let place = "/api/v1/namespaces/default"
            let cases: [(String, String, String, Int)] = [
                ("n1", "GET", "\(place)/secrets/key", 200), ("n2", "GET", "\(place)/secrets/key", 403),
                ("fake", "GET", "\(place)/secrets/key", 403), ("n1", "GET", "\(place)/secrets/other", 403),
                ("n1", "GET", "\(place)/secrets", 403), ("n1", "GET", "\(place)/pods/web", 200),
                ("n2", "GET", "\(place)/pods/web", 403), ("n1", "GET", "/api/v1/pods", 403),
                ("n1", "GET", "/api/v1/pods?fieldSelector=spec.nodeName%3Dn1", 200),
                ("n1", "GET", "/api/v1/pods?fieldSelector=spec.nodeName%3Dn2", 403),
                ("n1", "GET", "/api/v1/nodes", 200), ("n1", "DELETE", "/api/v1/nodes/n2", 403),
                ("n1", "GET", "/apis/apps/v1/deployments", 403), ("n2", "DELETE", "\(place)/pods/web", 403),
            ]
            for (who, method, path, code) in cases {
                let answer = try await server.with(token: who).send(method, path)
                #expect(answer.status == code, "\(who) \(method) \(path): \(answer.json.written)")
            }
            let patch: JSONValue = ["status": ["phase": "Running"]]
            let merge = "application/merge-patch+json"
            for (who, path, code) in [
                ("n1", "\(place)/pods/web/status", 200), ("n2", "\(place)/pods/web/status", 403),
                ("n1", "/api/v1/nodes/n1/status", 200), ("n2", "/api/v1/nodes/n1/status", 403),
            ] {
                let body = path.contains("nodes") ? ["status": ["phase": "Running"]] : patch
                #expect(
                    try await server.with(token: who).send("PATCH", path, body, type: merge).status == code,
                    "\(who) \(path)")
            }
            let request: JSONValue = ["spec": ["audiences": [], "expirationSeconds": 600]]
            let token = "\(place)/serviceaccounts/default/token"
            #expect(try await server.with(token: "n2").send("POST", token, request).status == 403)
            #expect(try await server.with(token: "n1").send("DELETE", "/api/v1/nodes/n1").status == 200)
        }
    }
}
