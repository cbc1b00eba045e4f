import KubeAPI
import KubeClient

/// Which objects depend on which, by uid. Pure: it is told of changes and says which objects are to be looked at.
struct OwnerGraph: Sendable {
    static let foregroundFinalizer = "foregroundDeletion"
    static let orphanFinalizer = "orphan"

    enum State: Hashable, Sendable {
        case present
        /// On its way out; its dependents follow when it is gone.
        case deleting
        /// Waits for its dependents to go first.
        case deletingDependents
        /// Waits for its dependents to be set free.
        case orphaningDependents
    }

    struct Node: Hashable, Sendable {
        var resource: APIResource
        var key: ObjectKey
        var uid: String
        var owners: [OwnerReference]
        var state: State

        init(_ metadata: ObjectMeta, _ resource: APIResource) {
            self.resource = resource
            key = metadata.key
            uid = metadata.uid
            owners = metadata.ownerReferences
            if !metadata.isBeingDeleted {
                state = .present
            } else if metadata.finalizers.contains(OwnerGraph.orphanFinalizer) {
                state = .orphaningDependents
            } else if metadata.finalizers.contains(OwnerGraph.foregroundFinalizer) {
                state = .deletingDependents
            } else {
                state = .deleting
            }
        }

        /// Whether a reference means this object, whose uid it has. Objects without a namespace may be owners in all.
        func isMeant(by reference: OwnerReference, from namespace: String) -> Bool {
            reference.kind == resource.kind && reference.name == key.name
                && APIResource.group(of: reference.apiVersion) == resource.group
                && (!resource.isNamespaced || key.namespace == namespace)
        }
    }

    private var nodes: [String: Node] = [:]
    /// The uids of those that name an object as their owner, whether it exists or not.
    private var dependents: [String: Set<String>] = [:]
    /// The uid under each key, by the path of the kind.
    private var uids: [String: [ObjectKey: String]] = [:]

    var count: Int { nodes.count }
    var isEmpty: Bool { nodes.isEmpty && dependents.isEmpty && uids.values.allSatisfy(\.isEmpty) }

    subscript(uid: String) -> Node? { nodes[uid] }

    /// Sorted by uid.
    func dependents(of uid: String) -> [Node] {
        (dependents[uid] ?? []).sorted().compactMap { nodes[$0] }
    }

    /// Those without which it cannot go in the foreground.
    func blockingDependents(of uid: String) -> [Node] {
        dependents(of: uid).filter { $0.owners.contains { $0.uid == uid && $0.blocksOwnerDeletion } }
    }

    /// All that has to be looked at if nothing is known of the past.
    var suspects: Set<String> {
        Set(
            nodes.values.filter { node in
                node.state == .deletingDependents || node.state == .orphaningDependents
                    || node.owners.contains { isDoubtful($0, of: node) || nodes[$0.uid]?.state == .deletingDependents }
            }.map(\.uid))
    }

    // MARK: Changes

    /// Takes in an object as it is now. Returns the uids of the objects to be looked at.
    mutating func upsert(_ metadata: ObjectMeta, _ resource: APIResource) -> Set<String> {
        var work: Set<String> = []
        let node = Node(metadata, resource)
        let present = uids[resource.collectionPath, default: [:]].updateValue(node.uid, forKey: node.key)
        if let present, present != node.uid { work.formUnion(removeNode(present)) }
        let old = nodes.updateValue(node, forKey: node.uid)
        if old?.owners != node.owners { work.formUnion(reown(node, from: old?.owners ?? [])) }
        if old == nil {
            // References to it may have been made up before it was seen.
            work.formUnion(
                dependents(of: node.uid).filter { dependent in
                    dependent.owners.contains { $0.uid == node.uid && isDoubtful($0, of: dependent) }
                }.map(\.uid))
        }
        if node.state != old?.state {
            if node.state == .deletingDependents { work.formUnion(dependents[node.uid] ?? []) }
            if node.state == .deletingDependents || node.state == .orphaningDependents { work.insert(node.uid) }
        }
        return work
    }

    /// The object is gone. Returns the uids of the objects to be looked at.
    mutating func remove(_ key: ObjectKey, _ resource: APIResource) -> Set<String> {
        guard let uid = uids[resource.collectionPath]?.removeValue(forKey: key) else { return [] }
        return removeNode(uid)
    }

    private mutating func removeNode(_ uid: String) -> Set<String> {
        guard let node = nodes.removeValue(forKey: uid) else { return [] }
        for owner in node.owners { dropDependent(uid, of: owner.uid) }
        let waiting = node.owners.map(\.uid).filter { nodes[$0]?.state == .deletingDependents }
        return (dependents[uid] ?? []).union(waiting)
    }

    /// Follows a change of the object's owners.
    private mutating func reown(_ node: Node, from old: [OwnerReference]) -> Set<String> {
        var work: Set<String> = []
        let current = Set(node.owners.map(\.uid))
        for reference in old {
            if !current.contains(reference.uid) { dropDependent(node.uid, of: reference.uid) }
            let stillBlocks = node.owners.contains { $0.uid == reference.uid && $0.blocksOwnerDeletion }
            if reference.blocksOwnerDeletion, !stillBlocks, nodes[reference.uid]?.state == .deletingDependents {
                work.insert(reference.uid)
            }
        }
        for reference in node.owners where !old.contains(reference) {
            dependents[reference.uid, default: []].insert(node.uid)
            if isDoubtful(reference, of: node) || nodes[reference.uid]?.state == .deletingDependents {
                work.insert(node.uid)
            }
        }
        return work
    }

    private mutating func dropDependent(_ uid: String, of owner: String) {
        dependents[owner]?.remove(uid)
        if dependents[owner]?.isEmpty == true { dependents[owner] = nil }
    }

    /// Whether the reference may be to something that does not exist.
    private func isDoubtful(_ reference: OwnerReference, of node: Node) -> Bool {
        guard let owner = nodes[reference.uid] else { return true }
        return !owner.isMeant(by: reference, from: node.key.namespace)
    }
}
