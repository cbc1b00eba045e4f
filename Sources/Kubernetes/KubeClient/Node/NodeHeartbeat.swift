import JSONStream
public import KubeAPI

/// What a node has written, and what it writes next, and when: its Node, its Lease, its status.
public struct NodeHeartbeat: Sendable {
    public struct Periods: Sendable {
        /// The interval of the Lease's renewals.
        public var renewal = Duration.seconds(10)
        /// How long others wait for a renewal; written into the Lease.
        public var lease = Duration.seconds(40)
        /// The interval at which an unchanged status is written.
        public var status = Duration.seconds(300)

        public init() {}
    }

    enum Step: Hashable, Sendable {
        case register
        case label
        case renew
        case report
    }

    private let periods: Periods
    private let wantedLabels: JSONValue
    private var lease: NodeLease
    /// A Node that existed and was deleted is not created again.
    private var wasSeen = false
    private var isLabeled = false
    private var renewedAt: Duration?
    private var reportedAt: Duration?

    public init(_ node: some ReportedNode, _ periods: Periods = Periods()) {
        self.periods = periods
        wantedLabels = node.object["metadata"]?["labels"] ?? [:]
        lease = NodeLease(node.name, duration: periods.lease)
    }

    /// What is due; nothing for a node that is stopped or removed.
    mutating func steps(_ node: Node?, isStopped: Bool = false, now: Duration) -> [Step] {
        guard let node else { return wasSeen ? [] : [.register] }
        wasSeen = true
        guard !isStopped else {
            // When it comes back, it speaks at once.
            (renewedAt, reportedAt) = (nil, nil)
            return []
        }
        var steps: [Step] = []
        let lacksLabels = (wantedLabels.objectValue ?? [:]).contains {
            node.metadata.labels[$0.key] != $0.value.stringValue
        }
        if !isLabeled, lacksLabels { steps.append(.label) }
        if renewedAt.map({ now - $0 >= periods.renewal }) ?? true { steps.append(.renew) }
        let isQuiet = reportedAt.map { now - $0 < periods.status } ?? false
        if !isQuiet || node.readyCondition?.isTrue != true { steps.append(.report) }
        return steps
    }

    mutating func done(_ step: Step, now: Duration) {
        switch step {
        case .register: break
        case .label: isLabeled = true
        case .renew: renewedAt = now
        case .report: reportedAt = now
        }
    }

    /// Writes what is due. Returns the time until the next write; nil: when the Node changes.
    public mutating func beat(
        _ node: some ReportedNode, _ present: Node?, _ client: KubeClient, clock: RetryClock, time: Timestamp
    ) async throws(APIError) -> Duration? {
        var present = present
        if present == nil, !wasSeen { present = try await register(node, client) }
        let isStopped = present.map(node.isStopped) ?? false
        guard let present else { return nil }
        for step in steps(present, isStopped: isStopped, now: clock.now()) {
            switch step {
            case .register: break
            case .label:
                let patch: JSONValue = ["metadata": ["labels": wantedLabels]]
                _ = try await client.patch(Node.self, present.metadata.key, .merge, patch.serialized())
            case .renew: try await lease.renew(client, owner: present, time: time)
            case .report: try await client.patchStatus(present, node.status(present, time: time))
            }
            done(step, now: clock.now())
        }
        guard let renewedAt else { return nil }
        return max(.milliseconds(1), renewedAt + periods.renewal - clock.now())
    }

    private func register(_ node: some ReportedNode, _ client: KubeClient) async throws(APIError) -> Node {
        do throws(APIError) {
            return try await client.create(Node.self, node.object.serialized())
        } catch {
            guard error.isAlreadyExists else { throw error }
        }
        return try await client.get(Node.self, ObjectKey(namespace: "", name: node.name))
    }
}
