import ContainerRuntime
import FoundationEssentials
import JSONStream
import KubeAPI
import KubeClient
import LinuxSystem
import Logging

/// Brings one pod after the other to what its object says: looks, plans, acts, and tells.
struct PodSync: Sendable {
    let context: AgentContext
    let table: PodTable
    let probes: ProbeRunner
    /// The copy in the API of a pod from a file.
    let mirror: @Sendable (ObjectKey) -> BoundPod?

    /// When a runtime that is away is asked again.
    private static let absence = Duration.seconds(1)
    /// When a start that failed for want of something is tried again.
    private static let retry = Duration.seconds(10)
    /// How long an image that could not be pulled is shown with the runtime's own words.
    static let pullErrorShown = Duration.seconds(2)

    func reconcile(_ uid: String) async throws -> Controller<String>.Result {
        guard var record = table[uid] else { return .done }
        do {
            record.observation = try await observe(&record)
            if record.isTerminating { return try await PodEnding(sync: self).proceed(record) }
            return try await advance(record)
        } catch let error as RuntimeFailure where error.cause == .unreachable {
            context.logger.debug("the runtime is away", metadata: ["error": "\(error)"])
            return .again(after: Self.absence)
        }
    }

    /// Looks, and remembers what will not change.
    func observe(_ record: inout PodRecord) async throws(RuntimeFailure) -> PodObservation {
        let observation = try await PodObserver(context: context).observe(record)
        var ended: [String: PodObservation.Container] = [:]
        for container in observation.containers where container.hasExited { ended[container.id] = container }
        record.ended = ended
        record.observation = observation
        let known = ended
        if let changed = table.change(
            record.pod.metadata.uid,
            {
                $0.ended = known
                $0.observation = observation
            })
        {
            record.pod = changed.pod
            record.isGone = changed.isGone
            record.memory = changed.memory
        }
        return observation
    }

    // MARK: A pod that is to run

    private func advance(_ start: PodRecord) async throws -> Controller<String>.Result {
        var record = start
        let now = context.time()
        if record.memory.startedAt == nil {
            record.memory.startedAt = Timestamp(record.pod.status.text("startTime")) ?? now
        }
        refuse(&record)
        record.memory.probes = probes.results(record.observation.containers.map(\.id))
        let plan = PodPlan(record.pod, record.observation, record.memory, now: now)
        record.memory.problems = plan.problems.merging(
            record.memory.problems.filter { plan.isStarting($0.key) }
        ) { planned, _ in planned }
        record.memory.failure = plan.failure
        save(record)
        if record.pod.status["startTime"] == nil { try await report(&record) }
        let hasActed = try await perform(plan, &record)
        if hasActed {
            record.observation = try await observe(&record)
        }
        probes.keep(record.pod, record.observation)
        record.memory.probes = probes.results(record.observation.containers.map(\.id))
        save(record)
        try await report(&record)
        if hasActed { return .again(after: .zero) }
        try await refreshVolumes(record)
        var pause = plan.lookAgain.map { max(.milliseconds(10), $0 - context.time()) }
        if PodVolumes(context: context).needRefresh(record.pod.spec), !record.pod.isFinished {
            pause = min(pause ?? context.configuration.volumePeriod, context.configuration.volumePeriod)
        }
        return pause.map { .again(after: $0) } ?? .done
    }

    /// A pod that is new here and cannot run here fails at once (kubelet's admission).
    private func refuse(_ record: inout PodRecord) {
        guard record.memory.failure == nil, record.observation.isEmpty, !record.pod.isFinished,
            record.pod.status.list("containerStatuses").isEmpty
        else { return }
        let uid = record.pod.metadata.uid
        let others = table.all.filter { $0.pod.metadata.uid != uid && $0.memory.failure == nil }.map(\.pod)
            .filter { !$0.isFinished }
        guard let problem = PodAdmission.problem(record.pod, beside: others, allocatable: context.facts.allocatable)
        else { return }
        record.memory.failure = problem
        context.tell(record.pod, .warning, problem.reason, "Admitting", problem.message)
    }

