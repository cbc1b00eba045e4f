import KubeAPI
import Synchronization

/// When that changed which the next write of a Service's endpoints follows: consumers measure by it how long a change
/// takes to reach them.
final class TriggerTimes: Sendable {
    private struct Known {
        var service = ""
        /// By pod.
        var pods: [String: String] = [:]
    }

    private let known = Mutex<[ObjectKey: Known]>([:])

    /// Takes note of the present state.
    /// - Returns: the earliest of the times that are new since the last call, RFC 3339 as the server wrote it; for a
    ///   Service that was not known, its creation. Nil: there is none.
    func update(_ service: ManagedService, _ pods: [Pod]) -> String? {
        let times = pods.compactMap { pod in
            pod.readyCondition.flatMap {
                $0.lastTransitionTime.isEmpty ? nil : (pod.metadata.name, $0.lastTransitionTime)
            }
        }
        let created = service.metadata.creationTimestamp
        let now = Known(service: created, pods: Dictionary(times, uniquingKeysWith: { $1 }))
        let before = known.withLock { $0.updateValue(now, forKey: service.metadata.key) }
        let earliest: String?
        if let before {
            let changed = times.filter { $0.1 > before.pods[$0.0] ?? "" }.map(\.1)
            earliest = (changed + (created > before.service ? [created] : [])).min()
        } else {
            earliest = created
        }
        return earliest.flatMap { $0.isEmpty ? nil : $0 }
    }

    func forget(_ key: ObjectKey) { known.withLock { $0[key] = nil } }
    func forgetAll() { known.withLock { $0 = [:] } }
}
