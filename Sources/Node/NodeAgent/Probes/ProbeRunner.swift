import ContainerRuntime
import KubeAPI
import KubeClient
import Synchronization

/// Probes the containers that run, each probe by itself, and tells when a result changes.
final class ProbeRunner: Sendable {
    enum Kind: String, Hashable, Sendable, CaseIterable {
        case startup = "Startup"
        case readiness = "Readiness"
        case liveness = "Liveness"
    }

    struct Key: Hashable, Sendable {
        var container: String
        var kind: Kind
    }

    /// One probe of one container.
    struct Subject: Sendable {
        var pod: BoundPod
        var definition: ContainerDefinition
        var probe: ProbeDefinition
        var addresses: [String]
        var startedAt: Timestamp
        var counter: ProbeCounter
        var hasRun = false
    }

    private struct State {
        var subjects: [Key: Subject] = [:]
        var results: [String: ProbeResults] = [:]
        /// The containers of a pod.
        var containers: [String: Set<String>] = [:]
    }

    private let state = Mutex(State())
    private let queue = Mutex<WorkQueue<Key>?>(nil)
    private let executor: ProbeExecutor
    private let clock: RetryClock
    private let time: @Sendable () -> Timestamp
    private let record: @Sendable (KubeEvent) -> Void
    /// Told the identifier of the pod.
    private let changed: @Sendable (String) -> Void

    init(
        runtime: any ContainerRuntime, clock: RetryClock, time: @escaping @Sendable () -> Timestamp,
        record: @escaping @Sendable (KubeEvent) -> Void, changed: @escaping @Sendable (String) -> Void
    ) {
        executor = ProbeExecutor(runtime: runtime)
        self.clock = clock
        self.time = time
        self.record = record
        self.changed = changed
    }

    func connect(_ queue: WorkQueue<Key>) { self.queue.withLock { $0 = queue } }

    func results(_ containers: [String]) -> [String: ProbeResults] {
        state.withLock { state in state.results.filter { containers.contains($0.key) } }
    }

    /// Probes what runs of a pod, and nothing else of it.
    func keep(_ pod: BoundPod, _ observation: PodObservation) {
        var wanted: [Key: Subject] = [:]
        for container in observation.containers where container.isRunning {
            guard let definition = pod.spec.container(container.name) else { continue }
            let ofHost = pod.status.list("hostIPs").map { $0.text("ip") }
            let addresses = pod.spec.namespaces.hostNetwork ? ofHost : observation.addresses
            for (kind, probe) in [
                (Kind.startup, definition.startup), (.readiness, definition.readiness),
                (.liveness, definition.liveness),
            ] {
                guard let probe else { continue }
                wanted[Key(container: container.id, kind: kind)] = Subject(
                    pod: pod, definition: definition, probe: probe, addresses: addresses,
                    startedAt: container.startedAt, counter: ProbeCounter(probe))
            }
        }
        let added = state.withLock { state -> [Key] in
            let uid = pod.metadata.uid
            let containers = Set(observation.containers.map(\.id))
            let earlier = state.containers[uid] ?? []
            for key in state.subjects.keys where earlier.contains(key.container) && wanted[key] == nil {
                state.subjects[key] = nil
            }
            for gone in earlier.subtracting(containers) { state.results[gone] = nil }
            state.containers[uid] = containers
            let added = wanted.keys.filter { state.subjects[$0] == nil }
            for key in added { state.subjects[key] = wanted[key] }
            return added
        }
        guard let queue = queue.withLock(\.self) else { return }
        for key in added { queue.add(key) }
    }

    /// Nothing of a pod is probed any more, and nothing of it is ready.
    func stop(_ uid: String) {
        state.withLock { state in
            for id in state.containers.removeValue(forKey: uid) ?? [] {
                for kind in Kind.allCases { state.subjects[Key(container: id, kind: kind)] = nil }
                state.results[id] = nil
            }
        }
    }

    /// One try; how long until the next.
    func probe(_ key: Key) async -> Controller<Key>.Result {
        guard let subject = state.withLock({ $0.subjects[key] }) else { return .done }
        let due = subject.startedAt + subject.probe.initialDelay
        let now = time()
        if now < due { return .again(after: due - now) }
        let hasStarted = state.withLock { state in
            subject.definition.startup == nil || state.results[key.container]?.startup == true
        }
        switch key.kind {
        case .startup: if hasStarted { return .done }
        // Until the container has started, these have nothing to say; they begin at once then.
        case .readiness, .liveness:
            if !hasStarted { return .again(after: min(subject.probe.period, .milliseconds(250))) }
        }
        let outcome = await executor.run(
            subject.probe.action, container: key.container, subject.definition, addresses: subject.addresses,
            timeout: subject.probe.timeout)
        note(outcome, key, subject)
        let result = state.withLock { $0.subjects[key]?.counter.result }
        // Where nobody is asked, the answer stays.
        if result == true, !executor.runtime.runsProcesses { return .done }
        return .again(after: subject.probe.period)
    }

    private func note(_ outcome: ProbeOutcome, _ key: Key, _ subject: Subject) {
        let hasChanged = state.withLock { state -> Bool in
            guard var known = state.subjects[key] else { return false }
            let hasChanged = known.counter.count(outcome.isSuccess)
            known.hasRun = true
            state.subjects[key] = known
            guard hasChanged, let result = known.counter.result else { return false }
            switch key.kind {
            case .startup: state.results[key.container, default: ProbeResults()].startup = result
            case .readiness: state.results[key.container, default: ProbeResults()].readiness = result
            case .liveness: state.results[key.container, default: ProbeResults()].liveness = result
            }
            return true
        }
        if !outcome.isSuccess {
            record(
                KubeEvent(
                    .warning, reason: "Unhealthy", action: "Probing",
                    note: "\(key.kind.rawValue) probe failed: \(outcome.message)", regarding: .init(subject.pod)))
        }
        if hasChanged { changed(subject.pod.metadata.uid) }
    }
}