    func save(_ record: PodRecord) {
        table.change(record.pod.metadata.uid) {
            // Somebody else may have found that it has to go.
            let failure = $0.memory.failure
            $0.memory = record.memory
            $0.memory.failure = $0.memory.failure ?? failure
            $0.sandbox = record.sandbox
            $0.mountFailures = record.mountFailures
        }
    }

    /// Writes the status, where the API server has another one.
    func report(_ record: inout PodRecord) async throws(APIError) {
        guard !record.isGone else { return }
        guard record.origin == .api || mirror(record.pod.metadata.key) != nil else { return }
        let owner = record.origin == .api ? record.pod.metadata.uid : mirror(record.pod.metadata.key)?.metadata.uid
        let status = PodStatusReport(
            record.pod, record.observation, record.memory, host: context.statusHost, now: context.time())
        guard let patch = status.patch() else { return }
        do throws(APIError) {
            let body: JSONValue = ["metadata": ["uid": .string(owner ?? "")], "status": patch]
            let changed = try await context.client.patch(
                BoundPod.self, record.pod.metadata.key, subresource: "status", .strategicMerge, body.serialized())
            record.pod.status = changed.status
            table.change(record.pod.metadata.uid) { $0.pod.status = changed.status }
        } catch {
            // Whoever is told later that it is gone.
            if !error.isNotFound, !error.isConflict { throw error }
        }
    }

    private func refreshVolumes(_ record: PodRecord) async throws {
        guard PodVolumes(context: context).needRefresh(record.pod.spec), !record.pod.isFinished,
            record.observation.usableSandbox(record.pod) != nil
        else { return }
        do {
            _ = try await PodVolumes(context: context).prepare(
                record.pod, addresses: record.observation.addresses, age: context.configuration.volumePeriod / 2)
        } catch let problem as StatusProblem {
            // What is there stays.
            context.tell(record.pod, .warning, problem.reason, "Mounting", problem.message)
        }
    }

    // MARK: Actions

    /// Whether anything was done.
    private func perform(_ plan: PodPlan, _ record: inout PodRecord) async throws -> Bool {
        var hasActed = false
        for action in plan.actions {
            switch action {
            case .createSandbox(let attempt):
                guard try await createSandbox(attempt, &record) else { return hasActed }
                hasActed = true
            case .start(let name, let attempt, let restartCount):
                try await start(name, attempt, restartCount, &record)
                hasActed = true
            case .stop(let id, let reason):
                guard let container = record.observation.containers.first(where: { $0.id == id }) else { continue }
                try await PodStopper(context: context).stop(
                    container, of: record.pod, addresses: record.observation.addresses,
                    grace: grace(container, record.pod, reason), note: reason.message(container.name))
                hasActed = true
            case .stopAll:
                try await PodStopper(context: context).stopAll(
                    record.observation, of: record.pod, grace: record.pod.gracePeriod)
                hasActed = true
            case .removeContainer(let id):
                removeLog(id, record)
                try await context.runtime.removeContainer(id)
            case .removeSandbox(let id):
                try await context.runtime.removeSandbox(id)
            }
        }
        return hasActed
    }

    private func removeLog(_ id: String, _ record: PodRecord) {
        guard let path = record.ended[id]?.detail.logPath, !path.isEmpty else { return }
        try? FileManager.default.removeItem(atPath: path)
    }

    private func grace(_ container: PodObservation.Container, _ pod: BoundPod, _ reason: StopReason) -> Duration {
        let definition = pod.spec.container(container.name)
        let seconds: Int64? =
            switch reason {
            case .livenessFailed: definition?.liveness?.gracePeriod
            case .startupFailed: definition?.startup?.gracePeriod
            case .definitionChanged: nil
            }
        return seconds.map { .seconds(max(0, $0)) } ?? pod.gracePeriod
    }

