extension AdmissionContext {
    init(ipFamilies: [String], admitsServiceAccounts: Bool = false, cache: WatchCache) {
        self.init(
            ipFamilies: ipFamilies, admitsServiceAccounts: admitsServiceAccounts,
            find: { definition, namespace, name in
                let key = definition.key(namespace: namespace, name: name)
                return try? cache.get(definition, key: key)?.decoded()
            },
            all: { definition, namespace in
                let prefix = definition.storagePrefix + (namespace.isEmpty ? "" : "\(namespace)/")
                return cache.snapshot(definition).objects.filter { $0.key.hasPrefix(prefix) }.compactMap {
                    try? $0.decoded()
                }
            })
    }
}
