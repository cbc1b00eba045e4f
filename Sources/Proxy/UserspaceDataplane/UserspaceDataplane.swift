public import Dataplane
internal import Glibc
import HostInspection
import LinuxSystem
public import Logging
import NIOCore
import NIOPosix
import Netlink
public import NetworkAddress
public import ServiceModel
import Synchronization

/// The userspace backend for one IP family: a socket for each frontend of a Service port, and a relay between clients
/// and endpoints in this process. For hosts where netfilter must not be changed.
///
/// Cluster, external and load balancer addresses become local routes to the loopback device, which needs CAP_NET_ADMIN.
/// Without it, only node ports and addresses that the host already has work. Endpoints see the node's address instead
/// of the clients'.
public actor UserspaceDataplane: Dataplane {
    public nonisolated let family: IPFamily
    /// A dedicated thread for blocking calls, in the network namespace of its creator.
    private nonisolated let control: MultiThreadedEventLoopGroup
    private nonisolated let controlExecutor: any SerialExecutor
    private nonisolated let workers: MultiThreadedEventLoopGroup
    public nonisolated var unownedExecutor: UnownedSerialExecutor { controlExecutor.asUnownedSerialExecutor() }

    private nonisolated let hub: RelayHub
    private nonisolated let flows: UDPFlows
    private let logger: Logger
    private let budget: FileBudget
    private var kernel: ServiceAddresses
    private var state: UserspaceState
    private var balancers: [ServicePortName: Balancer] = [:]
    private var open: [ListenerKey: OpenListener] = [:]
    /// Service addresses of ours on the loopback device.
    private var present: Set<IPAddress> = []
    /// Whether all that is wanted was tried; what could not be opened is in `failures`.
    private var isAchieved = false
    private var failures: [ListenerKey: Int32] = [:]
    private var reportedUnsupported: Set<ServicePortName> = []
    private var mayChangeAddresses = true

    /// Opens the kernel handle, starts the event loops and raises this process's limit of open files. Changes nothing
    /// else yet.
    public init(configuration: UserspaceConfiguration, logger: Logger) throws(DataplaneError) {
        family = configuration.family
        self.logger = logger
        kernel = try DataplaneError.wrapping { () throws(SystemError) in
            // Those of ipvs mode go with it.
            try ServiceAddresses(family: configuration.family, ignoring: ["kube-ipvs0"])
        }
        state = UserspaceState(family: configuration.family, scope: configuration.scope)
        mayChangeAddresses = configuration.scope == .everything
        budget = configuration.files.map(FileBudget.init) ?? .raised()
        control = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        controlExecutor = control.next().executor
        workers = MultiThreadedEventLoopGroup(numberOfThreads: max(1, configuration.threads ?? System.coreCount))
        hub = RelayHub(logger: logger)
        flows = UDPFlows(
            hub: hub, limit: min(configuration.maximumFlows, budget.clients), idleTimeout: configuration.udpIdleTimeout)
        // Whole seconds are enough for a time that would not fit.
        let idle = min(configuration.udpIdleTimeout, .seconds(86_400)) / 4
        let pause = TimeAmount(max(idle, .milliseconds(50)))
        let flows = flows
        workers.next().scheduleRepeatedTask(initialDelay: pause, delay: pause) { _ in flows.forgetIdle() }
        if budget.limit < 4096 {
            logger.warning(
                """
                only \(budget.limit) files can be opened, and each frontend of a Service takes one, each connection \
                two: raise the limit (LimitNOFILE=, ulimit -n)
                """)
        }
    }

    public nonisolated var flowSources: [any FlowSource] {
        [RelayFlows(family: family, tally: hub.tally, flows: flows)]
    }

    public nonisolated var answerSource: (any AnswerSource)? {
        RelayFlows(family: family, tally: hub.tally, flows: flows)
    }

    /// UDP clients that have a socket now.
    nonisolated var flowCount: Int { flows.count }

    // MARK: Dataplane

    public func apply(_ delta: FamilyDelta) async throws(DataplaneError) -> ApplyReport {
        let plan = state.apply(delta)
        take(plan)
        guard isAchieved else { return try await reconcile() }
        isAchieved = false
        var report = try await commit(plan)
        if delta.node != nil { await setFilters(of: Array(state.listeners.values)) }
        isAchieved = true
        report.problems += unsupported(plan.unsupported)
        report.figures[.unservedFrontends] = failures.count
        return report
    }

    public func verify() async throws(DataplaneError) -> ApplyReport { try await reconcile() }

    /// Closes all sockets, and removes our addresses from the loopback device.
    public func removeAll() async throws(DataplaneError) {
        isAchieved = false
        await close(Array(open.keys))
        guard mayChangeAddresses else { return }
        try DataplaneError.wrapping { () throws(SystemError) in _ = try kernel.removeAll() }
        present = []
    }

    /// The same for the leftovers of another process.
    ///
    /// - Returns: whether there was anything.
    public static func removeAll(_ family: IPFamily) throws(DataplaneError) -> Bool {
        try DataplaneError.wrapping { () throws(SystemError) in
            var kernel = try ServiceAddresses(family: family)
            return try kernel.removeAll().messages > 0
        }
    }

    /// Removes addresses that no socket has: as long as the process of userspace mode runs, it has its sockets and connections.
    static func retire(_ family: IPFamily) throws(DataplaneError) -> Backend.Retirement {
        try DataplaneError.wrapping { () throws(SystemError) in
            var kernel = try ServiceAddresses(family: family)
            return switch try kernel.retire(keeping: try ListeningSocket.addressesInUse()) {
            case nil: .nothingThere
            case false?: .isGone
            case true?: .isLeft
            }
        }
    }

    /// The TCP connections that sockets of this host have, if there are addresses of userspace mode.
    static func connections(_ family: IPFamily) throws(DataplaneError) -> Set<AnswerEvent.Connection> {
        try DataplaneError.wrapping { () throws(SystemError) in
            var kernel = try ServiceAddresses(family: family)
            guard try !kernel.read().ours.isEmpty else { return [] }
            return Set(
                try ConnectedSocket.all().filter { $0.address.family == family }.map {
                    AnswerEvent.Connection(
                        client: EndpointAddress($0.peer, $0.peerPort), destination: EndpointAddress($0.address, $0.port)
                    )
                })
        }
    }

    public func forget(_ stale: StaleFamilyFlows) async {
        for (frontend, targets) in stale.frontends where frontend.transport == .udp {
            let keys =
                frontend.isNodePort
                ? state.nodePortKeys(frontend.port, .udp) : [ListenerKey(frontend)]
            for key in keys {
                flows.forget(key) { client, endpoint in
                    let origin = hub.host.withLock { $0.origin(of: client) }
                    return !targets.contains(endpoint, inside: origin != .elsewhere)
                }
            }
        }
    }

    /// Closes sockets and connections, and ends the threads. Addresses stay on the loopback device for the next
    /// process.
    public nonisolated func shutdown() async {
        await closeAll()
        for group in [workers, control] {
            do {
                try await group.shutdownGracefully()
            } catch {
                logger.warning("event loops did not end", metadata: ["error": "\(error)"])
            }
        }
    }

    public nonisolated func closeConnections() async { await closeAll() }

    private func closeAll() async { await close(Array(open.keys)) }

    // MARK: What is wanted

    /// Has choices go by the new endpoints from now on.
    private func take(_ plan: UserspacePlan) {
        for name in plan.updated {
            guard let port = state.ports[name] else { continue }
            if let balancer = balancers[name] {
                balancer.choice.withLock { $0.update(port) }
            } else {
                balancers[name] = Balancer(port)
            }
        }
        for name in plan.removed where state.ports[name] == nil {
            balancers[name] = nil
            reportedUnsupported.remove(name)
        }
        hub.host.withLock { $0.apply(plan, of: state) }
    }

    private func unsupported(_ names: Set<ServicePortName>) -> [ServiceProblem] {
        names.sorted().filter { reportedUnsupported.insert($0).inserted }.map(ServiceProblem.unsupportedProtocol)
    }

    /// What the kernel is to let through to a socket; nil: everything, or more than it can check.
    private func filter(for listener: Listener) -> SocketFilter? {
        guard listener.key.transport == .tcp, let port = state.ports[listener.service] else { return nil }
        let sources = hub.host.withLock { $0.sources(for: listener, port) }
        return sources.flatMap { SocketFilter(sources: $0, family: family) }
    }

    // MARK: Commits

    /// Carries a change out: additions before removals.
    private func commit(_ plan: UserspacePlan) async throws(DataplaneError) -> ApplyReport {
        let host = hub.host.withLock(\.localAddresses)
        var report = try change(add: plan.addedAddresses.subtracting(host).subtracting(present))
        await setFilters(of: plan.updated.flatMap { state.listeners(of: $0) })
        await openListeners(plan.opened, &report)
        await reassign(plan.reassigned)
        let closed = await close(plan.closed)
        report.removed += closed
        if closed > 0, !failures.isEmpty {
            // There are files again.
            let starving = failures.filter { $0.value == EMFILE }.compactMap { state.listeners[$0.key] }
            await openListeners(Array(starving.prefix(closed)), &report)
        }
        report.add(try change(remove: plan.removedAddresses.intersection(present)))
        return report
    }

    /// Makes sockets and addresses what is wanted, whatever there is.
    private func reconcile() async throws(DataplaneError) -> ApplyReport {
        let wasAchieved = isAchieved
        isAchieved = false
        let found = try readAddresses()
        let hasOurs = !found.ours.isEmpty || !found.earlier.isEmpty
        present = found.ours
        let moved = state.setLocalAddresses(found.others.sorted(), devices: found.devices)
        hub.host.withLock {
            $0.apply(moved, of: state)
            $0.setLocalAddresses(found.others)
        }
        let needed = Set(state.addresses.keys)
        var report = try change(add: needed.subtracting(found.others).subtracting(present))
        let broken = open.filter { $0.value.target.current.isBroken }.map(\.key)
        await close(broken)
        await reassign(state.listeners.values.filter { open[$0.key] != nil })
        await openListeners(state.listeners.values.filter { open[$0.key] == nil }, &report)
        let leftovers = open.keys.filter { state.listeners[$0] == nil }
        report.removed += await close(leftovers)
        report.add(try change(remove: present.subtracting(needed)))
        report.add(try removeEarlier(found.earlier))
        report.repaired = report.messages > 0 && (wasAchieved || hasOurs) || !broken.isEmpty
        for balancer in balancers.values { balancer.choice.withLock { $0.forgetIdleClients(at: hub.now) } }
        report.problems += unsupported(Set(state.ports.keys.filter { state.isUnsupported($0) }))
        failures = failures.filter { state.listeners[$0.key] != nil }
        report.figures[.unservedFrontends] = failures.count
        isAchieved = true
        return report
    }

    // MARK: Sockets

    private func openListeners(_ listeners: [Listener], _ report: inout ApplyReport) async {
        var new: [ListenerKey] = []
        var failed = FailedListeners()
        var outOfFiles: SystemError?
        for listener in inOrder(listeners) {
            // Who has no file left need not ask thousands of times.
            guard let error = outOfFiles ?? openListener(listener) else {
                failures[listener.key] = nil
                new.append(listener.key)
                continue
            }
            if error.code == EMFILE { outOfFiles = error }
            let isNew = failures.updateValue(error.code, forKey: listener.key) != error.code
            if isNew { failed.note(listener, error, mayChangeAddresses: mayChangeAddresses) }
        }
        for (key, outcome) in zip(new, await outcomes(new.compactMap { open[$0]?.served })) {
            guard case .failure = outcome else { continue }
            open[key] = nil
            logger.error("no event loop takes the socket of \(key); tried again with the next verification")
        }
        failed.summary(budget, all: failures).forEach { logger.error("\($0)") }
        report.added += new.count
        report.problems += failed.problems
    }

    /// Where there are not files enough for all, the same Services have them after a restart.
    private func inOrder(_ listeners: [Listener]) -> [Listener] {
        open.count + listeners.count < budget.lasting
            ? listeners
            : listeners.sorted { ($0.service, $0.frontend.kind.rawValue) < ($1.service, $1.frontend.kind.rawValue) }
    }

    /// - Returns: why it could not be opened.
    private func openListener(_ listener: Listener) -> SystemError? {
        guard let balancer = balancers[listener.service] else { return nil }
        do throws(SystemError) {
            open[listener.key] = try OpenListener.open(
                ListenerTarget(listener, balancer), filter: filter(for: listener),
                isRoute: present.contains(listener.key.address), below: budget.lasting, group: workers, hub: hub,
                flows: flows)
            return nil
        } catch {
            return error
        }
    }

    /// The sockets stay; their clients are these Service ports' from now on, if they were not.
    private func reassign(_ listeners: [Listener]) async {
        for listener in listeners {
            guard let socket = open[listener.key], let balancer = balancers[listener.service] else { continue }
            let isAnother = socket.target.assignment.withLock { assignment in
                let isAnother = assignment.listener.service != listener.service
                assignment.listener = listener
                assignment.balancer = balancer
                return isAnother
            }
            if isAnother { flows.forget(listener.key) }
        }
        await setFilters(of: listeners)
    }

    private func setFilters(of listeners: [Listener]) async {
        var pending: [EventLoopFuture<Void>] = []
        for listener in listeners {
            guard var socket = open[listener.key] else { continue }
            let filter = filter(for: listener)
            guard filter != socket.filter else { continue }
            pending.append(socket.set(filter, logger))
            open[listener.key] = socket
        }
        // A socket that is gone needs no filter.
        _ = await outcomes(pending)
    }

    /// Waits for all at once: to wait for one after the other takes two changes of threads each, which for thousands of
    /// sockets take longer than the sockets.
    private func outcomes(_ futures: [EventLoopFuture<Void>]) async -> [Result<Void, any Error>] {
        guard !futures.isEmpty else { return [] }
        // This future itself never fails.
        return (try? await EventLoopFuture.whenAllComplete(futures, on: control.next()).get()) ?? []
    }

    /// - Returns: how many were open.
    @discardableResult
    private func close(_ keys: [ListenerKey]) async -> Int {
        var closing: [OpenListener] = []
        for key in keys {
            failures[key] = nil
            if let socket = open.removeValue(forKey: key) { closing.append(socket) }
            if key.transport == .udp { flows.forget(key) }
        }
        _ = await outcomes(closing.map { $0.close() })
        return closing.count
    }

    // MARK: Addresses

    private func readAddresses() throws(DataplaneError) -> ServiceAddresses.Present {
        try DataplaneError.wrapping { () throws(SystemError) in try kernel.read() }
    }

    private func change(
        add added: Set<IPAddress> = [], remove removed: Set<IPAddress> = []
    ) throws(DataplaneError) -> ApplyReport {
        guard mayChangeAddresses, !(added.isEmpty && removed.isEmpty) else { return ApplyReport() }
        do throws(SystemError) {
            let sent = try kernel.change(add: added.sorted(), remove: removed.sorted())
            present.formUnion(added)
            present.subtract(removed)
            return ApplyReport(
                messages: sent.messages, bytes: sent.bytes, added: added.count, removed: removed.count)
        } catch {
            guard error.code == EPERM else { throw DataplaneError(error) }
            mayChangeAddresses = false
            logger.warning(
                """
                service addresses cannot be put on lo without CAP_NET_ADMIN: node ports are served, and of cluster, \
                external and load balancer addresses only those that this host has already
                """)
            return ApplyReport()
        }
    }

    /// Service addresses that an earlier version put on the loopback device itself, and that are routes by now.
    private func removeEarlier(_ addresses: Set<IPAddress>) throws(DataplaneError) -> ApplyReport {
        guard mayChangeAddresses, !addresses.isEmpty else { return ApplyReport() }
        return try DataplaneError.wrapping { () throws(SystemError) in
            let sent = try kernel.removeEarlier(addresses.sorted())
            return ApplyReport(messages: sent.messages, bytes: sent.bytes, removed: addresses.count)
        }
    }
}
