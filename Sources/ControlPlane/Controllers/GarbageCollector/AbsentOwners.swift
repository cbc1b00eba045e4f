import KubeAPI
import Synchronization

/// References whose owners the server said do not exist, and never will: a uid is not used twice. The oldest are
/// forgotten.
final class AbsentOwners: Sendable {
    struct Reference: Hashable, Sendable {
        var apiVersion: String
        var kind: String
        var name: String
        var uid: String
        /// Where the owner was looked for.
        var namespace: String
    }

    private struct State {
        var known: Set<Reference> = []
        var order: [Reference] = []
        var next = 0
    }

    private static let capacity = 500

    private let state = Mutex(State())

    func contains(_ reference: Reference) -> Bool { state.withLock { $0.known.contains(reference) } }

    func insert(_ reference: Reference) {
        state.withLock { state in
            guard state.known.insert(reference).inserted else { return }
            if state.order.count < Self.capacity {
                state.order.append(reference)
            } else {
                state.known.remove(state.order[state.next])
                state.order[state.next] = reference
                state.next = (state.next + 1) % Self.capacity
            }
        }
    }
}
