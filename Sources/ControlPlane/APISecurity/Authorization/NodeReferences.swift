package import APIObjects
import APIPods
import JSONStream
import Synchronization

/// Which objects the pods of each node refer to. Pods that changed are only noted, and looked at when a node next asks.
package final class NodeReferences: Sendable {
    typealias Object = PodReference

    private struct Pod {
        var node: String
        var objects: Set<Object>
    }

    private struct State {
        var pods: [String: Pod] = [:]
        /// How many pods of a node refer to an object.
        var counts: [String: [Object: Int]] = [:]
        /// The latest state of pods that changed; nil: it is gone.
        var changed: [String: CachedObject?] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// Begins to follow the cache; to be called before it is loaded.
    package func follow(_ cache: some ObjectSource) {
        cache.observe(.pods) { [self] event in
            let object = event.kind == .deleted ? nil : event.object
            state.withLock { $0.changed[event.object.key] = .some(object) }
        }
    }

    /// Whether a pod of the node refers to the object, or is it.
    func has(_ node: String, _ object: Object) -> Bool {
        state.withLock { state in
            for (key, pod) in state.changed { Self.take(key, pod.flatMap { try? $0.decoded() }, &state) }
            state.changed = [:]
            return state.counts[node]?[object] != nil
        }
    }

    /// - Parameter pod: nil: it is gone.
    func note(_ key: String, _ pod: JSONValue?) { state.withLock { Self.take(key, pod, &$0) } }

    private static func take(_ key: String, _ json: JSONValue?, _ state: inout State) {
        if let old = state.pods.removeValue(forKey: key) {
            for object in old.objects {
                let left = (state.counts[old.node]?[object] ?? 1) - 1
                state.counts[old.node]?[object] = left > 0 ? left : nil
            }
            if state.counts[old.node]?.isEmpty == true { state.counts[old.node] = nil }
        }
        guard let json, let node = json["spec"]?["nodeName"]?.stringValue, !node.isEmpty else { return }
        let pod = Pod(node: node, objects: PodReference.all(of: json))
        for object in pod.objects { state.counts[node, default: [:]][object, default: 0] += 1 }
        state.pods[key] = pod
    }
}
