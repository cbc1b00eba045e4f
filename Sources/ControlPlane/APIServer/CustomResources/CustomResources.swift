import APIObjects
import APIResources
import Algorithms
import JSONStream
import KubeAPI
import KubeSchema
import Logging
import ObjectStore

/// Serves the kinds that CustomResourceDefinitions ask for, says so in their status, and removes the objects of those that
/// are deleted.
struct CustomResources: Sendable {
    private static let retryPeriod = Duration.seconds(5)

    let handler: APIHandler

    /// Follows the definitions until cancelled.
    func run() async throws {
        try await KindFollower(
            cache: handler.cache, definition: .customResourceDefinitions, retryPeriod: Self.retryPeriod
        ).run(updateUnlessRefused)
    }

    /// False if something must be tried again: that is no reason to end the server.
    private func updateUnlessRefused() async throws -> Bool {
        do {
            try await update()
            return true
        } catch let error as CancellationError {
            throw error
        } catch {
            handler.logger.error("custom kinds are not up to date", metadata: ["error": "\(error)"])
            return false
        }
    }

    /// Brings what is served in line with all definitions.
    func update() async throws {
        let objects = handler.cache.snapshot(.customResourceDefinitions).objects.compactMap { try? $0.decoded() }
        let known = handler.kinds.customNames
        for name in known.subtracting(objects.map { $0["metadata"]?.text("name") ?? "" }) { forget(name) }
        for object in objects {
            if object["metadata"]?.has("deletionTimestamp") == true {
                try await finalize(object)
            } else {
                try await serve(object)
            }
        }
    }

    private func forget(_ name: String) {
        let gone = handler.kinds.set(name, nil)
        if let storage = gone?.storage { handler.cache.remove(storage) }
    }

    private func serve(_ object: JSONValue) async throws {
        guard let kind = CustomKind(object) else { return }
        let problem = conflict(object)
        if problem == nil, handler.kinds.custom(kind.name)?.source != object["spec"] {
            // In another version, objects lie in another form.
            if let old = handler.kinds.custom(kind.name)?.kind, old.storage.version != kind.storage.version {
                handler.cache.remove(old.storage)
            }
            try await handler.cache.add(kind.storage)
            _ = handler.kinds.set(kind.name, (kind, object["spec"] ?? [:]))
        }
        try await write(
            CustomConditions.status(of: object, conflict: problem), for: kind.name, unless: object["status"])
    }

    /// What of its names another definition of the group has already.
    private func conflict(_ object: JSONValue) -> String? {
        let spec = object["spec"] ?? [:]
        let names = spec["names"] ?? [:]
        let name = object["metadata"]?.text("name") ?? ""
        let others = handler.registry.definitions.filter {
            $0.group == spec.text("group") && "\($0.plural).\($0.group)" != name
        }
        for other in others {
            if other.kind == names.text("kind") { return "\"\(other.kind)\" is already in use" }
            let taken = [other.plural, other.singular] + other.shortNames
            let wanted = [names.text("plural"), names.text("singular")] + names.strings("shortNames")
            if let clash = wanted.first(where: taken.contains) { return "\"\(clash)\" is already in use" }
        }
        return nil
    }

    private func write(_ status: JSONValue, for name: String, unless old: JSONValue?) async throws {
        guard status != old else { return }
        do {
            _ = try await writer(name).rewrite { current in
                var object = current
                object["status"] = status
                return object
            }
        } catch let error as StatusError where error.reason == "NotFound" {
            // Gone in the meantime.
        }
    }

    private func writer(_ name: String) -> ObjectWriter {
        let target = RequestTarget.Resource(
            definition: .customResourceDefinitions, namespace: "", name: name, subresource: "")
        return ObjectWriter(handler: handler, target: target, isDryRun: false)
    }

    /// Deletes the objects of a kind, and lets its definition go when they are gone.
    private func finalize(_ object: JSONValue) async throws {
        let name = object["metadata"]?.text("name") ?? ""
        let cleanup = JSONValue.string(CustomResourceDefinitionStrategy.cleanup)
        guard object["metadata"]?.items("finalizers").contains(cleanup) == true else { return forget(name) }
        if let kind = CustomKind(object) {
            try await handler.cache.add(kind.storage)
            for found in handler.cache.snapshot(kind.storage).objects {
                let parts = found.key.dropFirst(kind.storage.storagePrefix.count).split(separator: "/").map(String.init)
                let target = RequestTarget.Resource(
                    definition: kind.storage, namespace: parts.count > 1 ? parts[0] : "", name: parts.last ?? "",
                    subresource: "")
                do {
                    _ = try await Deletion(handler: handler, target: target, options: DeleteOptions()).run()
                } catch let error as StatusError where error.reason == "NotFound" {
                    continue
                }
            }
            try await handler.cache.catchUp()
            guard handler.cache.snapshot(kind.storage).objects.isEmpty else {
                // Their finalizers are others' to take away.
                throw StoreError.unavailable("objects of \(name) still have finalizers")
            }
        }
        forget(name)
        do {
            _ = try await writer(name).rewrite { current in
                var object = current
                object.edit("metadata") { metadata in
                    metadata["finalizers"] = .array(metadata.items("finalizers").filter { $0 != cleanup })
                }
                return object
            }
        } catch let error as StatusError where error.reason == "NotFound" {
            return
        }
    }
}

/// The conditions of a CustomResourceDefinition.
enum CustomConditions {
    /// - Parameter conflict: what keeps its names from being accepted.
    static func status(of object: JSONValue, conflict: String?, now: Timestamp = .now()) -> JSONValue {
        var status = object["status"] ?? [:]
        let isAccepted = conflict == nil
        var conditions = status.items("conditions")
        set(
            &conditions, "NamesAccepted", isAccepted, isAccepted ? "NoConflicts" : "NameConflict",
            conflict ?? "no conflicts found", now)
        set(
            &conditions, "Established", isAccepted, isAccepted ? "InitialNamesAccepted" : "NotAccepted",
            isAccepted ? "the initial names have been accepted" : "not all names are accepted", now)
        conditions.removeAll { $0.text("type") == "NonStructuralSchema" }
        status["conditions"] = .array(conditions)
        if isAccepted { status["acceptedNames"] = object["spec"]?["names"] }
        return SchemaReader.ordered(status, KubeSchema["apiextensions.v1.CustomResourceDefinitionStatus"])
    }

    private static func set(
        _ conditions: inout [JSONValue], _ type: String, _ isTrue: Bool, _ reason: String, _ message: String,
        _ now: Timestamp
    ) {
        let status: JSONValue = isTrue ? "True" : "False"
        let index = conditions.firstIndex { $0.text("type") == type }
        let old = index.map { conditions[$0] }
        var condition: JSONValue = old ?? ["type": .string(type)]
        if old?["status"] != status { condition["lastTransitionTime"] = .string(now.text()) }
        condition["status"] = status
        condition["reason"] = .string(reason)
        condition["message"] = .string(message)
        if let index { conditions[index] = condition } else { conditions.append(condition) }
    }
}
