import Conntrack
import Dataplane
import KubeAPI
import KubeClient
import LinuxSystem
import Logging
import Netlink
import NetworkAddress
import PrometheusMetrics
import ProxyConfiguration
import ServiceModel

/// Feeds the service model with objects, and the sync loop of each IP family with the changes.
///
/// It does not touch the kernel until Services, EndpointSlices, the Node and the ServiceCIDRs have all been listed.
/// Losing the API server changes nothing in the kernel.
actor ServiceProxy {
    enum Source: Hashable {
        case services, endpointSlices, node, serviceCIDRs
        /// Waited for where some Service chooses endpoints by labels of pods.
        case podLabels

        static let always: Set<Source> = [.services, .endpointSlices, .node, .serviceCIDRs]
    }

    struct Parts: Sendable {
        var dataplanes: [any Dataplane]
        /// nil: this kernel has no ctnetlink.
        var conntrack: ConntrackCleaner?
        var metrics: ProxyMetrics
        var health: ProxyHealth
        var serviceHealth: ServiceHealthServer
        /// Reports a problem of an object to its owner.
        var report: @Sendable (KubeEvent) -> Void
        /// Called before a family's first rules: has connections that another mode carries to some frontends go on.
        var keepCarried: @Sendable (IPFamily, _ frontends: @Sendable () async -> StaleFamilyFlows) async -> Void = {
            _, _ in
        }
        /// Called once for each family, when its rules are in force: removes those of other proxy modes. Whether something
        /// stays for connections that are there.
        var removeOtherModes: @Sendable (IPFamily) async -> Backend.Retirement = { _ in .nothingThere }
        /// Called from time to time then, until nothing stays; the last time with `true`.
        var removeRest: @Sendable (IPFamily, _ isLast: Bool) async -> Bool = { _, _ in false }
        /// This host's own addresses.
        var localAddresses: @Sendable () throws -> [IPAddress] = {
            try InterfaceAddresses.current(except: Backend.allCases.flatMap(\.devices))
        }
        var progress = SyncProgress()
        /// Begins to listen for what others do to the kernel; what it returns listens until it is released.
        var watch: @Sendable (@escaping DriftWatch.Heard) throws(DataplaneError) -> (any Sendable)? = {
            _ throws(DataplaneError) in nil
        }
        /// The same for addresses of the host; nil: something may have been missed.
        var watchHost: @Sendable (@escaping @Sendable (HostChange?) -> Void) throws(SystemError) -> (any Sendable)? = {
            _ throws(SystemError) in nil
        }
        /// See ``Backend/probePeriod``.
        var probePeriod: Duration?
        /// How long connections go on to an endpoint that gets no new ones; zero: until they end.
        var drainTimeout = Duration.zero
        /// What is kept over a restart; nil: nothing.
        var state: ProxyStateFile?
        var clock = FamilySync.Clock.system
        var logger: Logger
    }

    /// What a family has not got yet.
    struct FamilyChange {
        var delta = FamilyDelta()
        var staleFlows = StaleFamilyFlows()
        var triggerTimes: [Double] = []

        var isEmpty: Bool { delta.isEmpty && staleFlows.isEmpty }

        fileprivate mutating func merge(_ later: FamilyChange) {
            delta.merge(later.delta)
            staleFlows.merge(later.staleFlows)
            triggerTimes += later.triggerTimes
        }
    }

    let parts: Parts
    var model: ServiceModel
    private let syncs: [FamilySync]
    /// Where pods' labels are known.
    var listedNamespaces: Set<String> = []
    private var missing = Source.always
    private var pending: [IPFamily: FamilyChange] = [:]
    /// Families that are at work, and those whose last attempt failed.
    private var busy: Set<IPFamily> = []
    private var failing: Set<IPFamily> = []
    private var nodeFacts: [IPFamily: NodeFacts] = [:]
    private let finished: AsyncStream<Void>
    private let finish: AsyncStream<Void>.Continuation
    let departures: AsyncStream<(due: Duration, departure: Departure)>
    private let departed: AsyncStream<(due: Duration, departure: Departure)>.Continuation
    let shareChanges: AsyncStream<Void>
    /// There may be other Services with a rule for ejection.
    let ejectionChanges: AsyncStream<Void>
    let ejectionsMayChange: AsyncStream<Void>.Continuation
    let sharesChanged: AsyncStream<Void>.Continuation
    /// Pods' labels may have to be known elsewhere.
    let selectorChanges: AsyncStream<Void>
    let selectorsMayChange: AsyncStream<Void>.Continuation
    private let addressChanges: AsyncStream<Void>
    private let addressesChanged: AsyncStream<Void>.Continuation
    private let localAddresses: LocalAddresses
    private var isWatchingHost = false
    /// A reading that ends late does not undo a later one.
    private var addressReadings = 0
    private var latestAddresses = 0

    init(model initial: ServiceModel, minSyncPeriod: Duration, syncPeriod: Duration, parts: Parts) {
        var model = initial
        if let state = parts.state { model.restore(state.state.starts) }
        self.model = model
        self.parts = parts
        localAddresses = LocalAddresses(parts.localAddresses)
        syncs = parts.dataplanes.map {
            FamilySync($0, minSyncPeriod: minSyncPeriod, syncPeriod: syncPeriod, parts: parts)
        }
        (finished, finish) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (departures, departed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(65_536))
        (shareChanges, sharesChanged) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (ejectionChanges, ejectionsMayChange) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (selectorChanges, selectorsMayChange) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (addressChanges, addressesChanged) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Whether the first list of every source is complete.
    var hasListed: Bool { missing.isEmpty }

    // MARK: Input

    /// The first list of a source is complete.
    func listed(_ source: Source) {
        if source == .services, missing.contains(source), !model.selectingNamespaces.isEmpty {
            missing.insert(.podLabels)
        }
        guard missing.remove(source) != nil, missing.isEmpty else { return }
        changed()
    }

    /// The model may hold something new.
    func changed() {
        guard missing.isEmpty, model.hasPendingChanges else { return }
        for sync in syncs { sync.changed() }
    }

    /// Has the node ports follow this host's addresses. Meanwhile changes of Services go on: the kernel has its list wait for
    /// devices and namespaces that come and go, which takes seconds where many do.
    func readLocalAddresses() async {
        addressReadings += 1
        let reading = addressReadings
        do {
            let addresses = try await localAddresses.read()
            guard reading > latestAddresses else { return }
            latestAddresses = reading
            model.setLocalAddresses(addresses)
        } catch {
            parts.logger.error("cannot list this host's addresses", metadata: ["error": "\(error)"])
        }
        changed()
    }

    /// They are read soon.
    nonisolated func addressesMayHaveChanged() { addressesChanged.yield() }

    /// Reads what the first sync needs besides objects.
    func prepare() async { await readLocalAddresses() }

    /// Shows that the actor is not held up.
    func respond() {}

    // MARK: Output

    /// Keeps all families up to date until the task is cancelled.
    func run() async {
        let watch = beginWatch()
        let hostWatch = beginHostWatch()
        isWatchingHost = hostWatch != nil
        await withDiscardingTaskGroup { group in
            for sync in syncs { group.addTask { await sync.run(for: self) } }
            group.addTask { await self.serveHealthChecks() }
            group.addTask { await self.followHostAddresses() }
            group.addTask { await self.growShares() }
            group.addTask { await self.cutDepartures() }
        }
        withExtendedLifetime((watch, hostWatch)) {}
    }

    private func beginHostWatch() -> (any Sendable)? {
        let syncs = syncs
        let addressesChanged = addressesChanged
        do throws(SystemError) {
            return try parts.watchHost { change in
                if case .serviceAddressesGone(let family)? = change {
                    for sync in syncs where sync.family == family { sync.drifted(by: nil) }
                } else {
                    addressesChanged.yield()
                    if change == nil { for sync in syncs { sync.drifted(by: nil) } }
                }
            }
        } catch {
            parts.logger.warning(
                "cannot watch this host's addresses; new ones count from the next verification on",
                metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// Node ports follow the host's addresses.
    private func followHostAddresses() async {
        for await _ in addressChanges {
            await readLocalAddresses()
            // Where addresses come and go all the time, others have their turn.
            guard (try? await Task.sleep(for: .milliseconds(100))) != nil else { return }
        }
    }

    private func beginWatch() -> (any Sendable)? {
        let syncs = syncs
        do throws(DataplaneError) {
            return try parts.watch { family, author in
                for sync in syncs where sync.family == family { sync.drifted(by: author) }
            }
        } catch {
            parts.logger.warning(
                "cannot watch for changes by other programs; the next verification repairs them",
                metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// Another program had changed a family's rules.
    func mended(_ family: IPFamily, _ who: String) {
        parts.report(
            KubeEvent(
                .warning, reason: "RulesChangedByOthers", action: "SyncProxyRules",
                note: "\(who) changed what the proxy had programmed for \(family.rawValue); it is repaired",
                regarding: .init(
                    apiVersion: "v1", kind: Node.kind,
                    key: ObjectKey(namespace: "", name: model.configuration.nodeName),
                    uid: model.configuration.nodeName)))
        // Seldom is one family all that is changed, and not every backend hears of both.
        if parts.probePeriod != nil {
            for sync in syncs where sync.family != family { sync.drifted(by: nil) }
        }
    }

    func allFlows(_ family: IPFamily) -> StaleFamilyFlows { model.allFlows(family) }

    /// The changes in a family since its last request; nil if there are none.
    func take(_ family: IPFamily) async -> FamilyChange? {
        guard missing.isEmpty else { return nil }
        if !isWatchingHost, model.hasPendingChanges, model.configuration.nodePortAddresses.followsLocalAddresses {
            await readLocalAddresses()
        }
        collect()
        guard let change = pending.removeValue(forKey: family) else { return nil }
        busy.insert(family)
        // A port that a health check had may be a node port now, for which a backend opens a socket.
        await parts.serviceHealth.retain(model.healthCheckNodePorts.mapValues(\.port))
        return change
    }

    /// Has each family have its part of what is new in the model.
    private func collect() {
        guard model.hasPendingChanges else { return }
        model.advance(to: UnixTime.now)
        let (delta, problems) = model.takeDelta()
        followShares()
        let due = parts.clock.now() + parts.drainTimeout
        for departure in delta.departures { departed.yield((due, departure)) }
        problems.forEach(report)
        parts.metrics.serviceChangesPending.set(0)
        parts.metrics.endpointChangesPending.set(0)
        for sync in syncs {
            let family = sync.family
            let change = FamilyChange(
                delta: delta.families[family] ?? .init(), staleFlows: delta.staleFlows.families[family] ?? .init(),
                triggerTimes: delta.triggerTimes[family] ?? [])
            guard !change.isEmpty else { continue }
            if let facts = change.delta.node { nodeFacts[family] = facts }
            pending[family, default: .init()].merge(change)
            if !change.delta.isEmpty {
                parts.health.queued(family)
                parts.progress.queued(family)
                parts.metrics.queued(family, at: UnixTime.now)
            }
            sync.changed()
        }
    }

    /// A family's attempt to be up to date has ended.
    func ended(_ family: IPFamily, succeeded: Bool) {
        busy.remove(family)
        if succeeded {
            failing.remove(family)
            let counts = model.noLocalEndpointsCounts(family: family)
            parts.metrics.noLocalEndpoints(
                family, internalPolicy: counts.internal, externalPolicy: counts.external)
        } else {
            failing.insert(family)
        }
        if pending[family]?.delta.isEmpty == false {
            parts.health.queued(family)
            parts.progress.queued(family)
        }
        // Health checks may need a port that the other family has not given up yet; one that fails is not waited for.
        let isAtWork = syncs.contains {
            !failing.contains($0.family) && (busy.contains($0.family) || pending[$0.family] != nil)
        }
        guard !isAtWork else { return }
        finish.yield()
    }

    func report(_ problems: [ServiceProblem]) { problems.forEach(report) }

    // MARK: Health checks

    /// Health checks of Services follow when the kernel is up to date.
    private func serveHealthChecks() async {
        for await _ in finished {
            // Where node ports are served, so are their health checks; no list means everywhere.
            let addresses = nodeFacts.values.map(\.nodePortAddresses)
            await parts.serviceHealth.setAddresses(
                addresses.contains(nil) ? [] : addresses.flatMap { $0 ?? [] }.sorted())
            let failures = await parts.serviceHealth.sync(
                model.healthCheckNodePorts.mapValues { check in
                    // A pod of a dual-stack Service has an endpoint in each family.
                    ServiceHealth(port: check.port, localEndpoints: check.localReadyEndpoints.values.max() ?? 0)
                })
            for failure in failures {
                parts.logger.error("\(failure)")
                parts.report(
                    KubeEvent(
                        .warning, reason: "FailedToStartServiceHealthcheck", action: "Listen", note: "\(failure)",
                        regarding: .init(apiVersion: "v1", kind: "Service", key: failure.service)))
            }
        }
    }
}
