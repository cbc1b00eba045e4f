import JSONStream
import KubeAPI
import KubeClient

/// Writes slices and remembers what it wrote until the cache shows it.
struct SliceWriter: Sendable {
    /// How long a cache is given to catch up.
    static let staleDelay = Duration.milliseconds(50)

    private let client: KubeClient
    /// By the Service of the slices.
    let writes: OwnWrites<ObjectKey>

    init(_ client: KubeClient, clock: RetryClock) {
        self.client = client
        writes = OwnWrites(clock: clock)
    }

    func write(
        _ creations: [ManagedEndpointSlice], _ updates: [ManagedEndpointSlice], _ deletions: [ManagedEndpointSlice],
        for key: ObjectKey
    ) async throws(APIError) {
        for slice in creations {
            guard try await create(slice, for: key) else { return }
        }
        for slice in updates {
            let written = try await client.update(
                ManagedEndpointSlice.self, slice.metadata.key, slice.json.serialized())
            writes.wrote(written.metadata, for: key)
        }
        for slice in deletions { try await delete(slice, for: key) }
    }

    /// False: the namespace is going, and the slices with it.
    private func create(_ slice: ManagedEndpointSlice, for key: ObjectKey) async throws(APIError) -> Bool {
        do {
            let written = try await client.create(
                ManagedEndpointSlice.self, namespace: key.namespace, slice.json.serialized())
            writes.wrote(written.metadata, for: key)
            return true
        } catch {
            guard error.isNamespaceTerminating else { throw error }
            return false
        }
    }

    private func delete(_ slice: ManagedEndpointSlice, for key: ObjectKey) async throws(APIError) {
        do {
            try await client.delete(ManagedEndpointSlice.self, slice.metadata.key)
        } catch {
            guard error.isNotFound else { throw error }
        }
        writes.deleted(slice.metadata, for: key)
    }

    /// The Services to look at after a change of a slice: none if it was made here, or if somebody else keeps it.
    func services(
        touchedBy change: ObjectTransition<ManagedEndpointSlice>, managedBy controller: String
    ) -> Set<ObjectKey> {
        guard let latest = change.latest else { return [] }
        let states = [change.old, change.new].compactMap { $0 }
        let keys = Set(states.compactMap(\.serviceKey))
        let managers = Set(states.map(\.managedBy))
        guard managers.contains(controller) else { return [] }
        if keys.count == 1, let key = keys.first, managers.count == 1,
            writes.saw(latest.metadata, isGone: change.new == nil, for: key)
        {
            return []
        }
        return keys
    }
}

extension ManagedEndpointSlice {
    static let serviceIndex = ObjectIndex<ManagedEndpointSlice>("service") { slice in
        slice.serviceKey.map { ["\($0)"] } ?? []
    }
}

extension InformerCache<ManagedEndpointSlice> {
    /// The slices of a Service, sorted by name.
    func objects(of service: ObjectKey) -> [ManagedEndpointSlice] {
        objects(ManagedEndpointSlice.serviceIndex.name, "\(service)")
    }
}
