import APIObjects
import APIResources
import APISecurity
import Hummingbird
import JSONStream
import KubeAPI
import ObjectStore

extension APIHandler {
    func delete(_ call: Call, body: [UInt8]) async throws -> Response {
        let options = try DeleteOptions(body, call.request)
        let deletion = Deletion(handler: self, target: call.target, options: options, user: call.user)
        let outcome = try await deletion.run()
        if outcome.isPending || call.definition.returnsDeletedObject {
            // Only clients that ask in the older way are told that dependents are still to go.
            let isAccepted = outcome.isPending && options.orphanDependents == false
            return try object(outcome.object, call, code: isAccepted ? 202 : 200)
        }
        return Self.answer(Self.success(call, outcome.object), call.representation)
    }

    func deleteCollection(_ call: Call, body: [UInt8]) async throws -> Response {
        let options = try DeleteOptions(body, call.request)
        try Self.validateList(call.request)
        let filter = try ListFilter(call)
        try await cache.catchUp()
        let snapshot = cache.snapshot(call.definition)
        var deleted: [JSONValue] = []
        for found in filter.range(snapshot.objects) where try filter.checked(found) {
            var target = call.target
            let parts = found.key.dropFirst(call.definition.storagePrefix.count).split(separator: "/")
            target.name = parts.last.map(String.init) ?? ""
            if parts.count > 1 { target.namespace = String(parts[0]) }
            do {
                let outcome = try await Deletion(handler: self, target: target, options: options, user: call.user).run()
                deleted.append(try served(outcome.object, call.definition))
            } catch let error as StatusError where error.reason == "NotFound" {
                // Gone in the meantime, which is what was wanted.
                continue
            }
        }
        return try list(deleted, call, metadata: ["resourceVersion": .string(String(cache.revision))])
    }

    private static func success(_ call: Call, _ object: CachedObject) -> JSONValue {
        var details: JSONValue = ["name": .string(call.target.name)]
        if !call.definition.group.isEmpty { details["group"] = .string(call.definition.group) }
        details["kind"] = .string(call.definition.plural)
        details["uid"] = (try? object.decoded())?["metadata"]?["uid"]
        return ["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "details": details]
    }
}

/// The removal of one object: at once, or when its last finalizer goes.
struct Deletion: Sendable {
    struct Outcome: Sendable {
        var object: CachedObject
        /// Whether the object is still there, waiting for finalizers.
        var isPending: Bool
    }

    let handler: APIHandler
    let target: RequestTarget.Resource
    let options: DeleteOptions
    /// Who deletes; nil for the server itself.
    var user: UserInfo?

    private var definition: ResourceDefinition { target.definition }

    func run() async throws -> Outcome {
        if definition.strategy.deletion.kept.contains(target.name) {
            throw StatusError.forbidden(definition, target.name, "this \(definition.singular) may not be deleted")
        }
        while true {
            try Task.checkCancellation()
            try RequestWork.check()
            try await handler.cache.catchUp()
            guard let current = handler.cache.get(definition, key: target.key) else {
                throw StatusError.notFound(definition, target.name)
            }
            do {
                return try await remove(current)
            } catch is LostRace {
                continue
            }
        }
    }

    private func remove(_ current: CachedObject) async throws -> Outcome {
        let object = try current.decoded()
        try checkPreconditions(object["metadata"] ?? [:])
        _ = try await Webhooks(handler, target, user: user, isDryRun: options.isDryRun)?
            .validate(nil, old: object, "DELETE")
        switch DeletionStep(object, definition, options, now: Timestamp.now()) {
        case .remove:
            return try await erase(current, object)
        case .wait:
            return Outcome(object: current, isPending: true)
        case .mark(let marked, let removes):
            let written = try await write(marked, over: current)
            return removes ? try await erase(written, marked) : Outcome(object: written, isPending: true)
        }
    }

    private func erase(_ current: CachedObject, _ object: JSONValue) async throws -> Outcome {
        if options.isDryRun { return Outcome(object: current, isPending: false) }
        var freed = definition.allocating?.release(object, handler.allocators)
        let change = StoreChange(current.key, nil, expecting: .revision(current.revision))
        let service = AllocationClaims.ServiceName(namespace: target.namespace, name: target.name)
        guard try await handler.commit(change, &freed, service) != nil else { throw LostRace() }
        freed?.keep()
        return Outcome(object: current, isPending: false)
    }

    private func write(_ object: JSONValue, over current: CachedObject) async throws -> CachedObject {
        let form = definition.storedForm
        let stored = form.encode(object)
        var revision = current.revision
        if !options.isDryRun {
            let written = try await handler.store.putIfExpected(
                current.key, stored, .revision(current.revision), lifetime: handler.lifetime(of: target.definition))
            guard let written else { throw LostRace() }
            revision = written
        }
        return CachedObject(
            key: current.key, revision: revision, bytes: form.wire(stored, revision: revision) ?? stored, facts: .init()
        )
    }

    private func checkPreconditions(_ metadata: JSONValue) throws {
        let uid = metadata.text("uid")
        if let wanted = options.uid, wanted != uid {
            var error = StatusError.conflict(
                definition, target.name,
                "the UID in the precondition (\(wanted)) does not match the UID in record (\(uid)). The object might "
                    + "have been deleted and then recreated")
            // Upstream names the kind here, not the resource.
            error.message = error.message.replacing(
                "on \(definition.qualifiedPlural) ", with: "on \(definition.kind) ", maxReplacements: 1)
            error.details?.kind = definition.kind
            throw error
        }
        let version = metadata.text("resourceVersion")
        if let wanted = options.resourceVersion, wanted != version {
            throw StatusError.conflict(
                definition, target.name,
                "the ResourceVersion in the precondition (\(wanted)) does not match the ResourceVersion in record "
                    + "(\(version)). The object might have been modified")
        }
    }
}
