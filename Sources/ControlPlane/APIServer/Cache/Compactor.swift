import Logging
import ObjectStore

/// Has the store forget old versions: every interval those that were old an interval ago, so that a version stays
/// watchable for one interval at least and two at most. Servers that share a store take turns. (kube-apiserver does the
/// same to etcd.)
struct Compactor: Sendable {
    let store: any ObjectStore
    let interval: Duration
    let logger: Logger
    var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

    /// Compacts until cancelled. A failure is logged; the next turn tries again.
    func run() async throws {
        var turn: CompactionTurn?
        while true {
            do throws(StoreError) {
                turn = try await store.compact(inTurn: turn)
            } catch {
                logger.warning("the store was not compacted", metadata: ["error": "\(error)"])
            }
            try await sleep(interval)
        }
    }
}
