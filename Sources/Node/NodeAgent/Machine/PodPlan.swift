import ContainerRuntime
import KubeAPI

/// What is to be done for a pod that is to run, seen from its specification, what the runtime has, and what is known
/// besides. Pure.
struct PodPlan: Hashable, Sendable {
    private(set) var actions: [PodAction] = []
    /// Why containers wait that could be started later, by name.
    private(set) var problems: [String: StatusProblem] = [:]
    /// When to look again though nothing may have changed; nil: not at all.
    private(set) var lookAgain: Timestamp?
    /// Why the pod as a whole fails from now on.
    private(set) var failure: StatusProblem?

    private let pod: BoundPod
    private let observation: PodObservation
    private let memory: PodMemory
    private let now: Timestamp

    init(_ pod: BoundPod, _ observation: PodObservation, _ memory: PodMemory, now: Timestamp) {
        self.pod = pod
        self.observation = observation
        self.memory = memory
        self.now = now
        failure = memory.failure
        checkDeadline()
        if pod.isFinished || failure != nil || pod.metadata.isBeingDeleted {
            if !observation.running.isEmpty || observation.sandboxes.contains(where: \.isReady) {
                actions.append(.stopAll)
            }
        } else if let sandbox = observation.usableSandbox(pod) {
            planContainers(in: sandbox)
        } else {
            planSandbox()
        }
        removeOld()
    }

    private mutating func checkDeadline() {
        guard failure == nil, !pod.isFinished, let seconds = pod.spec.activeDeadline, let start = memory.startedAt
        else { return }
        let end = start + .seconds(min(seconds, Int64(Int32.max)))
        if now >= end {
            failure = StatusProblem(
                "DeadlineExceeded", "Pod was active on the node longer than the specified deadline")
        } else {
            look(at: end)
        }
    }

    /// Whether this container is among those that are started now.
    func isStarting(_ name: String) -> Bool {
        actions.contains { if case .start(name, _, _) = $0 { true } else { false } }
    }

    private mutating func look(at time: Timestamp) { lookAgain = lookAgain.map { min($0, time) } ?? time }

    // MARK: The sandbox

    private mutating func planSandbox() {
        let hasOld = !observation.running.isEmpty || observation.sandboxes.contains(where: \.isReady)
        let needed = pod.spec.containers.filter { needsStart($0, observation.latest($0.name)) }
        let ranBefore = pod.spec.containers.contains { observation.latest($0.name) != nil }
        // A pod that is never restarted has had its sandbox.
        let isOver =
            needed.isEmpty || (pod.spec.restartPolicy == "Never" && ranBefore && !observation.sandboxes.isEmpty)
        if hasOld { actions.append(.stopAll) }
        guard !isOver, !initializationFailed(in: nil) else { return }
        let attempt = observation.sandboxes.map(\.attempt).max().map { $0 &+ 1 } ?? 0
        actions.append(.createSandbox(attempt: attempt))
    }

    // MARK: Containers

    private func needsStart(_ container: ContainerDefinition, _ latest: PodObservation.Container?) -> Bool {
        guard let latest else { return true }
        switch latest.detail.state {
        case .running, .unknown: return false
        case .created: return true
        case .exited:
            if container.isEphemeral { return false }
            if container.isSidecar { return true }
            switch pod.spec.restartPolicy {
            case "Never": return false
            case "OnFailure": return latest.detail.exitCode != 0
            default: return !container.isInit || latest.detail.exitCode != 0
            }
        }
    }

    private func initializationFailed(in sandbox: String?) -> Bool {
        pod.spec.restartPolicy == "Never"
            && pod.spec.initContainers.contains { container in
                guard !container.isSidecar, let latest = observation.latest(container.name, in: sandbox) else {
                    return false
                }
                return latest.hasExited && latest.detail.exitCode != 0
            }
    }

    private mutating func planContainers(in sandbox: SandboxSummary) {
        let isInitialized = pod.spec.containers.contains { observation.latest($0.name, in: sandbox.id) != nil }
        if isInitialized {
            if mainContainersAreDone(in: sandbox) {
                actions.append(.stopAll)
                return
            }
            for sidecar in pod.spec.sidecars { planOne(sidecar, in: sandbox) }
        } else {
            guard planInitialization(in: sandbox) else { return }
        }
        for container in pod.spec.containers { planOne(container, in: sandbox) }
        guard isInitialized else { return }
        for container in pod.spec.ephemeralContainers { planOne(container, in: sandbox) }
    }

