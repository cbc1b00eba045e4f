import Conntrack
import Dataplane
import KubeAPI
import KubeClient
import Logging
import NetworkAddress
import ServiceModel

/// Watches whether new connections are answered, while a Service asks for that, and has the model leave out endpoints.
actor EjectionWatch {
    /// Opens what knows of answers.
    typealias Sources = @Sendable () throws -> [any AnswerSource]

    private static let period = Duration.milliseconds(100)

    private let open: Sources
    private let conntrack: ConntrackCleaner?
    private let report: @Sendable (KubeEvent) -> Void
    private let clock: FamilySync.Clock
    private let logger: Logger
    private var judge = EjectionJudge()
    private var targets: [ServicePortKey: EjectionTarget] = [:]
    private var sources: [any AnswerSource] = []
    private var frontends: Set<FrontendKey> = []
    private var hasFailed = false
    /// Flows to remove, and when.
    private var removals: [(due: Duration, flows: UnwantedFlows)] = []

    init(
        sources: @escaping Sources, conntrack: ConntrackCleaner?, report: @escaping @Sendable (KubeEvent) -> Void,
        clock: FamilySync.Clock = .system, logger: Logger
    ) {
        open = sources
        self.conntrack = conntrack
        self.report = report
        self.clock = clock
        self.logger = logger
    }

    /// Watches until the task is cancelled.
    func run(for proxy: ServiceProxy) async {
        for await _ in proxy.ejectionChanges {
            await follow(proxy)
            var turn = 0
            while !judge.isEmpty, !Task.isCancelled {
                guard (try? await clock.sleep(clock.now() + Self.period)) != nil else { return }
                turn += 1
                // Endpoints come and go.
                if turn % 5 == 0 { await follow(proxy) }
                await look(proxy)
            }
            sources = []
            if Task.isCancelled { return }
        }
    }

    private func follow(_ proxy: ServiceProxy) async {
        targets = await proxy.ejectionTargets()
        judge.setTargets(targets)
        guard !targets.isEmpty else { return }
        let wanted = Set(targets.values.flatMap(\.frontends))
        guard sources.isEmpty || wanted != frontends else { return }
        do {
            if sources.isEmpty { sources = try open() }
            for source in sources { source.watch(wanted) }
            frontends = wanted
            hasFailed = false
        } catch {
            if !hasFailed {
                logger.warning(
                    "cannot watch connections, so no endpoint is ejected",
                    metadata: ["error": "\(error)"])
            }
            hasFailed = true
        }
    }

    private func look(_ proxy: ServiceProxy) async {
        let now = clock.now()
        let before = judge.ejections
        for source in sources { judge.handle(source.readAnswers(), at: now) }
        judge.tick(at: now)
        let after = judge.ejections
        if after != before { await proxy.setEjections(after) }
        for notice in judge.takeNotices() { tell(notice, at: now) }
        let due = removals.filter { $0.due <= now }
        removals.removeAll { $0.due <= now }
        for (_, flows) in due {
            do {
                _ = try await conntrack?.remove(flows)
            } catch {
                logger.debug("unanswered connections were not removed", metadata: ["error": "\(error)"])
            }
        }
    }

    private func tell(_ notice: EjectionJudge.Notice, at now: Duration) {
        guard let target = targets[notice.port] else { return }
        let transport = notice.port.name.transport
        let pause = Int(target.rule.pause / .seconds(1))
        let note: String
        switch notice.kind {
        case .ejected(let count):
            note =
                "\(notice.endpoint) left \(count) new connections from this node unanswered and gets none for \(pause) s"
            // Who asked it is to find another: once the change is in force, and what was on its way then.
            let flows = UnwantedFlows(
                to: FlowEnd(transport: transport, address: notice.endpoint), by: Set(target.frontends),
                isUnansweredOnly: true)
            for delay in [Duration.milliseconds(150), .milliseconds(500), .milliseconds(1500)] {
                removals.append((now + delay, flows))
            }
        case .ejectedAgain:
            note = "\(notice.endpoint) did not answer when it was tried and gets no new connections for \(pause) s"
        case .returned: note = "\(notice.endpoint) answers again and gets its share of new connections"
        }
        let isBad = notice.kind != .returned
        logger.notice("\(notice.port): \(note)")
        report(
            KubeEvent(
                isBad ? .warning : .normal, reason: isBad ? "EndpointEjected" : "EndpointReturned", action: "Eject",
                note: "\(notice.port.name): \(note)",
                regarding: .init(
                    apiVersion: "v1", kind: "Service",
                    key: ObjectKey(namespace: notice.port.name.namespace, name: notice.port.name.name),
                    uid: target.uid)))
    }
}
