/// Where a connection begins, as traffic policies see it.
public enum Origin: Hashable, Sendable, CaseIterable {
    /// In a pod on this node.
    case podHere
    /// On this node itself.
    case node
    case elsewhere
}
