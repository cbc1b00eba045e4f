import KubeAPI
import KubeClient
import Synchronization

/// The owner graph as the watches fill it. What is to be looked at is told once all kinds are listed: before that, many
/// an owner is merely not there yet.
final class MonitoredGraph: Sendable {
    private struct State {
        var graph = OwnerGraph()
        /// The paths of the kinds whose first list is not complete.
        var unsynced: Set<String> = []
        var isWorking = false
        var tell: @Sendable (String) -> Void = { _ in }
    }

    private let state = Mutex(State())

    /// - Parameter tell: called with the uid of each object to be looked at.
    func onWork(_ tell: @escaping @Sendable (String) -> Void) { state.withLock { $0.tell = tell } }

    subscript(uid: String) -> OwnerGraph.Node? { state.withLock { $0.graph[uid] } }
    func dependents(of uid: String) -> [OwnerGraph.Node] { state.withLock { $0.graph.dependents(of: uid) } }
    func blockingDependents(of uid: String) -> [OwnerGraph.Node] {
        state.withLock { $0.graph.blockingDependents(of: uid) }
    }

    /// Has an object looked at.
    func add(_ uid: String) { state.withLock { $0.tell }(uid) }

    /// Forgets everything, for a new beginning.
    func reset() {
        state.withLock { state in
            state.graph = OwnerGraph()
            state.unsynced = []
            state.isWorking = false
        }
    }

    func expectSync(of resource: APIResource) {
        state.withLock { state in
            if !state.isWorking { state.unsynced.insert(resource.collectionPath) }
        }
    }

    /// Begins to tell what is to be looked at.
    func begin() {
        let (suspects, tell) = state.withLock { state in
            state.isWorking = true
            return (state.graph.suspects, state.tell)
        }
        for uid in suspects { tell(uid) }
    }

    func waitForSync(atMost limit: Duration, clock: RetryClock) async {
        let end = clock.now() + limit
        while state.withLock({ !$0.unsynced.isEmpty }), clock.now() < end {
            guard (try? await clock.sleep(.milliseconds(50))) != nil else { return }
        }
    }

    func take(_ event: ReflectorEvent<ObjectMetadata>, _ resource: APIResource) {
        let (work, tell) = state.withLock { state in
            var work: Set<String> = []
            switch event {
            case .changed(let changes):
                for change in changes {
                    switch change {
                    case .upserted(let object): work.formUnion(state.graph.upsert(object.metadata, resource))
                    case .deleted(let key): work.formUnion(state.graph.remove(key, resource))
                    }
                }
            case .synced: state.unsynced.remove(resource.collectionPath)
            case .undecodable: break
            }
            return (state.isWorking ? work : [], state.tell)
        }
        for uid in work { tell(uid) }
    }
}
