import ContainerRuntime
import KubeClient
import Synchronization

/// Sees what changed in the runtime by listing it again and again: containerd 1.6 has no events of this interface.
final class RuntimeWatch: Sendable {
    private let runtime: any ContainerRuntime
    private let clock: RetryClock
    private let seen = Mutex<[String: Set<String>]>([:])

    private static let period = Duration.seconds(1)

    init(runtime: any ContainerRuntime, clock: RetryClock) {
        self.runtime = runtime
        self.clock = clock
    }

    /// Tells the identifiers of pods of which something changed, and those of all that the runtime has.
    func run(_ changed: @Sendable (_ changed: Set<String>, _ all: Set<String>) -> Void) async {
        while true {
            if let states = try? await states() {
                let different = seen.withLock { seen in
                    let names = Set(states.keys).union(seen.keys)
                    defer { seen = states }
                    return names.filter { seen[$0] != states[$0] }
                }
                changed(different, Set(states.keys))
            }
            guard (try? await clock.sleep(Self.period)) != nil else { return }
        }
    }

    /// By pod, what it has and how that is.
    private func states() async throws(RuntimeFailure) -> [String: Set<String>] {
        var states: [String: Set<String>] = [:]
        for sandbox in try await runtime.sandboxes(ofPod: nil) {
            states[sandbox.pod.uid, default: []].insert("\(sandbox.id) \(sandbox.isReady)")
        }
        for container in try await runtime.containers(ofPod: nil) {
            guard let uid = container.labels[PodLabels.uid] else { continue }
            states[uid, default: []].insert("\(container.id) \(container.state.rawValue)")
        }
        return states
    }
}
