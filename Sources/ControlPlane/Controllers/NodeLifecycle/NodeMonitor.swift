import KubeAPI

/// Watches over the health of all nodes. Pure: it is told the time.
struct NodeMonitor: Sendable {
    /// What is to be done after a look at the nodes.
    struct Plan: Sendable {
        /// Conditions to write into the status of nodes.
        var conditions: [(node: Node, conditions: [Condition])] = []
        /// Nodes whose pods cannot be ready: nobody knows.
        var unreachable: Set<String> = []
        /// Nodes whose taints may have to change.
        var changed: Set<String> = []
        var registered: [Node] = []
        var removed: [String] = []
        /// How many nodes of each zone are ready and not.
        var zones: [String: (ready: Int, notReady: Int)] = [:]
        /// The zones of the nodes from which pods are taken from now on, one for each.
        var evictions: [String] = []
    }

    let configuration: NodeLifecycleConfiguration
    private var health: [String: NodeHealth] = [:]
    private var zones: [String: ZoneEvictions] = [:]
    /// Nodes whose pods are taken off.
    private var evicting: Set<String> = []
    /// No zone has a node that is ready: then it is not the nodes that failed.
    private var isAllDisrupted = false

    init(configuration: NodeLifecycleConfiguration) {
        self.configuration = configuration
    }

    func eviction(of node: String) -> NodeTaints.Eviction {
        if isAllDisrupted { return .remove }
        return evicting.contains(node) ? .add : .keep
    }

    mutating func check(_ nodes: [Node], leases: [String: Lease], now: Duration, time: Timestamp) -> Plan {
        var plan = Plan()
        let names = Set(nodes.map(\.metadata.name))
        plan.removed = health.keys.filter { !names.contains($0) }.sorted()
        for name in plan.removed { health[name] = nil }
        var counts: [String: (ready: Int, notReady: Int)] = [:]
        for node in nodes {
            let status = look(at: node, leases[node.metadata.name], &plan, now: now, time: time)
            guard node.metadata.labels["node.kubernetes.io/exclude-disruption"] == nil else { continue }
            if status == "True" {
                counts[node.zone, default: (0, 0)].ready += 1
            } else {
                counts[node.zone, default: (0, 0)].notReady += 1
            }
        }
        plan.zones = counts
        setRates(counts, nodes, &plan, now: now)
        queue(nodes, &plan, now: now)
        return plan
    }

    /// Returns the status of the node's Ready condition as it will be.
    private mutating func look(
        at node: Node, _ lease: Lease?, _ plan: inout Plan, now: Duration, time: Timestamp
    ) -> String? {
        let name = node.metadata.name
        if health[name] == nil { plan.registered.append(node) }
        var known = health[name] ?? NodeHealth(node, now: now, time: time)
        known.listen(node, lease, now: now)
        health[name] = known
        guard known.isSilent(node, configuration, now: now) else {
            if node.readyCondition?.status == "Unknown" { plan.unreachable.insert(name) }
            return node.readyCondition?.status
        }
        let conditions = NodeHealth.unknownConditions(node, time: time)
        if !conditions.isEmpty { plan.conditions.append((node, conditions)) }
        plan.unreachable.insert(name)
        return "Unknown"
    }

    private mutating func setRates(
        _ counts: [String: (ready: Int, notReady: Int)], _ nodes: [Node], _ plan: inout Plan, now: Duration
    ) {
        let states = counts.mapValues {
            ZoneEvictions.state(
                ready: $0.ready, notReady: $0.notReady, threshold: configuration.unhealthyZoneThreshold)
        }
        let wasAllDisrupted = isAllDisrupted
        isAllDisrupted = !states.isEmpty && states.values.allSatisfy { $0 == .fullDisruption }
        if isAllDisrupted != wasAllDisrupted {
            plan.changed.formUnion(nodes.map(\.metadata.name))
            evicting = []
            // Those that could not be heard all this time have their whole grace period again.
            if wasAllDisrupted { for name in health.keys { health[name]?.forgive(now: now) } }
        }
        zones = zones.filter { counts[$0.key] != nil }
        for (zone, state) in states {
            let count = (counts[zone]?.ready ?? 0) + (counts[zone]?.notReady ?? 0)
            zones[zone, default: ZoneEvictions()].rate = isAllDisrupted ? 0 : rate(state, count)
        }
    }

    private func rate(_ state: ZoneEvictions.State, _ count: Int) -> Double {
        guard state == .partialDisruption else { return configuration.evictionRate }
        return count > configuration.largeZoneSize ? configuration.secondaryEvictionRate : 0
    }

    /// Lets nodes that are not ready wait for their turn to lose their pods.
    private mutating func queue(_ nodes: [Node], _ plan: inout Plan, now: Duration) {
        evicting.formIntersection(nodes.lazy.map(\.metadata.name))
        for node in nodes {
            let name = node.metadata.name
            switch node.readyCondition?.status {
            case "False", "Unknown":
                if !evicting.contains(name) { zones[node.zone, default: ZoneEvictions()].add(name) }
            default:
                zones[node.zone]?.remove(name)
                if evicting.remove(name) != nil { plan.changed.insert(name) }
            }
        }
        for zone in zones.keys.sorted() {
            for name in zones[zone]?.take(now: now) ?? [] where health[name] != nil {
                evicting.insert(name)
                plan.changed.insert(name)
                plan.evictions.append(zone)
            }
        }
    }
}

extension Node {
    /// The region and the zone: what fails together.
    fileprivate var zone: String {
        "\(metadata.labels["topology.kubernetes.io/region"] ?? "")/\(metadata.labels[Self.zoneLabel] ?? "")"
    }
}
