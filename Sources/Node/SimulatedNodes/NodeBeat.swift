import KubeAPI
import KubeClient

/// When one simulated node wrote what, and what it writes next.
struct NodeBeat: Sendable {
    enum Step: Hashable, Sendable {
        case register
        case renew
        case report
    }

    /// Whoever removes a Node object that was there does not want it back.
    private(set) var wasSeen = false
    private var lease: Lease?
    private var renewedAt: Duration?
    private var reportedAt: Duration?

    /// What is due; nothing for a node that is stopped or removed.
    mutating func steps(
        _ node: Node?, _ configuration: SimulatedNodesConfiguration, now: Duration
    ) -> [Step] {
        guard let node else { return wasSeen ? [] : [.register] }
        wasSeen = true
        guard !SimulatedNode.isStopped(node) else {
            // When it comes back, it speaks at once.
            (renewedAt, reportedAt) = (nil, nil)
            return []
        }
        var steps: [Step] = []
        if renewedAt.map({ now - $0 >= configuration.renewPeriod }) ?? true { steps.append(.renew) }
        let isQuiet = reportedAt.map { now - $0 < configuration.statusPeriod } ?? false
        if !isQuiet || node.readyCondition?.isTrue != true { steps.append(.report) }
        return steps
    }

    mutating func done(_ step: Step, lease: Lease? = nil, now: Duration) {
        switch step {
        case .register: break
        case .renew: (renewedAt, self.lease) = (now, lease)
        case .report: reportedAt = now
        }
    }

    /// Does what is due. Returns how long until more is; nil: when the node changes.
    mutating func run(
        _ writer: NodeWriter, _ node: Node?, _ configuration: SimulatedNodesConfiguration, clock: RetryClock
    ) async throws(APIError) -> Duration? {
        for step in steps(node, configuration, now: clock.now()) {
            switch step {
            case .register:
                try await writer.register()
            case .renew:
                let known = lease
                // After a conflict it is read anew.
                lease = nil
                let renewed = try await writer.renew(known, owner: node)
                done(.renew, lease: renewed, now: clock.now())
            case .report:
                if let node { try await writer.report(node) }
                done(.report, now: clock.now())
            }
        }
        guard let renewedAt else { return nil }
        return max(.milliseconds(1), renewedAt + configuration.renewPeriod - clock.now())
    }
}
