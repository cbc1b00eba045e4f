import Logging
import ObjectStore

/// Has the store forget old versions: every interval those that were old an interval ago, so that a version stays
/// watchable for one interval at least and two at most. (kube-apiserver does the same to etcd.)
struct Compactor: Sendable {
    let store: any ObjectStore
    let interval: Duration
    let logger: Logger
    var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

    /// Compacts until cancelled. A failure is logged; the next turn tries again.
    func run() async throws {
        var last = await revision()
        while true {
            try await sleep(interval)
            if let last { await compact(through: last) }
            last = await revision()
        }
    }

    private func revision() async -> Revision? {
        do throws(StoreError) {
            return try await store.currentRevision()
        } catch {
            logger.warning("cannot read the store's revision", metadata: ["error": "\(error)"])
            return nil
        }
    }

    private func compact(through revision: Revision) async {
        do throws(StoreError) {
            try await store.compact(through: revision)
        } catch {
            logger.warning("the store was not compacted", metadata: ["error": "\(error)"])
        }
    }
}
