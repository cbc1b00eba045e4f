import APIObjects
import APIResources

extension AdmissionContext {
    init(ipFamilies: [String], admitsServiceAccounts: Bool = false, kinds: KindRegistry, cache: WatchCache) {
        self.init(
            ipFamilies: ipFamilies, admitsServiceAccounts: admitsServiceAccounts,
            object: { kind, namespace, name in
                guard let definition = kinds.current.find(qualifiedPlural: kind) else { return nil }
                return try? cache.get(definition, key: definition.key(namespace: namespace, name: name))?.decoded()
            },
            objects: { kind, namespace in
                guard let definition = kinds.current.find(qualifiedPlural: kind) else { return [] }
                let prefix = definition.storagePrefix + (namespace.isEmpty ? "" : "\(namespace)/")
                return cache.snapshot(definition).objects.filter { $0.key.hasPrefix(prefix) }.compactMap {
                    try? $0.decoded()
                }
            })
    }
}