    private func sandboxConfiguration(
        _ attempt: UInt32, _ pod: BoundPod
    ) async throws -> SandboxConfiguration {
        let configuration = context.configuration
        let hostname = try PodHostname(pod, clusterDomain: configuration.clusterDomain)
        let resolver = (try? FileTree.read(configuration.resolverFile, limit: 64 << 10)) ?? []
        let rules = DNSRules(
            clusterServers: configuration.clusterDNS, clusterDomain: configuration.clusterDomain)
        let dns = rules.configuration(
            pod.spec, namespace: pod.metadata.namespace,
            host: ResolverFile(String(decoding: resolver, as: UTF8.self)))
        return context.assembly(pod).sandbox(
            attempt: attempt, hostname: hostname, dns: dns, runtimeHandler: try await runtimeHandler(pod))
    }

    /// What the runtime calls the pod's RuntimeClass; empty: its usual way.
    private func runtimeHandler(_ pod: BoundPod) async throws -> String {
        let name = pod.spec.runtimeClass
        guard !name.isEmpty else { return "" }
        do throws(APIError) {
            let body = try await context.client.send(APIRequest(.get, "/apis/node.k8s.io/v1/runtimeclasses/\(name)"))
            return ((try? JSONValue(parsing: body)) ?? [:]).text("handler")
        } catch {
            guard error.isNotFound else { throw error }
            throw StatusProblem(
                "FailedCreatePodSandBox",
                "Failed to create pod sandbox: failed to get sandbox runtime: no runtime for \"\(name)\" is configured")
        }
    }

    /// Whether it is there now.
    private func createSandbox(_ attempt: UInt32, _ record: inout PodRecord) async throws -> Bool {
        let pod = record.pod
        do {
            _ = try await PodVolumes(context: context).prepare(pod, addresses: [], age: .zero)
            let configuration = try await sandboxConfiguration(attempt, pod)
            if context.runtime.runsProcesses { try FileTree.makeDirectory(configuration.logDirectory) }
            _ = try await context.runtime.runSandbox(configuration)
            record.sandbox = configuration
            record.mountFailures = 0
            return true
        } catch let problem as StatusProblem {
            context.tell(pod, .warning, problem.reason, "Mounting", problem.message)
            throw problem
        } catch let failure as RuntimeFailure {
            if failure.cause != .unreachable {
                context.tell(
                    pod, .warning, "FailedCreatePodSandBox", "Creating",
                    "Failed to create pod sandbox: \(failure.message)")
            }
            throw failure
        }
    }

    private func start(
        _ name: String, _ attempt: UInt32, _ restartCount: Int, _ record: inout PodRecord
    ) async throws {
        let now = context.time()
        guard let definition = record.pod.spec.container(name), let sandbox = record.observation.sandboxes.first else {
            return
        }
        if let last = record.observation.latest(name), last.hasExited {
            record.memory.restarts.grow(name, failure: last.finishedAt, now: now)
        }
        let volumes = try await PodVolumes(context: context).prepare(
            record.pod, addresses: record.observation.addresses, age: .seconds(1))
        let configuration: SandboxConfiguration
        if let known = record.sandbox {
            configuration = known
        } else {
            configuration = try await sandboxConfiguration(sandbox.attempt, record.pod)
        }
        let outcome = try await ContainerStarter(context: context).start(
            ContainerStarter.Request(
                pod: record.pod, definition: definition, attempt: attempt, restartCount: restartCount,
                sandbox: sandbox.id, sandboxConfiguration: configuration, addresses: addresses(record),
                volumes: volumes, target: record.observation.latest(definition.target)?.id))
        switch outcome {
        case .started:
            record.memory.problems[name] = nil
            record.memory.retryAt[name] = nil
            record.memory.pulls[definition.image] = nil
        case .failed(let problem, let isPull):
            record.memory.problems[name] = problem
            if isPull {
                record.memory.pulls.grow(definition.image, failure: now, now: now)
                record.memory.pulls[definition.image]?.message = problem.message
            }
            let pause = isPull ? record.memory.pulls[definition.image]?.pause : nil
            record.memory.retryAt[name] = now + (pause ?? Self.retry)
        }
        save(record)
    }

    private func addresses(_ record: PodRecord) -> [String] {
        record.pod.spec.namespaces.hostNetwork
            ? context.configuration.nodeAddresses : record.observation.addresses
    }
}
