import JSONStream
import KubeAPI
import NetworkAddress

/// What a kubelet reports of a pod that runs. Pure.
struct PodStatus: Sendable {
    let pod: Pod
    let addresses: [IPAddress]
    let nodeAddresses: [IPAddress]
    /// When its containers started.
    let startedAt: Timestamp
    let isServing: Bool

    /// Whether the containers' readiness and all readiness gates are given.
    private var isReady: Bool {
        isServing
            && pod.spec.readinessGates.allSatisfy { gate in
                pod.status.conditions.contains { $0.type == gate && $0.isTrue }
            }
    }

    private var wanted: [Condition] {
        let names = pod.spec.containers.map(\.name).joined(separator: " ")
        let serving =
            isServing
            ? Condition("ContainersReady", "True")
            : Condition(
                "ContainersReady", "False", reason: "ContainersNotReady",
                message: "containers with unready status: [\(names)]")
        var ready = serving
        ready.type = "Ready"
        if isServing, !isReady {
            let missing = pod.spec.readinessGates.filter { gate in
                !pod.status.conditions.contains { $0.type == gate && $0.isTrue }
            }
            ready = Condition(
                "Ready", "False", reason: "ReadinessGatesNotReady",
                message: "the status of pod readiness gate \"\(missing.first ?? "")\" is not \"True\", but False")
        }
        return [
            Condition("PodReadyToStartContainers", "True"), Condition("Initialized", "True"), ready, serving,
            Condition("PodScheduled", "True"),
        ]
    }

    /// The change of the status that has to be written; nil if it says all that already.
    func patch(time: Timestamp) -> JSONValue? {
        let changed = wanted.filter { wanted in
            let known = pod.status.conditions.first { $0.type == wanted.type }
            return known?.status != wanted.status || known?.reason != wanted.reason
        }
        let texts = addresses.map(\.description)
        guard !changed.isEmpty || pod.status.phase != "Running" || pod.status.podIPs != texts else { return nil }
        let conditions = changed.map { condition -> JSONValue in
            var condition = condition
            let known = pod.status.conditions.first { $0.type == condition.type }
            condition.lastTransitionTime =
                known?.status == condition.status ? known?.lastTransitionTime ?? "" : time.text()
            return condition.json
        }
        let start = pod.status.startTime.isEmpty ? startedAt.text() : pod.status.startTime
        var status: JSONValue = [
            "phase": "Running", "conditions": .array(conditions), "startTime": .string(start),
            "containerStatuses": .array(pod.spec.containers.map { state(of: $0, isReady: isServing) }),
        ]
        if let first = texts.first {
            status["podIP"] = .string(first)
            status["podIPs"] = .array(texts.map { ["ip": .string($0)] })
        }
        if let host = nodeAddresses.first {
            status["hostIP"] = .string(host.description)
            status["hostIPs"] = .array(nodeAddresses.map { ["ip": .string($0.description)] })
        }
        if !pod.spec.initContainers.isEmpty {
            status["initContainerStatuses"] = .array(
                pod.spec.initContainers.map { container in
                    container.restartPolicy == "Always"
                        ? state(of: container, isReady: isServing) : ended(container)
                })
        }
        return status
    }

    private func state(of container: PodSpec.Container, isReady: Bool) -> JSONValue {
        [
            "name": .string(container.name), "image": .string(container.image), "imageID": .string(container.image),
            "containerID": .string(identifier(container)), "restartCount": 0, "ready": .bool(isReady),
            "started": true, "state": ["running": ["startedAt": .string(startedAt.text())]], "lastState": [:],
        ]
    }

    private func ended(_ container: PodSpec.Container) -> JSONValue {
        [
            "name": .string(container.name), "image": .string(container.image), "imageID": .string(container.image),
            "containerID": .string(identifier(container)), "restartCount": 0, "ready": true, "started": false,
            "state": [
                "terminated": [
                    "exitCode": 0, "reason": "Completed", "startedAt": .string(startedAt.text()),
                    "finishedAt": .string(startedAt.text()), "containerID": .string(identifier(container)),
                ]
            ], "lastState": [:],
        ]
    }

    private func identifier(_ container: PodSpec.Container) -> String {
        "simulated://\(pod.metadata.uid)/\(container.name)"
    }
}
