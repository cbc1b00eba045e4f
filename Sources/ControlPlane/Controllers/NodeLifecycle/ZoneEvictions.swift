/// Which nodes of one zone may have their pods taken off, one after the other. Where many nodes are silent at once, it
/// is rather the network that is down than they.
struct ZoneEvictions: Sendable {
    enum State: Hashable, Sendable {
        case normal
        case partialDisruption
        /// No node is ready.
        case fullDisruption
    }

    /// Nodes a second; 0: none.
    var rate = 0.0
    /// Names, in the order in which they came.
    private var waiting: [String] = []
    private var members: Set<String> = []
    /// Never more than one node at once.
    private var tokens = 1.0
    private var refilledAt: Duration?

    static func state(ready: Int, notReady: Int, threshold: Double) -> State {
        if ready == 0, notReady > 0 { return .fullDisruption }
        guard notReady > 2, Double(notReady) / Double(ready + notReady) >= threshold else { return .normal }
        return .partialDisruption
    }

    mutating func add(_ node: String) { if members.insert(node).inserted { waiting.append(node) } }
    mutating func remove(_ node: String) { if members.remove(node) != nil { waiting.removeAll { $0 == node } } }

    /// The nodes whose turn it is.
    mutating func take(now: Duration) -> [String] {
        if let refilledAt { tokens = min(1, tokens + (now - refilledAt) / .seconds(1) * rate) }
        refilledAt = now
        guard rate > 0, tokens >= 1, !waiting.isEmpty else { return [] }
        tokens -= 1
        let node = waiting.removeFirst()
        members.remove(node)
        return [node]
    }
}
