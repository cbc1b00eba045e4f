public import JSONStream
public import KubeAPI

/// A node that this process reports on, as a kubelet does for its host.
public protocol ReportedNode: Sendable {
    var name: String { get }
    /// What is created if there is none; its labels are also put on a Node that is there.
    var object: JSONValue { get }
    /// What is so on the node.
    /// - Parameter old: the Node as it is; nil: there is none yet.
    func status(_ old: Node?, time: Timestamp) -> JSONValue
    /// Whether the node is to be silent.
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
