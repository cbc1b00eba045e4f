import KubeAPI

/// What a Deployment keeps in the annotations of its ReplicaSets.
enum RevisionAnnotations {
    static let revision = "deployment.kubernetes.io/revision"
    /// The revisions that the same template had before, separated by commas.
    static let history = "deployment.kubernetes.io/revision-history"
    static let desiredReplicas = "deployment.kubernetes.io/desired-replicas"
    static let maxReplicas = "deployment.kubernetes.io/max-replicas"
    private static let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"
    private static let rollbackTo = "deprecated.deployment.rollback.to"

    private static let own: Set = [revision, history, desiredReplicas, maxReplicas, lastApplied, rollbackTo]
    /// Bytes; the oldest revisions are forgotten.
    private static let longestHistory = 2000

    /// 0 if it has none.
    static func revision(of set: ReplicaSet) -> Int64 { set.metadata.annotations[revision].flatMap { Int64($0) } ?? 0 }

    /// The size that the Deployment had when the set was scaled last.
    static func desiredReplicas(of set: ReplicaSet) -> Int32? { number(desiredReplicas, set) }
    static func maxReplicas(of set: ReplicaSet) -> Int32? { number(maxReplicas, set) }

    private static func number(_ name: String, _ set: ReplicaSet) -> Int32? {
        set.metadata.annotations[name].flatMap { Int32($0) }
    }

    /// The annotation holds 32 bits.
    static func notedMaximum(_ limits: RolloutLimits) -> Int32 { Int32(clamping: limits.mostPods) }

    static func setReplicas(_ limits: RolloutLimits, on set: inout ReplicaSet) {
        set.metadata.annotations[desiredReplicas] = String(limits.replicas)
        set.metadata.annotations[maxReplicas] = String(notedMaximum(limits))
    }

    /// Gives the set the Deployment's annotations, and a revision if its own is older.
    static func update(_ set: inout ReplicaSet, from deployment: Deployment, revision new: Int64) {
        for (name, value) in deployment.metadata.annotations where !own.contains(name) {
            set.metadata.annotations[name] = value
        }
        let old = set.metadata.annotations[revision]
        guard revision(of: set) < new else { return }
        set.metadata.annotations[revision] = String(new)
        guard let old else { return }
        var past = (set.metadata.annotations[history] ?? "").split(separator: ",").map(String.init) + [old]
        while past.count > 1, past.joined(separator: ",").utf8.count > longestHistory { past.removeFirst() }
        set.metadata.annotations[history] = past.joined(separator: ",")
    }
}
