import JSONStream
import KubeAPI

extension PodStatusReport {
    var conditions: [Condition] {
        let containers = containersReady
        return [
            Condition("PodReadyToStartContainers", observation.usableSandbox(pod) != nil ? "True" : "False"),
            initialized, ready(containers), containers, Condition("PodScheduled", "True"),
        ]
    }

    private var isCompleted: Bool { phase == "Succeeded" }

    private var initialized: Condition {
        if pod.spec.initContainers.isEmpty { return Condition("Initialized", "True") }
        let incomplete = initialStatuses.filter { status in
            status.definition.isSidecar ? !status.isStarted : !status.isReady
        }
        // Who has main containers that run or ran has been initialized.
        let hasRun = mainStatuses.contains { status in
            if case .waiting = status.state { status.last != nil } else { true }
        }
        if incomplete.isEmpty || hasRun || isCompleted {
            return Condition("Initialized", "True", reason: isCompleted ? "PodCompleted" : "")
        }
        let names = incomplete.map(\.definition.name).joined(separator: " ")
        return Condition(
            "Initialized", "False", reason: "ContainersNotInitialized",
            message: "containers with incomplete status: [\(names)]")
    }

    private var containersReady: Condition {
        if isCompleted { return Condition("ContainersReady", "False", reason: "PodCompleted") }
        if phase == "Failed" { return Condition("ContainersReady", "False", reason: "PodFailed") }
        let counted = initialStatuses.filter(\.definition.isSidecar) + mainStatuses
        let unready = counted.filter { !$0.isReady }.map(\.definition.name)
        if unready.isEmpty { return Condition("ContainersReady", "True") }
        return Condition(
            "ContainersReady", "False", reason: "ContainersNotReady",
            message: "containers with unready status: [\(unready.joined(separator: " "))]")
    }

    private func ready(_ containers: Condition) -> Condition {
        var ready = containers
        ready.type = "Ready"
        guard containers.isTrue else { return ready }
        let gates = pod.spec.readinessGates.compactMap { gate -> String? in
            let known = pod.status.list("conditions").first { $0.text("type") == gate }
            guard let known else { return "corresponding condition of pod readiness gate \"\(gate)\" does not exist." }
            let status = known.text("status")
            return status == "True"
                ? nil : "the status of pod readiness gate \"\(gate)\" is not \"True\", but \(status)"
        }
        guard !gates.isEmpty else { return ready }
        return Condition(
            "Ready", "False", reason: "ReadinessGatesNotReady", message: gates.joined(separator: ", "))
    }

    /// With the time since when each is as it is.
    func dated(_ conditions: [Condition]) -> [Condition] {
        conditions.map { condition in
            var condition = condition
            let known = pod.status.list("conditions").first { $0.text("type") == condition.type }
            let since = known?.text("status") == condition.status ? known?.text("lastTransitionTime") ?? "" : ""
            condition.lastTransitionTime = since.isEmpty ? now.text() : since
            return condition
        }
    }
}
