import JSONStream
import KubeAPI
import KubeClient
import Logging

/// Looks at one object after the other and does what ``GarbageDecision`` says. Nothing is deleted before the server has
/// confirmed that its owners are gone.
struct GarbageCollection: Sendable {
    /// An owner of a kind that the server does not have, so far.
    struct UnknownKind: Error, CustomStringConvertible {
        var reference: OwnerReference
        var description: String {
            "its owner \(reference.name) is a \(reference.kind) of \(reference.apiVersion), which the server does not have"
        }
    }

    /// How soon to look again at owners that exist, but that no watch has shown yet.
    private static let unseenOwnerDelay = Duration.seconds(30)

    let server: any GarbageServer
    let monitored: MonitoredGraph
    let logger: Logger
    private let absent = AbsentOwners()

    init(server: any GarbageServer, monitored: MonitoredGraph, logger: Logger) {
        self.server = server
        self.monitored = monitored
        self.logger = logger
    }

    func look(at uid: String) async throws -> Controller<String>.Result {
        guard let node = monitored[uid] else { return .done }
        switch node.state {
        case .deleting: return .done
        case .orphaningDependents: try await orphanDependents(of: node)
        case .deletingDependents: try await deleteDependents(of: node)
        case .present: return try await collect(node)
        }
        return .done
    }

    private func orphanDependents(of node: OwnerGraph.Node) async throws(APIError) {
        for dependent in monitored.dependents(of: node.uid) {
            try await server.removeReferences([node.uid], of: dependent)
        }
        try await server.removeFinalizer(OwnerGraph.orphanFinalizer, of: node)
    }

    private func deleteDependents(of node: OwnerGraph.Node) async throws(APIError) {
        let blocking = monitored.blockingDependents(of: node.uid)
        guard !blocking.isEmpty else {
            return try await server.removeFinalizer(OwnerGraph.foregroundFinalizer, of: node)
        }
        for dependent in blocking where dependent.state != .deletingDependents { monitored.add(dependent.uid) }
    }

    private func collect(_ node: OwnerGraph.Node) async throws -> Controller<String>.Result {
        guard let current = try await server.metadata(of: node.resource, node.key), current.uid == node.uid else {
            return .done
        }
        var owners: [String: GarbageDecision.Owner] = [:]
        var isUnseen = false
        for reference in current.ownerReferences {
            let (owner, isSeen) = try await find(reference, for: node)
            // One uid may be named twice; one good reference is enough.
            if owners[reference.uid] != .solid { owners[reference.uid] = owner }
            if !isSeen { isUnseen = true }
        }
        let dependents = monitored.dependents(of: node.uid)
        switch GarbageDecision(current, owners: owners, dependents: dependents) {
        case .keep:
            break
        case .removeReferences(let gone):
            try await server.removeReferences(gone, of: node)
        case .deleteInForeground(let unblocks):
            if unblocks { try await server.unblockOwners(of: node, current) }
            // Its version has changed with its references.
            let version = unblocks ? nil : current.resourceVersion
            try await server.delete(
                node, DeleteOptions(propagationPolicy: .foreground, uid: node.uid, resourceVersion: version))
        case .delete(let policy):
            logger.debug(
                "an object has lost its owners", metadata: ["object": "\(node.key)", "kind": "\(node.resource.kind)"])
            try await server.delete(
                node,
                DeleteOptions(
                    propagationPolicy: policy, uid: node.uid, resourceVersion: current.resourceVersion))
        }
        // What came and went between two lists would never be told.
        return isUnseen ? .again(after: Self.unseenOwnerDelay) : .done
    }

    /// How the owner is found, and whether that will be told when it changes.
    private func find(
        _ reference: OwnerReference, for node: OwnerGraph.Node
    ) async throws -> (GarbageDecision.Owner, isSeen: Bool) {
        if let owner = monitored[reference.uid], owner.isMeant(by: reference, from: node.key.namespace) {
            return (owner.state == .deletingDependents ? .waiting : .solid, true)
        }
        guard let resource = try await server.resource(apiVersion: reference.apiVersion, kind: reference.kind)
        else { throw UnknownKind(reference: reference) }
        // Objects without a namespace cannot have owners in one; nobody can say which owner was meant.
        guard !resource.isNamespaced || node.resource.isNamespaced else { return (.solid, true) }
        let namespace = resource.isNamespaced ? node.key.namespace : ""
        let name = AbsentOwners.Reference(
            apiVersion: reference.apiVersion, kind: reference.kind, name: reference.name, uid: reference.uid,
            namespace: namespace)
        if absent.contains(name) { return (.absent, true) }
        let key = ObjectKey(namespace: namespace, name: reference.name)
        guard let owner = try await server.metadata(of: resource, key), owner.uid == reference.uid else {
            absent.insert(name)
            return (.absent, true)
        }
        let isWaiting = OwnerGraph.Node(owner, resource).state == .deletingDependents
        return (isWaiting ? .waiting : .solid, false)
    }
}
