import Conntrack
import Dataplane
import IPVSDataplane
import KubeAPI
import KubeClient
import LinuxSystem
import Logging
import NetworkAddress
import PrometheusMetrics
import ServiceModel

/// Feeds the service model with objects and the dataplanes with what changed.
///
/// The kernel is first touched when Services, EndpointSlices, the Node and the ServiceCIDRs have all been listed; a
/// lost API server changes nothing in it.
actor ServiceProxy {
    enum Source: Hashable, CaseIterable {
        case services, endpointSlices, node, serviceCIDRs
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
        /// Called once, when the rules are in force: removes those of other proxy modes.
        var removeOtherModes: @Sendable () async -> Void = {}
        var logger: Logger
    }

    let parts: Parts
    var model: ServiceModel
    private var schedule: SyncSchedule
    private var missing = Set(Source.allCases)
    /// Flows to forget once the change that made them stale is in force.
    private var staleFlows: [IPFamily: StaleFamilyFlows] = [:]
    private var nodeFacts: [IPFamily: NodeFacts] = [:]
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation
    private var timer: Duration?
    private var hasSynced = false

    init(model: ServiceModel, minSyncPeriod: Duration, syncPeriod: Duration, parts: Parts) {
        self.model = model
        self.parts = parts
        start = clock.now
        schedule = SyncSchedule(minSyncPeriod: minSyncPeriod, syncPeriod: syncPeriod, startingAt: .zero)
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    private var logger: Logger { parts.logger }
    private var now: Duration { clock.now - start }

    // MARK: Input

    /// The first list of a source is complete.
    func listed(_ source: Source) {
        guard missing.remove(source) != nil, missing.isEmpty else { return }
        changed()
    }

    /// The model may hold something new.
    func changed() {
        guard missing.isEmpty, model.hasPendingChanges else { return }
        schedule.changed()
        for dataplane in parts.dataplanes {
            parts.health.queued(dataplane.family)
            parts.metrics.queued(dataplane.family, at: UnixTime.now)
        }
        wake.yield()
    }

    // MARK: Loop

    /// Syncs and verifies until the task is cancelled. What is in the kernel then stays.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await _ in wakes {
                if Task.isCancelled { break }
                while let due = await step() {
                    guard due > now else { continue }
                    arm(due, &group)
                    break
                }
            }
            group.cancelAll()
        }
    }

    private func arm(_ due: Duration, _ group: inout DiscardingTaskGroup) {
        if let timer, timer > now, timer <= due { return }
        timer = due
        let instant = start + due
        let clock = clock
        let wake = wake
        group.addTask {
            if (try? await clock.sleep(until: instant)) != nil { wake.yield() }
        }
    }

    /// Does what is due; returns when to come back.
    private func step() async -> Duration? {
        guard missing.isEmpty else { return nil }
        switch schedule.step(at: now) {
        case .wait(let due): return due
        case .sync: await sync()
        case .verify: await verify()
        }
        return now
    }

    private func sync() async {
        schedule.began(at: now)
        if case .networks = model.configuration.nodePortAddresses { readLocalAddresses() }
        let (delta, problems) = model.takeDelta()
        problems.forEach(report)
        parts.metrics.serviceChangesPending.set(0)
        parts.metrics.endpointChangesPending.set(0)
        for (family, change) in delta.families {
            if let facts = change.node { nodeFacts[family] = facts }
        }
        for (family, flows) in delta.staleFlows.families { staleFlows[family, default: .init()].merge(flows) }
        let succeeded = await onEachDataplane { dataplane throws(DataplaneError) in
            guard let change = delta.families[dataplane.family], !change.isEmpty else { return ApplyReport() }
            return try await dataplane.apply(change)
        }
        for time in delta.triggerTimes where succeeded {
            for (family, change) in delta.families where !change.updated.isEmpty {
                parts.metrics.programmed(family, latency: .seconds(max(0, UnixTime.now - time)))
            }
        }
        await finish(succeeded)
    }

    private func verify() async {
        schedule.began(at: now)
        readLocalAddresses()
        let succeeded = await onEachDataplane { dataplane throws(DataplaneError) in try await dataplane.verify() }
        await finish(succeeded)
        changed()
    }

    /// Runs the families side by side; false if one failed.
    private func onEachDataplane(
        _ body: @escaping @Sendable (any Dataplane) async throws(DataplaneError) -> ApplyReport
    ) async -> Bool {
        let metrics = parts.metrics
        let health = parts.health
        let logger = logger
        let clock = clock
        return await withTaskGroup(of: Bool.self) { group in
            for dataplane in parts.dataplanes {
                group.addTask {
                    let begin = clock.now
                    do throws(DataplaneError) {
                        let report = try await body(dataplane)
                        metrics.record(report, dataplane.family, duration: clock.now - begin)
                        if report.repaired {
                            logger.info(
                                "brought the kernel's rules to the wanted state",
                                metadata: [
                                    "family": "\(dataplane.family.rawValue)", "added": "\(report.added)",
                                    "removed": "\(report.removed)",
                                ])
                        }
                        await self.report(report.problems)
                        health.updated(dataplane.family)
                        return true
                    } catch {
                        metrics.syncFailed(dataplane.family)
                        logger.error(
                            "sync failed, will be tried again",
                            metadata: ["family": "\(dataplane.family.rawValue)", "error": "\(error)"])
                        return false
                    }
                }
            }
            var succeeded = true
            for await result in group { succeeded = succeeded && result }
            return succeeded
        }
    }

    private func report(_ problems: [ServiceProblem]) { problems.forEach(report) }

    /// What follows when the kernel is up to date.
    private func finish(_ succeeded: Bool) async {
        schedule.ended(at: now, succeeded: succeeded)
        guard succeeded else { return }
        if !hasSynced {
            hasSynced = true
            await parts.removeOtherModes()
        }
        await forgetStaleFlows()
        for family in IPFamily.allCases {
            let counts = model.noLocalEndpointsCounts(family: family)
            parts.metrics.noLocalEndpoints(
                family, internalPolicy: counts.internal, externalPolicy: counts.external)
        }
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
            logger.error("\(failure)")
            parts.report(
                KubeEvent(
                    .warning, reason: "FailedToStartServiceHealthcheck", action: "Listen", note: "\(failure)",
                    regarding: .init(apiVersion: "v1", kind: "Service", key: failure.service)))
        }
    }

    private func forgetStaleFlows() async {
        guard !staleFlows.isEmpty else { return }
        let flows = staleFlows
        staleFlows = [:]
        for dataplane in parts.dataplanes {
            guard let stale = flows[dataplane.family] else { continue }
            do throws(DataplaneError) {
                try await dataplane.forget(stale)
            } catch {
                logger.error("stale UDP flows were not removed", metadata: ["error": "\(error)"])
            }
        }
        guard let conntrack = parts.conntrack else { return }
        for (family, stale) in flows {
            let begin = clock.now
            do {
                let count = try await conntrack.removeStale(stale, family: family)
                parts.metrics.conntrackReconciled(family, duration: clock.now - begin, deleted: count)
            } catch {
                logger.error("stale UDP flows were not removed", metadata: ["error": "\(error)"])
                staleFlows[family] = stale
            }
        }
    }

    private func readLocalAddresses() {
        do {
            model.setLocalAddresses(try InterfaceAddresses.current(except: IPVSConfiguration.device))
        } catch {
            logger.error("cannot list this host's addresses", metadata: ["error": "\(error)"])
        }
    }

    /// Reads what the first sync needs besides objects.
    func prepare() { readLocalAddresses() }
}

extension StaleFamilyFlows {
    /// Adds later flows; where both name a frontend, the later endpoints count.
    fileprivate mutating func merge(_ later: StaleFamilyFlows) {
        frontends.merge(later.frontends) { $1 }
        nodePorts.merge(later.nodePorts) { $1 }
        nodeAddresses = later.nodeAddresses
    }
}

extension ProxyMetrics {
    fileprivate func record(_ report: ApplyReport, _ family: IPFamily, duration: Duration) {
        synced(family, duration: duration, full: report.repaired, at: UnixTime.now)
        if report.leavesLeftovers { cleanupFailed(family) }
        if let status = report.draining { draining(family, status) }
        if let count = report.unserved { unserved(family, count) }
        committed(
            family, messages: report.messages, bytes: report.bytes, added: report.added, removed: report.removed,
            repaired: report.repaired)
    }
}
