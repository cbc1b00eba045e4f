import KubeAPI

/// The taints that tell what a node's conditions are.
enum NodeTaints {
    static let notReady = "node.kubernetes.io/not-ready"
    static let unreachable = "node.kubernetes.io/unreachable"
    static let unschedulable = "node.kubernetes.io/unschedulable"

    /// The taint that goes with a condition of this status.
    private static let byCondition: [(type: String, status: String, key: String)] = [
        ("Ready", "False", notReady), ("Ready", "Unknown", unreachable),
        ("MemoryPressure", "True", "node.kubernetes.io/memory-pressure"),
        ("DiskPressure", "True", "node.kubernetes.io/disk-pressure"),
        ("NetworkUnavailable", "True", "node.kubernetes.io/network-unavailable"),
        ("PIDPressure", "True", "node.kubernetes.io/pid-pressure"),
    ]

    /// What becomes of the taints that take pods off a node.
    enum Eviction: Hashable, Sendable {
        /// A node that is not ready gets one.
        case add
        /// One that is there stays while the node is not ready.
        case keep
        case remove
    }

    /// The node's taints as they should be. Those of others stay as they are.
    /// - Parameter time: when new ones are added.
    static func wanted(_ node: Node, _ eviction: Eviction, time: Timestamp) -> [Taint] {
        var wanted: [Taint] = []
        for (type, status, key) in byCondition
        where node.conditions.contains(where: { $0.type == type && $0.status == status }) {
            wanted.append(Taint(key, "", .noSchedule))
        }
        if node.isUnschedulable { wanted.append(Taint(unschedulable, "", .noSchedule)) }
        if let taint = evictionTaint(node, eviction) { wanted.append(taint) }
        let kept = node.taints.filter { taint in !isManaged(taint) || wanted.contains { $0.isSame(as: taint) } }
        let added = wanted.filter { taint in !kept.contains { $0.isSame(as: taint) } }
        return kept
            + added.map { taint in
                var taint = taint
                taint.timeAdded = time.text()
                return taint
            }
    }

    private static func evictionTaint(_ node: Node, _ eviction: Eviction) -> Taint? {
        let isEvicting = node.taints.contains { $0.effect == .noExecute && [notReady, unreachable].contains($0.key) }
        guard eviction == .add || eviction == .keep && isEvicting else { return nil }
        switch node.readyCondition?.status {
        case "False": return Taint(notReady, "", .noExecute)
        case "Unknown": return Taint(unreachable, "", .noExecute)
        default: return nil
        }
    }

    private static func isManaged(_ taint: Taint) -> Bool {
        switch taint.effect {
        case .noSchedule: taint.key == unschedulable || byCondition.contains { $0.key == taint.key }
        case .noExecute: taint.key == notReady || taint.key == unreachable
        case .preferNoSchedule: false
        }
    }
}

extension Taint {
    /// Whether they are one taint to the API: values and times do not count.
    func isSame(as other: Taint) -> Bool { key == other.key && effect == other.effect }
}