    private func mainContainersAreDone(in sandbox: SandboxSummary) -> Bool {
        pod.spec.containers.allSatisfy { container in
            guard let latest = observation.latest(container.name) else { return false }
            return latest.hasExited && !needsStart(container, latest)
        }
    }

    /// One after the other; whether all have done their part.
    private mutating func planInitialization(in sandbox: SandboxSummary) -> Bool {
        for container in pod.spec.initContainers {
            let latest = observation.latest(container.name, in: sandbox.id)
            if container.isSidecar {
                planOne(container, in: sandbox)
                guard let latest, latest.isRunning, hasStarted(container, latest) else { return false }
                continue
            }
            if let latest, latest.hasExited, latest.detail.exitCode == 0 { continue }
            if let latest, latest.hasExited, pod.spec.restartPolicy == "Never" {
                actions.append(.stopAll)
                return false
            }
            planOne(container, in: sandbox)
            return false
        }
        return true
    }

    func hasStarted(_ container: ContainerDefinition, _ observed: PodObservation.Container) -> Bool {
        container.startup == nil || memory.probes[observed.id]?.startup == true
    }

    private mutating func planOne(_ container: ContainerDefinition, in sandbox: SandboxSummary) {
        // What ended in an earlier sandbox counts for main containers, not for what prepares a sandbox.
        let latest = observation.latest(container.name, in: container.isInit ? sandbox.id : nil)
        if let latest, latest.isRunning {
            if let reason = stopReason(container, latest) { actions.append(.stop(id: latest.id, reason)) }
            return
        }
        guard needsStart(container, latest) else { return }
        if let latest, latest.hasExited, let pause = memory.restarts[container.name],
            let end = pause.end(after: latest.finishedAt, now: now)
        {
            problems[container.name] = StatusProblem(
                "CrashLoopBackOff",
                "back-off \(Self.text(pause.pause)) restarting failed container=\(container.name) pod=\(pod.fullName)")
            return look(at: end)
        }
        if let retry = memory.retryAt[container.name], now < retry {
            problems[container.name] = waiting(container)
            return look(at: retry)
        }
        let before = observation.latest(container.name)
        actions.append(
            .start(
                container: container.name, attempt: before.map { $0.summary.attempt &+ 1 } ?? 0,
                restartCount: before.map { $0.restartCount + 1 } ?? 0))
    }

    /// Why a container is not tried again yet: soon after a pull failed in the runtime's words, then as a pause.
    private mutating func waiting(_ container: ContainerDefinition) -> StatusProblem? {
        let problem = memory.problems[container.name]
        guard problem?.reason == "ErrImagePull", let pull = memory.pulls[container.image] else { return problem }
        let change = pull.updatedAt + PodSync.pullErrorShown
        guard now >= change else {
            look(at: change)
            return problem
        }
        return StatusProblem(
            "ImagePullBackOff", "Back-off pulling image \"\(container.image)\": ErrImagePull: \(pull.message)")
    }

    private func stopReason(_ container: ContainerDefinition, _ observed: PodObservation.Container) -> StopReason? {
        let hash = observed.summary.annotations[PodLabels.hash]
        if let hash, hash != container.identityHash { return .definitionChanged }
        guard let results = memory.probes[observed.id] else { return nil }
        if container.startup != nil, results.startup == false { return .startupFailed }
        if container.liveness != nil, results.liveness == false { return .livenessFailed }
        return nil
    }

    /// As Go writes durations: `1m20s`.
    static func text(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        return seconds < 60 ? "\(seconds)s" : "\(seconds / 60)m\(seconds % 60)s"
    }

    // MARK: What is left of earlier ones

    /// The latest container of a name stays, and the one that ended before it: its log can be asked for.
    private mutating func removeOld() {
        var seen: [String: Int] = [:]
        for container in observation.containers {
            let count = seen[container.name, default: 0]
            seen[container.name] = count + 1
            if count >= 2, !container.isRunning { actions.append(.removeContainer(id: container.id)) }
        }
        for sandbox in observation.sandboxes.dropFirst()
        where !sandbox.isReady && !observation.containers.contains(where: { $0.summary.sandbox == sandbox.id }) {
            actions.append(.removeSandbox(id: sandbox.id))
        }
    }
}
