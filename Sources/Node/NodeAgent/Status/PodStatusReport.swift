import ContainerRuntime
import JSONStream
import KubeAPI

/// The status of a pod as kubelet reports it. Pure.
struct PodStatusReport: Sendable {
    struct Host: Hashable, Sendable {
        var addresses: [String] = []
        /// The runtime's name.
        var runtime = "containerd"
    }

    let pod: BoundPod
    let observation: PodObservation
    let memory: PodMemory
    let host: Host
    let now: Timestamp
    let initialStatuses: [ContainerStatusReport]
    let mainStatuses: [ContainerStatusReport]
    let ephemeralStatuses: [ContainerStatusReport]
    let phase: String

    init(_ pod: BoundPod, _ observation: PodObservation, _ memory: PodMemory, host: Host, now: Timestamp) {
        self.pod = pod
        self.observation = observation
        self.memory = memory
        self.host = host
        self.now = now
        let isEnding = pod.metadata.isBeingDeleted || pod.isFinished || memory.failure != nil
        func report(_ definition: ContainerDefinition) -> ContainerStatusReport {
            ContainerStatusReport(
                definition, pod: pod, observation, memory, runtime: host.runtime, isEnding: isEnding)
        }
        initialStatuses = pod.spec.initContainers.map(report)
        mainStatuses = pod.spec.containers.map(report)
        ephemeralStatuses = pod.spec.ephemeralContainers.map(report)
        if memory.failure != nil {
            phase = "Failed"
        } else if pod.isFinished {
            phase = pod.phase
        } else {
            let hasStopped = observation.running.isEmpty
            let found = PodPhase.phase(
                pod.spec, initial: initialStatuses, main: mainStatuses, isEnding: isEnding && hasStopped)
            // Whoever deletes a pod that never ran finds it failed (kubelet's status manager).
            let isOver = memory.hasEnded && hasStopped && found != "Succeeded" && found != "Failed"
            phase = isOver ? "Failed" : found
        }
    }

    var isReady: Bool { conditions.contains { $0.type == "Ready" && $0.isTrue } }

    /// The whole status.
    var json: JSONValue {
        var status: JSONValue = ["phase": .string(phase)]
        let reason = memory.failure?.reason ?? (phase == pod.phase ? pod.status.text("reason") : "")
        let message = memory.failure?.message ?? (phase == pod.phase ? pod.status.text("message") : "")
        if !reason.isEmpty { status["reason"] = .string(reason) }
        if !message.isEmpty { status["message"] = .string(message) }
        if let first = host.addresses.first {
            status["hostIP"] = .string(first)
            status["hostIPs"] = .array(host.addresses.map { ["ip": .string($0)] })
        }
        if let first = addresses.first {
            status["podIP"] = .string(first)
            status["podIPs"] = .array(addresses.map { ["ip": .string($0)] })
        }
        if let start = memory.startedAt { status["startTime"] = .string(start.text()) }
        if !initialStatuses.isEmpty { status["initContainerStatuses"] = .array(initialStatuses.map(\.json)) }
        status["containerStatuses"] = .array(mainStatuses.map(\.json))
        if !ephemeralStatuses.isEmpty { status["ephemeralContainerStatuses"] = .array(ephemeralStatuses.map(\.json)) }
        status["qosClass"] = .string(pod.qualityOfService.rawValue)
        let generation = pod.metadata.generation
        if generation > 0 { status["observedGeneration"] = .integer(generation) }
        status["conditions"] = .array(
            dated(conditions).map { condition in
                var json = condition.json
                if generation > 0 { json["observedGeneration"] = .integer(generation) }
                return json
            })
        return status
    }

    /// Those that it had, where its sandbox is gone.
    private var addresses: [String] {
        if pod.spec.namespaces.hostNetwork { return observation.sandboxes.isEmpty ? [] : host.addresses }
        if !observation.addresses.isEmpty { return observation.addresses }
        return pod.status.list("podIPs").map { $0.text("ip") }
    }

    /// What has to be written of it; nil if the API server has it all.
    func patch() -> JSONValue? {
        let wanted = json
        let changed = (wanted.objectValue ?? [:]).filter { name, value in
            name == "conditions" ? !hasConditions(value) : pod.status[name] != value
        }
        guard !changed.isEmpty else { return nil }
        var patch: JSONValue = [:]
        for (name, value) in changed { patch[name] = value }
        // Lists with a key are merged: one that changes is to take the place of the other.
        if let conditions = patch["conditions"]?.arrayValue { patch["conditions"] = .array(conditions.map(cleared)) }
        if let addresses = patch["podIPs"]?.arrayValue { patch["podIPs"] = .array(addresses + [["$patch": "replace"]]) }
        return patch
    }

    /// A merge would leave a reason that is not so any more.
    private func cleared(_ condition: JSONValue) -> JSONValue {
        let known = pod.status.list("conditions").first { $0.text("type") == condition.text("type") } ?? [:]
        var condition = condition
        for name in ["reason", "message"] where condition[name] == nil && known[name] != nil { condition[name] = .null }
        return condition
    }

    /// Whether the API server has these among others.
    private func hasConditions(_ wanted: JSONValue) -> Bool {
        let present = pod.status.list("conditions")
        return (wanted.arrayValue ?? []).allSatisfy { condition in
            present.contains { known in
                ["type", "status", "reason", "message"].allSatisfy { known.text($0) == condition.text($0) }
                    && known.integer("observedGeneration") == condition.integer("observedGeneration")
            }
        }
    }
}
