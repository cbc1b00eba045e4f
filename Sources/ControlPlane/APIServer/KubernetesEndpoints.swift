import APIObjects
import APIResources
import JSONStream
import Logging
import NetworkAddress
import ObjectStore

/// Keeps the endpoints of the Service `kubernetes`: where each server that lives is reached from elsewhere.
///
/// Servers that share a store know each other by their leases, and each writes all of them; a server that has its store
/// alone writes its own address.
struct KubernetesEndpoints: Sendable {
    /// How often it is looked whether somebody has changed them, where a server is alone.
    private static let period = Duration.seconds(10)
    /// How long a server that ends tries to take itself out.
    private static let patience = Duration.seconds(5)

    let handler: APIHandler
    let server: ServerLeases.Server
    /// See ``ServerLeases/Living/authority``.
    let authority: String

    private var leases: ServerLeases { ServerLeases(store: handler.store) }

    /// Keeps them until cancelled.
    func run() async throws {
        let isShared = handler.store.isShared
        var strangers: Set<ServerLeases.Living> = []
        while true {
            await tell {
                if isShared {
                    try await leases.renew(.init(server: server, authority: authority))
                    try await lookForStrangers(&strangers)
                }
                try await write { try await isShared ? leases.living().map(\.server) + [server] : [server] }
            }
            try await Task.sleep(for: isShared ? ServerLeases.period : Self.period)
        }
    }

    /// Takes this server out; to be called when it serves nothing any more.
    func withdraw() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await tell {
                    guard handler.store.isShared else { return try await write { [] } }
                    try await leases.remove(server)
                    try await write { try await leases.living().map(\.server).filter { $0 != server } }
                }
            }
            group.addTask { try? await Task.sleep(for: Self.patience) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Tells of servers whose clients would not trust this one.
    private func lookForStrangers(_ known: inout Set<ServerLeases.Living>) async throws {
        for other in try await leases.living()
        where !other.authority.isEmpty && other.authority != authority && known.insert(other).inserted {
            let advice =
                "copy ca.crt, ca.key, sa.key and sa.pub of one server's certificate directory to all others, and start "
                + "those again"
            handler.logger.error(
                "another server over this store has another certificate authority: \(advice)",
                metadata: ["server": "\(other.server.address)", "port": "\(other.server.port)"])
        }
    }

    private func tell(_ body: () async throws -> Void) async {
        do {
            try await body()
        } catch {
            guard !Task.isCancelled else { return }
            handler.logger.warning(
                "the endpoints of the Service kubernetes are not written; it is tried again",
                metadata: ["error": "\(error)"])
        }
    }

    /// Writes until it has written what is so afterwards as well: another server may have come or gone in between, and
    /// written before.
    private func write(_ servers: () async throws -> [ServerLeases.Server]) async throws {
        var wanted = Set(try await servers())
        for _ in 0..<8 {
            try await write(KubernetesEndpointsPlan(wanted, family: server.address.family, port: server.port))
            let now = Set(try await servers())
            guard now != wanted else { return }
            wanted = now
        }
    }

    // MARK: Objects

    private func write(_ plan: KubernetesEndpointsPlan) async throws {
        try await write(.endpoints, plan.endpoints)
        for slice in plan.slices {
            try await removeSlice(otherThan: slice)
            try await write(.endpointSlices, slice)
        }
        let names = plan.slices.map { $0["metadata"]?.text("name") ?? "" }
        for stored in handler.cache.snapshot(.endpointSlices).objects
        where stored.labels[KubernetesEndpointsPlan.managerLabel] == KubernetesEndpointsPlan.manager {
            let name = stored.key.split(separator: "/").last.map(String.init) ?? ""
            guard !names.contains(name) else { continue }
            _ = try await handler.store.deleteIfExpected(stored.key, .revision(stored.revision))
        }
    }

    /// The kind of addresses of a slice never changes.
    private func removeSlice(otherThan slice: JSONValue) async throws {
        let definition = ResourceDefinition.endpointSlices
        let key = definition.key(
            namespace: KubernetesEndpointsPlan.namespace, name: slice["metadata"]?.text("name") ?? "")
        guard let stored = handler.cache.get(definition, key: key),
            try stored.decoded()["addressType"] != slice["addressType"]
        else { return }
        _ = try await handler.store.deleteIfExpected(key, .revision(stored.revision))
    }

    private func write(_ definition: ResourceDefinition, _ content: JSONValue) async throws {
        let target = RequestTarget.Resource(
            definition: definition, namespace: KubernetesEndpointsPlan.namespace,
            name: content["metadata"]?.text("name") ?? "", subresource: "")
        let writer = ObjectWriter(handler: handler, target: target, isDryRun: false)
        _ = try await writer.update(createsMissing: true) { current in
            var object = content
            if let current {
                var metadata = current["metadata"] ?? [:]
                var labels = metadata["labels"] ?? [:]
                for (name, value) in content["metadata"]?["labels"]?.objectValue ?? [:] { labels[name] = value }
                metadata["labels"] = labels
                object["metadata"] = metadata
            }
            return try BodyDecoder(definition: definition, validation: .strict).structured(object)
        }
    }
}
