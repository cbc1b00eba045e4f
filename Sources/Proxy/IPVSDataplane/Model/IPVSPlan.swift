internal import ServiceModel

/// Changes in IPVS, as values. Additions come first, so that a Service always has an endpoint.
struct IPVSPlan: Hashable, Sendable {
    var additions: [IPVSCommand] = []
    /// Endpoints that get no new connections from now on; behind all additions.
    var retirements: [IPVSCommand] = []
    /// When nothing leads there any more.
    var deletions: [IPVSCommand] = []

    var isEmpty: Bool { additions.isEmpty && retirements.isEmpty && deletions.isEmpty }
    var count: Int { additions.count + retirements.count + deletions.count }

    /// Whether more than the end of a drain is planned.
    var isRepair: Bool {
        !additions.isEmpty || !retirements.isEmpty
            || deletions.contains { if case .removeServer = $0 { true } else { false } }
    }

    /// A line a message, in the order in which they are sent.
    var text: String { (additions + retirements + deletions).map(\.text).joined(separator: "\n") }

    /// What leads from virtual servers as they are to those that shall be. Endpoints that are not wanted any more begin
    /// to drain, or are deleted where they have no connection left.
    ///
    /// - Parameter old: those of ours only.
    init(
        from old: [VirtualServerKey: KernelServer], to new: [VirtualServerKey: VirtualServer],
        _ draining: inout Draining, now: Draining.Instant
    ) {
        for (key, server) in new {
            if let present = old[key] {
                change(key, present, to: server, &draining, now)
            } else {
                draining.remove(key)
                additions.append(.addServer(key, server.settings))
                for (endpoint, weight) in server.endpoints {
                    additions.append(.addEndpoint(key, endpoint, weight: weight))
                }
            }
        }
        for key in old.keys where new[key] == nil {
            draining.remove(key)
            deletions.append(.removeServer(key))
        }
    }

    init() {}

    private mutating func change(
        _ key: VirtualServerKey, _ old: KernelServer, to new: VirtualServer, _ draining: inout Draining,
        _ now: Draining.Instant
    ) {
        if old.settings != new.settings { additions.append(.setServer(key, new.settings)) }
        for (endpoint, weight) in new.endpoints {
            let wasDraining = draining.remove(endpoint, of: key)
            if let present = old.endpoints[endpoint] {
                if present.weight != weight || !present.isTranslating {
                    additions.append(.setEndpoint(key, endpoint, weight: weight))
                }
            } else if wasDraining {
                additions.append(.setEndpoint(key, endpoint, weight: weight))
            } else {
                additions.append(.addEndpoint(key, endpoint, weight: weight))
            }
        }
        for (endpoint, present) in old.endpoints where new.endpoints[endpoint] == nil {
            let keeps =
                new.settings.allowsDraining && present.connections != 0
                && draining.keep(endpoint, of: key, connections: present.connections, now: now)
            if !keeps {
                draining.remove(endpoint, of: key)
                deletions.append(.removeEndpoint(key, endpoint))
            } else if present.weight != 0 {
                retirements.append(.setEndpoint(key, endpoint, weight: 0))
            }
        }
    }
}
