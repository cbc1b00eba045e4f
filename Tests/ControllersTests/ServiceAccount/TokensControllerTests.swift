import JSONStream
import KubeAPI
import KubeClient
import Testing

@testable import Controllers

@Suite struct TokensControllerTests {
    private static let accounts = "/api/v1/namespaces/default/serviceaccounts"
    private static let secrets = "/api/v1/namespaces/default/secrets"

    private static func controllers(_ context: ControllerContext) -> [any ManagedController] {
        [TokensController(context, settings: .init(authorityPEM: "PEM") { "\($0)/\($1)/\($2)/\($3)" })]
    }

    private static func add(_ name: String, account: String, _ world: ControllerWorld) async throws {
        try await world.create(
            secrets,
            [
                "apiVersion": "v1", "kind": "Secret", "type": .string(TokenSecret.type),
                "metadata": [
                    "name": .string(name), "annotations": [TokenSecret.accountAnnotation: .string(account)],
                ],
            ])
    }

    @Test("Secrets are filled, filled again, and go with their account", .timeLimit(.minutes(30)))
    func life() async throws {
        try await ControllerWorld.with { world in
            try await world.run(Self.controllers) {
                let account = try await world.create(
                    Self.accounts, ["apiVersion": "v1", "kind": "ServiceAccount", "metadata": ["name": "robot"]])
                let uid = account["metadata"]?["uid"]?.stringValue ?? ""
                try await Self.add("robot-token", account: "robot", world)
                // One of an account that does not exist.
                try await Self.add("stray", account: "nobody", world)
                let wanted: JSONValue = [
                    "ca.crt": .string(Base64.encode("PEM".utf8)),
                    "namespace": .string(Base64.encode("default".utf8)),
                    "token": .string(Base64.encode("default/robot/\(uid)/robot-token".utf8)),
                ]
                try await world.eventually {
                    let secret = try await world.get("\(Self.secrets)/robot-token")
                    return secret["data"] == wanted
                        && secret["metadata"]?["annotations"]?[TokenSecret.uidAnnotation] == .string(uid)
                }
                try await world.eventually { try await world.list(TokenSecret.self, in: "default").count == 1 }
                try await world.patch("\(Self.secrets)/robot-token", ["data": ["token": nil, "ca.crt": "eA=="]])
                try await world.eventually { try await world.get("\(Self.secrets)/robot-token")["data"] == wanted }
                try await world.delete("\(Self.accounts)/robot")
                try await world.eventually { try await world.list(TokenSecret.self, in: "default").isEmpty }
            }
        }
    }
}
