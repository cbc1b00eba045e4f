import ContainerRuntime
import KubeAPI
import KubeClient
import LinuxSystem
import Synchronization

/// Looks whether the host runs short, has one pod after the other end then, and removes images that nobody uses.
final class PressureWatch: Sendable {
    private let context: AgentContext
    private let table: PodTable
    private let clock: RetryClock
    private let rules = EvictionRules()
    private let requeue: @Sendable (String) -> Void
    /// When each condition was last so.
    private let seen = Mutex<[String: Duration]>([:])

    private static let period = Duration.seconds(10)
    /// How long a condition stays after it was last so, and how long is waited before the next pod has to go.
    private static let transition = Duration.seconds(300)
    private static let pause = Duration.seconds(10)

    init(
        context: AgentContext, table: PodTable, clock: RetryClock, requeue: @escaping @Sendable (String) -> Void
    ) {
        self.context = context
        self.table = table
        self.clock = clock
        self.requeue = requeue
    }

    /// The Node's conditions that are true.
    var pressures: Set<String> {
        let now = clock.now()
        return seen.withLock { seen in Set(seen.filter { now - $0.value < Self.transition }.keys) }
    }

    /// Works until the task is cancelled.
    func run() async {
        var round = 0
        while (try? await clock.sleep(Self.period)) != nil {
            let signals = rules.signals(room())
            let now = clock.now()
            seen.withLock { seen in for signal in signals { seen[signal.condition] = now } }
            // Images first: they come back when they are needed.
            let isFull = signals.contains(.ephemeralStorage) || signals.contains(.inodes)
            round += 1
            if isFull || round.isMultiple(of: 30) { await removeImages(all: isFull) }
            if let signal = signals.sorted(by: { $0.rawValue < $1.rawValue }).first { await evict(signal) }
        }
    }

    private func room() -> EvictionRules.Room {
        var room = EvictionRules.Room()
        let info = String(decoding: (try? FileTree.read("/proc/meminfo", limit: 8192)) ?? [], as: UTF8.self)
        if let line = info.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
            let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ UInt64($0) })
        {
            room.availableMemory = kibibytes * 1024
        }
        if let space = FileTree.space(context.configuration.rootDirectory), space.size > 0 {
            room.freeStorage = Double(space.free) / Double(space.size)
            if space.inodes > 0 { room.freeInodes = Double(space.freeInodes) / Double(space.inodes) }
        }
        return room
    }

    private func evict(_ signal: EvictionRules.Signal) async {
        let statistics = (try? await context.runtime.statistics()) ?? []
        let byPod = Dictionary(grouping: statistics) { $0.labels[PodLabels.uid] ?? "" }
        let candidates = table.all.filter { !$0.isTerminating && !$0.pod.isFinished && $0.memory.failure == nil }
            .map { record in
                let requests = record.pod.spec.containers.compactMap { $0.requests["memory"] }
                    .compactMap { try? Quantity($0) }.reduce(UInt64(0)) {
                        $0 &+ UInt64(max(0, $1.scaled(to: 0, as: Int64.self)))
                    }
                let used = byPod[record.pod.metadata.uid] ?? []
                return EvictionRules.Candidate(
                    uid: record.pod.metadata.uid, name: record.pod.metadata.name, priority: record.pod.spec.priority,
                    usage: used.reduce(0) { $0 &+ (signal == .memory ? $1.workingSet : $1.writtenBytes).unwrapped },
                    request: signal == .memory ? requests : 0, isStatic: record.origin == .file)
            }
        guard let victim = rules.victim(candidates) else { return }
        let problem = EvictionRules.problem(signal, victim)
        if let record = table.change(victim.uid, { $0.memory.failure = problem }) {
            context.tell(record.pod, .warning, problem.reason, "Evicting", problem.message)
        }
        requeue(victim.uid)
    }

    /// Images that no container uses, where their file system is nearly full: until a fifth of it is free (kubelet's
    /// thresholds), or all of them.
    private func removeImages(all: Bool) async {
        guard let place = try? await context.runtime.imageFileSystem(), let space = FileTree.space(place.path),
            space.size > 0
        else { return }
        func used() -> Double {
            FileTree.space(place.path).map { 1 - Double($0.free) / Double($0.size) } ?? 0
        }
        guard all || used() > 0.85, let images = try? await context.runtime.images(),
            let containers = try? await context.runtime.containers(ofPod: nil)
        else { return }
        let needed = Set(containers.map(\.image))
        let wanted = Set(table.all.flatMap { $0.pod.spec.containers + $0.pod.spec.initContainers }.map(\.image))
        for image in images.sorted(by: { $0.size > $1.size }) where !image.isPinned {
            let names = Set([image.id] + image.tags + image.digests)
            // The sandboxes' own image is not to be told from others where the runtime does not pin it.
            guard names.isDisjoint(with: needed), names.isDisjoint(with: wanted),
                !image.tags.contains(where: { $0.contains("/pause:") })
            else { continue }
            if !all, used() < 0.80 { return }
            try? await context.runtime.removeImage(image.id)
        }
    }
}

extension UInt64? {
    fileprivate var unwrapped: UInt64 { self ?? 0 }
}
