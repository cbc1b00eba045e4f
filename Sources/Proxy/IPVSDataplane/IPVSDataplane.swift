public import Dataplane
internal import Glibc
internal import LinuxSystem
public import Logging
internal import Netlink
public import NetworkAddress
internal import Nftables
internal import NftablesServices
public import ServiceModel

/// The ipvs backend for one IP family: virtual servers in IPVS, their addresses on a device, and around IPVS one
/// nf_tables table (see ``ServiceTable``).
///
/// Changes are ordered so that nothing leads to an incomplete virtual server: virtual servers and their endpoints are
/// added first and removed last, addresses and rules in between. After a failure, the next call starts from the
/// kernel's state.
public actor IPVSDataplane: Dataplane {
    public nonisolated let family: IPFamily
    private nonisolated let executor: BlockingExecutor
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    private let configuration: IPVSConfiguration
    private let logger: Logger
    private var kernel: IPVSKernel
    private var device: ServiceDevice
    private var table: NftablesTable
    private var state: IPVSState
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    /// Whether the kernel holds what was wanted last.
    private var isAchieved = false
    /// Whether the kernel has been compared: what differs then is our own work, unless we thought that it is achieved.
    private var hasReconciled = false
    private var hasAdoptedMarks = false
    /// Whether it is known which schedulers with weights the kernel has.
    private var knowsWeighting = false
    /// As the last change or verification left it.
    private var serverCount: ServerCount?
    private var knownProblems: Set<ServiceProblem> = []
    /// Annotations that ask for what cannot be, not reported yet.
    private var badAnnotations: [ServiceProblem] = []

    /// Opens the kernel handles. Fails with a message for the user if this kernel lacks IPVS, nf_tables or the
    /// configured scheduler, or if the process lacks CAP_NET_ADMIN.
    public init(configuration: IPVSConfiguration, logger: Logger) throws(DataplaneError) {
        family = configuration.family
        self.configuration = configuration
        self.logger = logger
        executor = BlockingExecutor(label: "ipvs-\(configuration.family.rawValue)")
        state = IPVSState(configuration: configuration)
        start = clock.now
        kernel = try IPVSKernel(family: configuration.family)
        device = try ServiceDevice(family: configuration.family, name: IPVSConfiguration.device)
        table = try DataplaneError.wrapping { () throws(SystemError) in
            try NftablesTable(
                family: configuration.family, name: configuration.table, layout: ServiceTable.layout, logger: logger)
        }
        let scheduler = configuration.scheduling.scheduler
        guard try kernel.has(scheduler) else {
            throw DataplaneError(
                operation: "proxy mode ipvs", code: ENOENT,
                message: "this kernel has no scheduler \"\(scheduler.rawValue)\": load the module "
                    + "ip_vs_\(scheduler.rawValue), or set ipvs.scheduler to another one")
        }
        // What stands in for persistence where the kernel has none.
        for substitute in IPVSState.hashing where try !kernel.has(substitute) {
            state.missingSchedulers.insert(substitute)
        }
        if IPVSState.hashing.allSatisfy(state.missingSchedulers.contains) {
            logger.warning(
                """
                this kernel has neither of the schedulers mh and sh (modules ip_vs_mh and ip_vs_sh): session affinity \
                does not hold for node ports, nor for pods and the node at external addresses with policy Local
                """,
                metadata: ["family": "\(family.rawValue)"])
        }
    }

    private var now: Draining.Instant { clock.now - start }

    // MARK: Dataplane

    public func apply(_ delta: FamilyDelta) throws(DataplaneError) -> ApplyReport {
        let wasAchieved = isAchieved
        isAchieved = false
        let isReady: Bool
        do throws(DataplaneError) {
            isReady = try prepare(for: delta)
        } catch {
            _ = state.apply(delta, now: now)
            throw error
        }
        let changes = state.apply(delta, now: now)
        guard wasAchieved, isReady else { return try reconcile(isDrift: !hasReconciled) }
        do throws(DataplaneError) {
            var report = try commit(changes)
            isAchieved = true
            finish(&report)
            return report
        } catch {
            logger.warning("IPVS commit failed, reading the kernel anew", metadata: ["error": "\(error)"])
            return try reconcile(isDrift: error.code == ENOENT || error.code == EEXIST)
        }
    }

    public func verify() throws(DataplaneError) -> ApplyReport {
        try reconcile(isDrift: isAchieved || !hasReconciled)
    }

    public func looksAsLeft() throws(DataplaneError) -> Bool {
        guard let serverCount else { return true }
        return try DataplaneError.wrapping { () throws(SystemError) in
            try ServerCount.read(family) == serverCount
        }
    }

    public func liveConnections(to ends: Set<FlowEnd>) throws(DataplaneError) -> [FlowEnd: Int] {
        var counts: [FlowEnd: Int] = [:]
        for (key, transport) in state.servers(with: ends) {
            for (address, facts) in try kernel.endpoints(of: key) {
                let end = FlowEnd(transport: transport, address: address)
                // IPVS counts as active what is established; it knows no states of other protocols than TCP and SCTP.
                guard ends.contains(end) else { continue }
                counts[end, default: 0] += transport == .udp ? facts.connections ?? 0 : facts.active
            }
        }
        return counts
    }

    public func forget(_ flows: StaleFamilyFlows) throws(DataplaneError) { try carryOut(state.forget(flows)) }

    public func cut(_ flows: UnwantedFlows) throws(DataplaneError) { try carryOut(state.cut(flows)) }

    private func carryOut(_ plan: IPVSPlan) throws(DataplaneError) {
        guard !plan.isEmpty else { return }
        let wasAchieved = isAchieved
        isAchieved = false
        _ = try send(plan.deletions)
        isAchieved = wasAchieved
    }

    /// Removes our virtual servers, addresses and rules. It is no error if there are none.
    public func removeAll() throws(DataplaneError) {
        isAchieved = false
        _ = try Self.removeAll(configuration, logger: logger)
    }

    // MARK: Commits

    /// Carries out what differs between before and after a change.
    private func commit(_ changes: IPVSState.Changes) throws(DataplaneError) -> ApplyReport {
        var report = try commit(changes.notes)
        let before = changes.servers.additions + changes.servers.retirements
        let isAlone = changes.table.isEmpty && changes.removedAddresses.isEmpty
        // One call is enough where nothing has to come between.
        report.add(try send(isAlone ? before + changes.servers.deletions : before))
        report.add(try changeAddresses(remove: changes.removedAddresses))
        report.add(try commit(changes.table))
        report.add(try changeAddresses(add: changes.addedAddresses))
        if !isAlone { report.add(try send(changes.servers.deletions)) }
        report.add(try commit(state.forgetRetiredAddresses()))
        return report
    }

    /// Makes the kernel hold what is wanted, whatever it holds.
    ///
    /// - Parameter isDrift: whether what differs is somebody else's work.
    private func reconcile(isDrift: Bool) throws(DataplaneError) -> ApplyReport {
        let place = try device.prepare()
        let present = try device.read()
        if state.setHostAddresses(present.others) || !isAchieved { table.forget() }
        isAchieved = false
        var report = ApplyReport(
            try DataplaneError.wrapping { () throws(SystemError) in
                try table.verify {
                    state.catchUp()
                } orElse: { held throws(SystemError) in
                    if !hasAdoptedMarks {
                        state.adoptMarks(held)
                        hasAdoptedMarks = true
                        if place == ServiceDevice.routes {
                            logger.notice("no dummy device here: service addresses are local routes")
                        }
                    }
                    return try state.reconcile(with: held)
                }
            })
        let held = try kernel.servers()
        let plan = state.plan(from: held, deviceAddresses: present.ours, now: now)
        let wanted = state.wantedAddresses
        report.add(try send(plan.additions + plan.retirements))
        report.add(
            try changeAddresses(
                add: wanted.subtracting(present.ours), remove: present.ours.subtracting(wanted)))
        report.add(try send(plan.deletions))
        if !hasReconciled { try device.removeRetired() }
        report.add(try commit(state.forgetRetiredAddresses()))
        let foundOurs = !present.ours.isEmpty || held.keys.contains { state.owns($0, present.ours) }
        report.repaired = isDrift && (report.repaired || foundOurs && (plan.isRepair || present.ours != wanted))
        hasReconciled = true
        try kernel.set(configuration.timeouts)
        isAchieved = true
        finish(&report)
        return report
    }

    private func finish(_ report: inout ApplyReport) {
        do throws(SystemError) { serverCount = try ServerCount.read(family) } catch { serverCount = nil }
        let draining = state.draining.status
        report.figures = [.drainingEndpoints: draining.endpoints, .drainingConnections: draining.connections]
        report.problems += badAnnotations
        badAnnotations = []
        report.problems.removeAll { !knownProblems.insert($0).inserted }
    }

    private func commit(_ plan: Plan) throws(DataplaneError) -> ApplyReport {
        ApplyReport(
            try DataplaneError.wrapping { () throws(SystemError) in
                try table.apply(plan) { held throws(SystemError) in try state.reconcile(with: held) }
            })
    }

    private func changeAddresses(
        add added: Set<IPAddress> = [], remove removed: Set<IPAddress> = []
    ) throws(DataplaneError) -> ApplyReport {
        let sent = try device.change(add: added.sorted(), remove: removed.sorted())
        return ApplyReport(
            messages: sent.messages, bytes: sent.bytes, added: added.count, removed: removed.count)
    }

    private func send(_ commands: [IPVSCommand]) throws(DataplaneError) -> ApplyReport {
        let clock = ContinuousClock()
        let start = clock.now
        let (report, refused) = try kernel.send(commands)
        if !commands.isEmpty {
            logger.debug(
                "IPVS messages",
                metadata: [
                    "family": "\(family.rawValue)", "messages": "\(report.messages)",
                    "seconds": "\((clock.now - start) / .seconds(1))",
                ])
        }
        var result = report
        for (key, endpoint) in refused {
            logger.warning("IPVS rejected the endpoint \(endpoint) of \(key)")
            if let problem = state.problem(with: endpoint, of: key) { result.problems.append(problem) }
        }
        return result
    }

    /// Asks the kernel what a change depends on. False if what is programmed already is to be compared, too.
    private func prepare(for delta: FamilyDelta) throws(DataplaneError) -> Bool {
        for service in delta.updated.values.map(\.service) {
            let asked = state.scheduling(of: service) { annotation, text in
                badAnnotations.append(IPVSState.problem(withAnnotation: annotation, text, of: service.name))
            }
            guard let scheduler = asked?.scheduler, try !kernel.has(scheduler) else { continue }
            state.missingSchedulers.insert(scheduler)
            badAnnotations.append(IPVSState.problem(withScheduler: scheduler, of: service.name))
        }
        if !knowsWeighting,
            delta.updated.values.contains(where: { state in EndpointList.allCases.contains(where: state.needsWeights) })
        {
            knowsWeighting = true
            for scheduler in IPVSScheduler.weighted.values where try !kernel.has(scheduler) {
                state.missingSchedulers.insert(scheduler)
                logger.warning(
                    "weights of endpoints do not count: this kernel has no scheduler \(scheduler.rawValue)",
                    metadata: ["module": "ip_vs_\(scheduler.rawValue)"])
            }
        }
        // An address that is the host's own already must not be taken for a service's alone.
        guard state.hasNewExternalAddresses(delta) else { return true }
        return !state.setHostAddresses(try device.read().others)
    }
}
