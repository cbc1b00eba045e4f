import APIObjects
import APISecurity
import JSONStream
import Logging

/// Makes the default roles and bindings, and gives those that are there what they lack, unless their annotation forbids it.
struct DefaultRolesBootstrap: Sendable {
    let handler: APIHandler

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for object in DefaultRoles.objects {
                group.addTask { try await ensure(object) }
            }
            for try await _ in group {}
        }
        try await RoleAggregation(handler: handler).update()
    }

    private func ensure(_ object: DefaultRoles.Object) async throws {
        let (definition, name) = (object.definition, object.name)
        let target = RequestTarget.Resource(
            definition: definition, namespace: object.namespace, name: name, subresource: "")
        let writer = ObjectWriter(handler: handler, target: target, isDryRun: false)
        guard let cached = handler.cache.get(definition, key: target.key) else {
            let decoded = try BodyDecoder(definition: definition, validation: .strict).structured(object.json)
            do {
                _ = try await writer.create(decoded.object)
            } catch let error as StatusError where error.reason == "AlreadyExists" {
                // Another server was faster.
                return
            }
            return
        }
        let stored = try cached.decoded()
        guard stored["metadata"]?["annotations"]?.text(DefaultRoles.autoupdate) != "false",
            object.completed(stored) != nil
        else { return }
        handler.logger.info("a default role or binding gets what it lacks", metadata: ["name": "\(name)"])
        _ = try await writer.update(createsMissing: false) { current in
            let current = current ?? stored
            return BodyDecoder.Decoded(object: object.completed(current) ?? current, warnings: [])
        }
    }
}
