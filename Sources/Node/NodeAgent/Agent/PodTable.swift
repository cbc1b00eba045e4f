import KubeAPI
import Synchronization

/// The pods of this node, by their identifiers.
final class PodTable: Sendable {
    private let records = Mutex<[String: PodRecord]>([:])

    subscript(uid: String) -> PodRecord? { records.withLock { $0[uid] } }

    var all: [PodRecord] { records.withLock { Array($0.values) } }
    var identifiers: Set<String> { records.withLock { Set($0.keys) } }

    func find(_ key: ObjectKey) -> PodRecord? {
        records.withLock { records in
            // One that is ending may have the name of one that starts.
            let found = records.values.filter { $0.pod.metadata.key == key }
            return found.first { !$0.isTerminating } ?? found.first
        }
    }

    /// Takes a pod as its origin has it now.
    func put(_ pod: BoundPod, _ origin: PodRecord.Origin) {
        records.withLock { records in
            let uid = pod.metadata.uid
            if records[uid] == nil {
                records[uid] = PodRecord(pod: pod, origin: origin)
            } else {
                records[uid]?.pod = pod
                records[uid]?.isGone = false
            }
        }
    }

    /// Changes what is known of a pod; one that is forgotten stays so.
    @discardableResult
    func change(_ uid: String, _ body: (inout PodRecord) -> Void) -> PodRecord? {
        records.withLock { records in
            guard var record = records[uid] else { return nil }
            body(&record)
            records[uid] = record
            return record
        }
    }

    func remove(_ uid: String) { records.withLock { _ = $0.removeValue(forKey: uid) } }
}
