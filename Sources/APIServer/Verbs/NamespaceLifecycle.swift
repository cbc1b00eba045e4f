import JSONStream
import ObjectStore
import OrderedCollections

/// Empties namespaces that are deleted, and removes them when they are empty. (Upstream leaves this to a controller.)
struct NamespaceLifecycle: Sendable {
    let handler: APIHandler

    /// Goes on with a namespace if it is being deleted: to be called when it was marked, and when an object in it went.
    func contentRemoved(from name: String) async throws {
        guard !name.isEmpty else { return }
        let namespaces = ResourceDefinition.namespaces
        let key = namespaces.key(namespace: "", name: name)
        try await handler.cache.catchUp()
        guard let namespace = handler.cache.get(namespaces, key: key) else { return }
        let object = try namespace.decoded()
        guard object["metadata"]?["deletionTimestamp"] != nil else { return }
        var remaining = 0
        for definition in handler.registry.definitions where definition.isNamespaced && definition.conversion == nil {
            remaining += try await empty(definition, name)
        }
        let finalizers = (object["spec"] ?? [:]).strings("finalizers").filter { $0 != "kubernetes" }
        let own = (object["metadata"] ?? [:]).items("finalizers")
        guard remaining == 0, finalizers.isEmpty, own.isEmpty else { return }
        _ = try await remove(key)
    }

    /// False if another request came first.
    private func remove(_ key: String) async throws -> Bool {
        try await handler.store.deleteIfExpected(key, .anything) != nil
    }

    /// Deletes all of one kind and returns how many wait for their finalizers.
    private func empty(_ definition: ResourceDefinition, _ namespace: String) async throws -> Int {
        let prefix = "\(definition.storagePrefix)\(namespace)/"
        var pending = 0
        for found in handler.cache.snapshot(definition).objects where found.key.hasPrefix(prefix) {
            let object = try found.decoded()
            let hasFinalizers = !(object["metadata"]?.items("finalizers") ?? []).isEmpty
            if !hasFinalizers {
                if try await remove(found.key) { definition.strategy.release(object, handler.allocators) }
            } else {
                pending += 1
                guard object["metadata"]?["deletionTimestamp"] == nil else { continue }
                let target = RequestTarget.Resource(
                    definition: definition, namespace: namespace, name: String(found.key.dropFirst(prefix.count)),
                    subresource: "")
                try await mark(target)
            }
        }
        return pending
    }

    private func mark(_ target: RequestTarget.Resource) async throws {
        do {
            _ = try await Deletion(handler: handler, target: target, options: DeleteOptions()).run()
        } catch let error as StatusError where error.reason == "NotFound" {
            // Gone in the meantime, which is what was wanted.
            return
        }
    }
}
