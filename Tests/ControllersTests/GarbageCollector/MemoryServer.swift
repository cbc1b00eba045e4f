import KubeAPI
import KubeClient
import Synchronization
import TestSupport

@testable import Controllers

/// Objects in memory, with the API server's rules for deletion, and what their watches would tell.
final class MemoryServer: GarbageServer {
    static let kinds = [
        APIResource(apiVersion: "v1", kind: "ConfigMap", plural: "configmaps", isNamespaced: true),
        APIResource(apiVersion: "apps/v1", kind: "Deployment", plural: "deployments", isNamespaced: true),
        APIResource(apiVersion: "v1", kind: "Node", plural: "nodes", isNamespaced: false),
    ]

    struct Name: Hashable {
        var resource: APIResource
        var key: ObjectKey
    }

    private struct State {
        var objects: [Name: ObjectMeta] = [:]
        /// For each kind what its watch has not told yet.
        var events: [APIResource: [ReflectorEvent<ObjectMetadata>]] = [:]
        var version = 0
        /// The uids that the collector deleted though an owner stood by them.
        var wronglyDeleted: [String] = []
    }

    private let state = Mutex(State())

    var objects: [Name: ObjectMeta] { state.withLock { $0.objects } }
    var wronglyDeleted: [String] { state.withLock { $0.wronglyDeleted } }

    /// The next events of a kind that has some, of all of them at random.
    func nextEvent(_ generator: inout SeededGenerator) -> (ReflectorEvent<ObjectMetadata>, APIResource)? {
        let waiting = Self.kinds.filter { kind in state.withLock { $0.events[kind]?.isEmpty == false } }
        guard let kind = waiting.randomElement(using: &generator) else { return nil }
        return state.withLock { ($0.events[kind, default: []].removeFirst(), kind) }
    }

    // MARK: Users

    func create(_ name: Name, uid: String, owners: [OwnerReference]) {
        state.withLock { state in
            guard state.objects[name] == nil else { return }
            var metadata = ObjectMeta(name: name.key.name, namespace: name.key.namespace)
            metadata.uid = uid
            metadata.ownerReferences = owners
            Self.store(metadata, name, &state)
        }
    }

    func edit(_ name: Name, _ change: (inout ObjectMeta) -> Void) {
        state.withLock { state in
            guard var metadata = state.objects[name] else { return }
            change(&metadata)
            Self.store(metadata, name, &state)
        }
    }

    func delete(_ name: Name, _ policy: DeleteOptions.PropagationPolicy) {
        state.withLock { Self.delete(name, policy, &$0) }
    }

    private static func delete(_ name: Name, _ policy: DeleteOptions.PropagationPolicy, _ state: inout State) {
        guard var metadata = state.objects[name] else { return }
        metadata.finalizers.removeAll { [OwnerGraph.foregroundFinalizer, OwnerGraph.orphanFinalizer].contains($0) }
        switch policy {
        case .background: break
        case .foreground: metadata.finalizers.append(OwnerGraph.foregroundFinalizer)
        case .orphan: metadata.finalizers.append(OwnerGraph.orphanFinalizer)
        }
        metadata.deletionTimestamp = metadata.deletionTimestamp ?? Objects.start.text()
        store(metadata, name, &state)
    }

    private static func store(_ metadata: ObjectMeta, _ name: Name, _ state: inout State) {
        var metadata = metadata
        state.version += 1
        metadata.resourceVersion = String(state.version)
        if metadata.isBeingDeleted, metadata.finalizers.isEmpty {
            state.objects[name] = nil
            state.events[name.resource, default: []].append(.changed([.deleted(name.key)]))
        } else {
            state.objects[name] = metadata
            state.events[name.resource, default: []].append(.changed([.upserted(ObjectMetadata(metadata: metadata))]))
        }
    }

    // MARK: GarbageServer

    func resource(apiVersion: String, kind: String) async throws(APIError) -> APIResource? {
        Self.kinds.first { $0.apiVersion == apiVersion && $0.kind == kind }
    }

    func metadata(of resource: APIResource, _ key: ObjectKey) async throws(APIError) -> ObjectMeta? {
        state.withLock { $0.objects[Name(resource: resource, key: key)] }
    }

    func delete(_ node: OwnerGraph.Node, _ options: DeleteOptions) async throws(APIError) {
        let isConflict = state.withLock { state in
            let name = Name(resource: node.resource, key: node.key)
            guard let current = state.objects[name] else { return false }
            guard current.uid == options.uid,
                options.resourceVersion ?? current.resourceVersion == current.resourceVersion
            else { return true }
            let hasOwner = current.ownerReferences.contains { reference in
                guard let owner = Self.owner(reference, of: name, state) else { return false }
                return OwnerGraph.Node(owner.1, owner.0.resource).state != .deletingDependents
            }
            if hasOwner { state.wronglyDeleted.append(current.uid) }
            Self.delete(name, options.propagationPolicy ?? .background, &state)
            return false
        }
        if isConflict { throw APIError(.status(code: 409, reason: "Conflict", message: ""), request: "DELETE") }
    }

    func removeFinalizer(_ finalizer: String, of node: OwnerGraph.Node) async throws(APIError) {
        change(node) { $0.finalizers.removeAll { $0 == finalizer } }
    }

    func removeReferences(_ owners: Set<String>, of node: OwnerGraph.Node) async throws(APIError) {
        change(node) { $0.ownerReferences.removeAll { owners.contains($0.uid) } }
    }

    func unblockOwners(of node: OwnerGraph.Node, _ current: ObjectMeta) async throws(APIError) {
        change(node) { metadata in
            for index in metadata.ownerReferences.indices {
                metadata.ownerReferences[index].blocksOwnerDeletion = false
            }
        }
    }

    private func change(_ node: OwnerGraph.Node, _ change: (inout ObjectMeta) -> Void) {
        edit(Name(resource: node.resource, key: node.key)) { metadata in
            guard metadata.uid == node.uid else { return }
            change(&metadata)
        }
    }

    /// The object that a reference means, by all that it says.
    private static func owner(
        _ reference: OwnerReference, of name: Name, _ state: State
    ) -> (Name, ObjectMeta)? {
        guard let resource = kinds.first(where: { $0.kind == reference.kind && $0.apiVersion == reference.apiVersion })
        else { return nil }
        let key = ObjectKey(namespace: resource.isNamespaced ? name.key.namespace : "", name: reference.name)
        let owner = Name(resource: resource, key: key)
        guard let metadata = state.objects[owner], metadata.uid == reference.uid else { return nil }
        return (owner, metadata)
    }

    /// Objects that name owners, none of which exists.
    var garbage: [Name] {
        state.withLock { state in
            state.objects.filter { name, metadata in
                !metadata.ownerReferences.isEmpty
                    && metadata.ownerReferences.allSatisfy { Self.owner($0, of: name, state) == nil }
            }.map(\.key)
        }
    }
}
