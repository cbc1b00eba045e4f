import KubeAPI

/// All that the scheduler knows, and what it decides. Pure: it is told the time and what happens; nothing happens
/// through it.
struct SchedulerState: Sendable {
    /// Pods of other schedulers are none of its business, but for the room that they take.
    let schedulerName: String
    private(set) var cluster = ClusterState()
    private(set) var queue = SchedulingQueue()
    private(set) var nominations = Nominations()
    /// Pods that count on their node although the API does not say so yet.
    private var assumed: [ObjectKey: SchedulingQueue.QueuedPod] = [:]
    private var budgets: [ObjectKey: PodDisruptionBudget] = [:]
    private var selection = NodeSelection()
    private var random: SplitMix

    init(schedulerName: String, seed: UInt64) {
        self.schedulerName = schedulerName
        random = SplitMix(seed: seed)
    }

    // MARK: - What happens

    mutating func nodeChanged(_ old: Node?, _ new: Node?, now: Duration) {
        if let new {
            // What the state knows counts, not what the caller knew: after a restart both may differ.
            let known = cluster.node(new.metadata.name)?.node
            cluster.set(new)
            queue.wake(ClusterEvent(known, new), now: now)
        } else if let old {
            cluster.removeNode(old.metadata.name)
            queue.wake(.nodeRemoved, now: now)
        }
    }

    mutating func podChanged(_ key: ObjectKey, _ pod: Pod?, now: Duration) {
        guard let pod, !pod.isFinished else {
            podLeft(key, now: now)
            return
        }
        if pod.spec.nodeName.isEmpty {
            podWaits(pod, now: now)
        } else {
            podPlaced(PodInfo(pod), now: now)
        }
    }

    mutating func budgetChanged(_ key: ObjectKey, _ budget: PodDisruptionBudget?) { budgets[key] = budget }

    mutating func namespaceChanged(_ name: String, labels: [String: String]?, now: Duration) {
        guard cluster.namespaceLabels[name] != labels else { return }
        cluster.setNamespace(name, labels: labels)
        queue.wake(.namespaceLabels, now: now)
    }

    private mutating func podPlaced(_ info: PodInfo, now: Duration) {
        let known = assumed[info.key] == nil ? cluster.placed[info.key] : nil
        assumed[info.key] = nil
        queue.remove(info.key)
        nominations.remove(info.key)
        cluster.place(info, on: info.pod.spec.nodeName)
        guard let known else {
            queue.wake(.podAssigned, now: now)
            return
        }
        let isChanged =
            known.pod.labels != info.labels || known.pod.isTerminating != info.isTerminating
            || known.pod.requests != info.requests
        if isChanged { queue.wake(.podChanged, now: now) }
    }

    private mutating func podWaits(_ pod: Pod, now: Duration) {
        let key = pod.metadata.key
        if let known = cluster.placed[key] {
            // Its binding is under way, or this is news from before it.
            if known.pod.pod.metadata.uid == pod.metadata.uid { return }
            podLeft(key, now: now)
        }
        guard pod.spec.schedulerName == schedulerName, !pod.metadata.isBeingDeleted else {
            podLeft(key, now: now)
            return
        }
        let info = PodInfo(pod)
        // What was decided here counts until the API says something else.
        let node =
            queue[key]?.pod.status.nominatedNodeName == pod.status.nominatedNodeName
            ? nominations.node(of: key) ?? "" : pod.status.nominatedNodeName
        nominations.remove(key)
        if !node.isEmpty { nominations.set(info, node: node) }
        queue.set(info, now: now)
    }

    private mutating func podLeft(_ key: ObjectKey, now: Duration) {
        let hadRoom = cluster.placed[key] != nil || nominations.node(of: key) != nil
        assumed[key] = nil
        queue.remove(key)
        nominations.remove(key)
        cluster.remove(key)
        if hadRoom { queue.wake(.podRemoved, now: now) }
    }

    // MARK: - What to do

    /// How many pods count on their node while the API does not know of it.
    var assumedCount: Int { assumed.count }

    /// Decides about the next pod; nil if none waits that could be tried now.
    mutating func next(now: Duration) -> SchedulingDecision? { trial(now: now)?.decision }

    /// The same, with how the pod has waited.
    mutating func trial(now: Duration) -> SchedulingTrial? {
        guard let queued = queue.pop(now: now) else { return nil }
        let pod = queued.info
        let filters = FilterSet(pod, cluster)
        switch selection.select(pod, filters, cluster, nominations, using: &random) {
        case .node(let name):
            nominations.remove(pod.key)
            assumed[pod.key] = queued
            cluster.place(pod, on: name)
            return SchedulingTrial(pod: queued, decision: .bind(pod, node: name))
        case .none(let diagnosis):
            queue.park(queued, until: diagnosis.events, now: now)
            return SchedulingTrial(
                pod: queued, decision: .fail(pod, failure(pod, filters, diagnosis, now: now)))
        }
    }

    private mutating func failure(
        _ pod: PodInfo, _ filters: FilterSet, _ diagnosis: Diagnosis, now: Duration
    ) -> SchedulingFailure {
        var failure = SchedulingFailure(message: diagnosis.message)
        guard diagnosis.nodeCount > 0 else { return failure }
        failure.soughtVictims = true
        let preemption = Preemption(
            pod: pod, filters: filters, cluster: cluster, nominations: nominations,
            budgets: budgets.sorted { $0.key < $1.key }.map(\.value))
        switch preemption.run(diagnosis, using: &random) {
        case .victims(let victims):
            failure.victims = victims
            failure.nomination = .set(victims.node)
            failure.displaced = nominations.lesser(than: pod, on: victims.node)
            for other in failure.displaced {
                nominations.remove(other.key)
                queue.retry(other.key, now: now)
            }
            nominations.set(pod, node: victims.node)
        case .nobody(let reason, let endsNomination):
            failure.message += " preemption: " + reason
            if endsNomination {
                nominations.remove(pod.key)
                failure.nomination = .clear
            }
        }
        return failure
    }

    /// The API did not take a binding: the pod's room is free again, and it is tried again after a pause.
    mutating func bindingFailed(_ pod: PodInfo, now: Duration) {
        // Unless there is news of it already.
        guard let queued = assumed[pod.key], queued.info.pod.metadata.uid == pod.pod.metadata.uid else { return }
        assumed[pod.key] = nil
        cluster.remove(pod.key)
        queue.park(queued, until: nil, now: now)
        queue.wake(.podRemoved, now: now)
    }
}
