import JSONStream
import KubeAPI
import KubeClient
import Logging

/// Carries decisions out: requests to the API server, and events.
struct SchedulerEffects: Sendable {
    let client: KubeClient
    let record: @Sendable (KubeEvent) -> Void
    let time: @Sendable () -> Timestamp
    let logger: Logger

    /// Returns whether the API server took it.
    func bind(_ pod: PodInfo, to node: String) async -> Bool {
        let body: JSONValue = [
            "apiVersion": "v1", "kind": "Binding",
            "metadata": [
                "name": .string(pod.key.name), "namespace": .string(pod.key.namespace),
                "uid": .string(pod.pod.metadata.uid),
            ],
            "target": ["apiVersion": "v1", "kind": "Node", "name": .string(node)],
        ]
        do {
            try await client.create(Pod.self, pod.key, subresource: "binding", body.serialized())
        } catch {
            logger.warning("a pod was not bound", metadata: ["pod": "\(pod.key)", "error": "\(error)"])
            // A pod that is gone, or has got a node, needs no report.
            guard !error.isNotFound, !error.isConflict, error.cause != .cancelled else { return false }
            let failure = SchedulingFailure(message: "binding rejected: \(error)")
            await report(failure, pod, reason: "SchedulerError")
            return false
        }
        record(
            KubeEvent(
                .normal, reason: "Scheduled", action: "Binding",
                note: "Successfully assigned \(pod.key.namespace)/\(pod.key.name) to \(node)",
                regarding: .init(pod.pod)))
        return true
    }

    func report(_ failure: SchedulingFailure, _ pod: PodInfo, reason: String = "Unschedulable") async {
        record(
            KubeEvent(
                .warning, reason: "FailedScheduling", action: "Scheduling", note: failure.message,
                regarding: .init(pod.pod)))
        await patch(pod, failure, reason)
        for other in failure.displaced where !other.pod.status.nominatedNodeName.isEmpty {
            await patchStatus(other, ["nominatedNodeName": nil])
        }
        guard let victims = failure.victims else { return }
        await withDiscardingTaskGroup { group in
            for victim in victims.pods where !victim.isTerminating {
                group.addTask { await evict(victim, for: pod, node: victims.node) }
            }
        }
    }

    /// Writes the condition and the nomination, where they are not what they are to be.
    private func patch(_ pod: PodInfo, _ failure: SchedulingFailure, _ reason: String) async {
        var status: JSONValue = [:]
        var condition = Condition("PodScheduled", "False", reason: reason, message: failure.message)
        let old = pod.pod.status.conditions.first { $0.type == condition.type }
        if old?.status != condition.status || old?.reason != reason || old?.message != failure.message {
            let isSame = old?.status == condition.status
            condition.lastTransitionTime = isSame ? old?.lastTransitionTime ?? "" : time().text()
            status["conditions"] = [condition.json]
        }
        switch failure.nomination {
        case .set(let node) where node != pod.pod.status.nominatedNodeName:
            status["nominatedNodeName"] = .string(node)
        case .clear where !pod.pod.status.nominatedNodeName.isEmpty:
            status["nominatedNodeName"] = .null
        default: break
        }
        if status != [:] { await patchStatus(pod, status) }
    }

    private func patchStatus(_ pod: PodInfo, _ status: JSONValue) async {
        do {
            try await client.patchStatus(pod.pod, status)
        } catch {
            let level: Logger.Level = error.isNotFound || error.isConflict ? .debug : .warning
            logger.log(
                level: level, "a pod's status was not written",
                metadata: ["pod": "\(pod.key)", "error": "\(error)"])
        }
    }

    /// Makes a pod leave for a more important one.
    private func evict(_ victim: PodInfo, for pod: PodInfo, node: String) async {
        var condition = Condition(
            "DisruptionTarget", "True", reason: "PreemptionByScheduler",
            message: "\(pod.pod.spec.schedulerName): preempting to accommodate a higher priority pod")
        condition.lastTransitionTime = time().text()
        await patchStatus(victim, ["conditions": [condition.json]])
        do {
            try await client.delete(Pod.self, victim.key, DeleteOptions(uid: victim.pod.metadata.uid))
        } catch {
            if !error.isNotFound {
                logger.warning(
                    "a pod was not made to leave for another", metadata: ["pod": "\(victim.key)", "error": "\(error)"])
            }
            return
        }
        record(
            KubeEvent(
                .normal, reason: "Preempted", action: "Preempting",
                note: "Preempted by pod \(pod.pod.metadata.uid) on node \(node)", regarding: .init(victim.pod)))
    }
}
