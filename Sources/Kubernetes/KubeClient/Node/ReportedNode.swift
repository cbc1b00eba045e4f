public import JSONStream
public import KubeAPI

/// A node that this process reports on, as a kubelet does for its host.
public protocol ReportedNode: Sendable {
    var name: String { get }
    /// The Node to create if there is none; an existing Node gets its labels.
    var object: JSONValue { get }
    /// The current status of the node.
    /// - Parameter old: the existing Node; nil if there is none yet.
    func status(_ old: Node?, time: Timestamp) -> JSONValue
    /// Whether the node should stop reporting.
    func isStopped(_ node: Node) -> Bool
}

extension ReportedNode {
    public func isStopped(_ node: Node) -> Bool { false }
}

extension Condition {
    /// The condition to report now, given the one that the Node has.
    public func reported(over known: Condition?, at time: Timestamp) -> Condition {
        var condition = self
        condition.lastHeartbeatTime = time.text()
        let since = known.flatMap { $0.status == status ? $0.lastTransitionTime : nil } ?? ""
        condition.lastTransitionTime = since.isEmpty ? time.text() : since
        return condition
    }
}
