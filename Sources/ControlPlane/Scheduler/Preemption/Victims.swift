import KubeAPI

/// Pods that would have to leave a node for another one.
struct Victims: Sendable {
    var node: String
    /// The most important first; never empty.
    var pods: [PodInfo]
    /// How many of them a disruption budget would rather keep.
    var violations: Int

    /// Whether it is better to make these leave than those of another node: fewer broken budgets, a less important first
    /// victim, less important ones all together, fewer, ones that started later.
    func isPreferable(to other: Victims) -> Bool {
        if violations != other.violations { return violations < other.violations }
        if highestPriority != other.highestPriority { return highestPriority < other.highestPriority }
        if prioritySum != other.prioritySum { return prioritySum < other.prioritySum }
        if pods.count != other.pods.count { return pods.count < other.pods.count }
        return earliestStart > other.earliestStart
    }

    private var highestPriority: Int32 { pods.first?.priority ?? .min }

    /// Priorities counted from the lowest one, so that more victims never weigh less.
    private var prioritySum: Int64 { pods.reduce(0) { $0 + Int64($1.priority) - Int64(Int32.min) } }

    /// When the first of the most important victims started; those that have not sort last.
    private var earliestStart: String {
        pods.lazy.filter { $0.priority == highestPriority }.map { $0.pod.status.startTime }
            .map { $0.isEmpty ? "~" : $0 }.min() ?? "~"
    }
}
