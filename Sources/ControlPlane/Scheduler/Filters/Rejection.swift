/// Why a pod cannot go to a node.
struct Rejection: Hashable, Sendable {
    /// In the words that users know; several where several resources are short.
    var reasons: [String]
    /// Whether it could, were other pods not there.
    var isResolvable: Bool
    /// What may change it.
    var events: ClusterEvent

    init(_ reasons: String..., isResolvable: Bool, events: ClusterEvent) {
        self.init(reasons, isResolvable: isResolvable, events: events)
    }

    init(_ reasons: [String], isResolvable: Bool, events: ClusterEvent) {
        self.reasons = reasons
        self.isResolvable = isResolvable
        self.events = events
    }
}
