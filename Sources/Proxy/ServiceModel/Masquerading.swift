/// Which connections get the node's address as their source, so that answers come back through this node.
public enum Masquerading: Hashable, Sendable {
    case nobodys
    case everybodys
    /// Those of the node itself: other connections go to an endpoint on this node, which answers through it.
    case nodes
    /// Those that do not begin in a pod on this node: their answers might take another route.
    case allButPodsHere

    public func includes(_ origin: Origin) -> Bool {
        switch self {
        case .nobodys: false
        case .everybodys: true
        case .nodes: origin == .node
        case .allButPodsHere: origin != .podHere
        }
    }
}
