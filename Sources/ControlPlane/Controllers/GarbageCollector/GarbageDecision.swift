import KubeAPI
import KubeClient

/// What becomes of an object whose owners were looked at. Pure; the rules are those of upstream's garbage collector.
enum GarbageDecision: Hashable, Sendable {
    /// How an owner was found.
    enum Owner: Hashable, Sendable {
        case solid
        /// It waits for its dependents to go.
        case waiting
        /// It does not exist: the server said so.
        case absent
    }

    case keep
    /// Some owners remain; these references, by their uids, go.
    case removeReferences(Set<String>)
    /// Its owner waits for it, and it has dependents itself. It may first have to stop blocking its owners, or they
    /// would wait for each other in a circle.
    case deleteInForeground(unblocks: Bool)
    case delete(DeleteOptions.PropagationPolicy)

    /// - Parameters:
    ///   - metadata: the object as it is on the server.
    ///   - owners: how the owners that it names were found, by their uids.
    ///   - dependents: the objects that name it as an owner.
    init(_ metadata: ObjectMeta, owners: [String: Owner], dependents: [OwnerGraph.Node]) {
        let references = metadata.ownerReferences.map(\.uid)
        // An owner of which nothing is known is left alone.
        let found = references.map { ($0, owners[$0] ?? .solid) }
        if references.isEmpty {
            self = .keep
        } else if found.contains(where: { $0.1 == .solid }) {
            let gone = found.filter { $0.1 != .solid }.map(\.0)
            self = gone.isEmpty ? .keep : .removeReferences(Set(gone))
        } else if found.contains(where: { $0.1 == .waiting }), !dependents.isEmpty {
            self = .deleteInForeground(unblocks: dependents.contains { $0.state == .deletingDependents })
        } else if metadata.finalizers.contains(OwnerGraph.orphanFinalizer) {
            self = .delete(.orphan)
        } else if metadata.finalizers.contains(OwnerGraph.foregroundFinalizer) {
            self = .delete(.foreground)
        } else {
            self = .delete(.background)
        }
    }
}
