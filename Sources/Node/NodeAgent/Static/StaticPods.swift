import FoundationEssentials
import JSONStream
import KubeAPI
import KubeClient
import LinuxSystem
import Logging
import Synchronization

/// Pods from a directory on this host: looked at every few seconds, run like others, and shown in the API by mirrors.
final class StaticPods: Sendable {
    private let context: AgentContext
    private let table: PodTable
    private let clock: RetryClock
    private let requeue: @Sendable (String) -> Void
    /// The pods of the API that are copies of ours, by key.
    private let mirrors = Mutex<[ObjectKey: BoundPod]>([:])
    private let told = Mutex<Set<String>>([])

    private static let period = Duration.seconds(3)
    private static let largestFile = 1 << 20
    private static let mostFiles = 256

    init(
        context: AgentContext, table: PodTable, clock: RetryClock, requeue: @escaping @Sendable (String) -> Void
    ) {
        self.context = context
        self.table = table
        self.clock = clock
        self.requeue = requeue
    }

    /// Whether a pod of the API is a copy of one of ours, which is noted then.
    func take(_ pod: BoundPod) -> Bool {
        guard pod.metadata.annotations[StaticPod.mirror] != nil else { return false }
        mirrors.withLock { $0[pod.metadata.key] = pod }
        if let record = table.find(pod.metadata.key) { requeue(record.pod.metadata.uid) }
        return true
    }

    func forget(_ pod: BoundPod) { mirrors.withLock { $0[pod.metadata.key] = nil } }
    func mirror(_ key: ObjectKey) -> BoundPod? { mirrors.withLock { $0[key] } }

    /// Works until the task is cancelled.
    func run() async {
        guard let directory = context.configuration.manifestDirectory else { return }
        while true {
            look(directory)
            await reflect()
            guard (try? await clock.sleep(Self.period)) != nil else { return }
        }
    }

    private func look(_ directory: String) {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted()
            .filter { !$0.hasPrefix(".") }.prefix(Self.mostFiles)
        var found: Set<String> = []
        for name in names {
            do {
                let bytes = try FileTree.read("\(directory)/\(name)", limit: Self.largestFile)
                let pod = try StaticPod.read(bytes, node: context.configuration.nodeName)
                found.insert(pod.metadata.uid)
                if table[pod.metadata.uid] == nil {
                    table.put(pod, .file)
                    requeue(pod.metadata.uid)
                }
                told.withLock { _ = $0.remove(name) }
            } catch {
                let isNew = told.withLock { $0.insert(name).inserted }
                let text = (error as? StatusProblem)?.message ?? "\(error)"
                if isNew {
                    context.logger.warning(
                        "a manifest of a static pod cannot be used",
                        metadata: ["file": "\(directory)/\(name)", "error": "\(text)"])
                }
            }
        }
        for record in table.all where record.origin == .file && !found.contains(record.pod.metadata.uid) {
            table.change(record.pod.metadata.uid) { $0.isGone = true }
            requeue(record.pod.metadata.uid)
        }
    }

    /// Makes the mirrors that are missing, and removes those that are of nothing.
    private func reflect() async {
        let records = table.all.filter { $0.origin == .file && !$0.isGone }
        let wanted = Dictionary(records.map { ($0.pod.metadata.key, $0) }, uniquingKeysWith: { first, _ in first })
        for (key, mirror) in mirrors.withLock({ $0 }) {
            let uid = wanted[key]?.pod.metadata.uid
            guard uid != mirror.metadata.annotations[StaticPod.mirror] else { continue }
            try? await context.client.delete(
                BoundPod.self, key, DeleteOptions(gracePeriod: 0, uid: mirror.metadata.uid))
            forget(mirror)
        }
        for (key, record) in wanted where mirror(key) == nil {
            let node = try? await context.client.get(
                Node.self, ObjectKey(namespace: "", name: context.configuration.nodeName))
            let body = StaticPod.mirror(record.pod, node).serialized()
            if let made = try? await context.client.create(BoundPod.self, namespace: key.namespace, body) {
                _ = take(made)
            }
        }
    }
}
