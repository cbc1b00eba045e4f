import ContainerRuntime
import JSONStream
import KubeAPI

/// The status of one container, as kubelet reports it. Pure.
struct ContainerStatusReport: Hashable, Sendable {
    struct Termination: Hashable, Sendable {
        var exitCode: Int32
        var json: JSONValue
    }

    enum State: Hashable, Sendable {
        case waiting(StatusProblem)
        case running(Timestamp)
        case terminated(Termination)
    }

    let definition: ContainerDefinition
    private(set) var state: State
    private(set) var last: Termination?
    private(set) var isReady = false
    private(set) var isStarted: Bool
    private let observed: PodObservation.Container?
    private let runtime: String
    private let known: JSONValue?

    /// - Parameters:
    ///   - runtime: its name, which stands before identifiers.
    ///   - isEnding: the pod is not started again.
    init(
        _ definition: ContainerDefinition, pod: BoundPod, _ observation: PodObservation, _ memory: PodMemory,
        runtime: String, isEnding: Bool
    ) {
        self.definition = definition
        self.runtime = runtime
        let list =
            definition.isEphemeral
            ? "ephemeralContainerStatuses" : definition.isInit ? "initContainerStatuses" : "containerStatuses"
        known = pod.status.list(list).first { $0.text("name") == definition.name }
        let all = observation.containers.filter { $0.name == definition.name }
        observed = all.first
        isStarted = false
        let waits = pod.spec.initContainers.isEmpty ? "ContainerCreating" : "PodInitializing"
        state = .waiting(memory.problems[definition.name] ?? StatusProblem(waits, ""))
        guard let newest = all.first else {
            lost(isEnding: isEnding)
            return
        }
        last = all.dropFirst().first { $0.hasExited }.map(termination)
        switch newest.detail.state {
        case .created:
            break
        case .running, .unknown:
            state = .running(newest.startedAt)
            let probes = memory.probes[newest.id]
            // An agent that was started again has not probed yet what was ready before.
            let before = known?.text("containerID") == "\(runtime)://\(newest.id)" ? known : nil
            isStarted = definition.startup == nil || probes?.startup ?? before?.flag("started") ?? false
            isReady =
                isStarted && (definition.readiness == nil || probes?.readiness ?? before?.flag("ready") ?? false)
            if definition.isEphemeral || definition.isInit && !definition.isSidecar { isReady = false }
        case .exited:
            let ended = termination(newest)
            if let problem = memory.problems[definition.name], !isEnding {
                state = .waiting(problem)
                last = ended
            } else {
                state = .terminated(ended)
                isReady = definition.isInit && !definition.isSidecar && ended.exitCode == 0
            }
        }
    }

    /// A container that was reported before, and that the runtime knows no more.
    private mutating func lost(isEnding: Bool) {
        guard let known else { return }
        if let terminated = known["state"]?["terminated"] {
            state = .terminated(
                Termination(exitCode: Int32(clamping: terminated.integer("exitCode") ?? 0), json: terminated))
            isReady = definition.isInit && !definition.isSidecar && terminated.integer("exitCode") == 0
            return
        }
        guard isEnding, known["state"]?["running"] != nil else { return }
        // kubelet's word for it (status of containers that vanished).
        state = .terminated(
            Termination(
                exitCode: 137,
                json: [
                    "exitCode": 137, "reason": "ContainerStatusUnknown",
                    "message": "The container could not be located when the pod was terminated",
                    "startedAt": .null, "finishedAt": .null,
                ]))
    }

    private func termination(_ container: PodObservation.Container) -> Termination {
        let detail = container.detail
        let usual = detail.exitCode == 0 ? "Completed" : "Error"
        var json: JSONValue = [
            "exitCode": .integer(Int64(detail.exitCode)),
            "reason": .string(detail.reason.isEmpty ? usual : detail.reason),
        ]
        let message = container.terminationMessage.isEmpty ? detail.message : container.terminationMessage
        if !message.isEmpty { json["message"] = .string(message) }
        json["startedAt"] = .string(container.startedAt.text())
        json["finishedAt"] = .string(container.finishedAt.text())
        json["containerID"] = .string("\(runtime)://\(container.id)")
        return Termination(exitCode: detail.exitCode, json: json)
    }

    var json: JSONValue {
        var json: JSONValue = ["name": .string(definition.name), "state": stateJSON]
        json["lastState"] = (last ?? keptTermination).map { ["terminated": $0.json] } ?? [:]
        json["ready"] = .bool(isReady)
        json["restartCount"] = .integer(Int64(observed?.restartCount ?? Int(known?.integer("restartCount") ?? 0)))
        json["image"] = .string(definition.image)
        json["imageID"] = .string(observed?.detail.imageReference ?? known?.text("imageID") ?? "")
        if let observed, observed.detail.state != .created {
            json["containerID"] = .string("\(runtime)://\(observed.id)")
        } else if let id = known?["containerID"], observed == nil, case .terminated = state {
            json["containerID"] = id
        }
        // Nothing asks whether those are ready.
        if !definition.isEphemeral { json["started"] = .bool(isStarted) }
        return json
    }

    /// The runtime may have lost it meanwhile.
    private var keptTermination: Termination? {
        guard observed == nil, let terminated = known?["lastState"]?["terminated"] else { return nil }
        return Termination(exitCode: 0, json: terminated)
    }

    private var stateJSON: JSONValue {
        switch state {
        case .waiting(let problem):
            var waiting: JSONValue = ["reason": .string(problem.reason)]
            if !problem.message.isEmpty { waiting["message"] = .string(problem.message) }
            return ["waiting": waiting]
        case .running(let since): return ["running": ["startedAt": .string(since.text())]]
        case .terminated(let termination): return ["terminated": termination.json]
        }
    }
}
