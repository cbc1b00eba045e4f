import KubeAPI

/// When a node was last heard of, by the clock of who listens: clocks of hosts may differ.
struct NodeHealth: Sendable {
    /// What a silent node's conditions become. The network's is not the node's to report.
    private static let conditions = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"]

    private var heartbeat: String?
    private var renewal: String?
    private(set) var heardAt: Duration

    /// - Parameters:
    ///   - now: when the node is seen first; it has spoken just now, for all that is known.
    ///   - time: the same on the clock that objects are stamped with.
    init(_ node: Node, now: Duration, time: Timestamp) {
        heardAt = now
        if node.readyCondition == nil, let created = Timestamp(node.metadata.creationTimestamp) {
            heardAt = now - max(.zero, time - created)
        }
        heartbeat = node.readyCondition?.lastHeartbeatTime
    }

    /// Listens for a new heartbeat: of the node's status, or of its lease.
    mutating func listen(_ node: Node, _ lease: Lease?, now: Duration) {
        if let condition = node.readyCondition, condition.lastHeartbeatTime != heartbeat {
            heartbeat = condition.lastHeartbeatTime
            heardAt = now
        }
        if let lease, lease.renewTime != renewal {
            renewal = lease.renewTime
            heardAt = now
        }
    }

    /// As if the node had spoken: it could not be heard.
    mutating func forgive(now: Duration) { heardAt = now }

    func isSilent(_ node: Node, _ configuration: NodeLifecycleConfiguration, now: Duration) -> Bool {
        let patience = node.readyCondition == nil ? configuration.startupGracePeriod : configuration.gracePeriod
        return now - heardAt > patience
    }

    /// The conditions of a silent node that are to be written; none if they say so already.
    static func unknownConditions(_ node: Node, time: Timestamp) -> [Condition] {
        guard node.readyCondition?.status != "Unknown" else { return [] }
        return conditions.compactMap { type in
            guard var condition = node.conditions.first(where: { $0.type == type }) else {
                var condition = Condition(
                    type, "Unknown", reason: "NodeStatusNeverUpdated", message: "Kubelet never posted node status.")
                condition.lastHeartbeatTime = node.metadata.creationTimestamp
                condition.lastTransitionTime = time.text()
                return condition
            }
            guard condition.status != "Unknown" else { return nil }
            condition.status = "Unknown"
            condition.reason = "NodeStatusUnknown"
            condition.message = "Kubelet stopped posting node status."
            condition.lastTransitionTime = time.text()
            return condition
        }
    }
}
