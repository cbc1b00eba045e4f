import Conntrack
import Dataplane
import LinuxSystem
import Logging
import NetworkAddress
import PrometheusMetrics
import ServiceModel
import Synchronization

/// Keeps the kernel up to date for one IP family, with its own changes, retries and verifications, independent of the
/// other family.
actor FamilySync {
    /// Time for the loop; tests have their own.
    struct Clock: Sendable {
        /// The distance from any fixed point in time.
        var now: @Sendable () -> Duration
        /// Returns at that point in time, or throws when the task is cancelled.
        var sleep: @Sendable (_ until: Duration) async throws -> Void

        static var system: Clock {
            let clock = ContinuousClock()
            let start = clock.now
            return Clock {
                clock.now - start
            } sleep: {
                try await clock.sleep(until: start + $0)
            }
        }
    }

    nonisolated let dataplane: any Dataplane
    nonisolated var family: IPFamily { dataplane.family }
    private let parts: ServiceProxy.Parts
    private nonisolated let schedule: Mutex<SyncSchedule>
    private nonisolated let wakes: AsyncStream<Void>
    private nonisolated let wake: AsyncStream<Void>.Continuation
    /// Flows that began while others had removed what translates them.
    private nonisolated let untranslatedFlows: AsyncStream<StaleFamilyFlows>
    private nonisolated let untranslated: AsyncStream<StaleFamilyFlows>.Continuation
    /// Another mode has connections that have not ended.
    private nonisolated let leftovers: AsyncStream<Void>
    private nonisolated let leftover: AsyncStream<Void>.Continuation
    /// Who may have changed the rules since the last verification.
    private nonisolated let suspects = Mutex<[DriftAuthor]>([])
    private var timer: Duration?
    /// Nothing is done before the first change: it holds everything.
    private var hasBegun = false
    private var hasSynced = false
    /// When the endpoints changed that are not in force yet.
    private var triggerTimes: [Double] = []
    /// Flows to forget once the change that made them stale is in force.
    private var staleFlows = StaleFamilyFlows()
    private var flowSchedule = StaleFlowSchedule()

    init(_ dataplane: any Dataplane, minSyncPeriod: Duration, syncPeriod: Duration, parts: ServiceProxy.Parts) {
        self.dataplane = dataplane
        self.parts = parts
        schedule = Mutex(
            SyncSchedule(minSyncPeriod: minSyncPeriod, syncPeriod: syncPeriod, startingAt: parts.clock.now()))
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (untranslatedFlows, untranslated) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (leftovers, leftover) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    private var now: Duration { parts.clock.now() }

    /// There may be something to do.
    nonisolated func changed() {
        schedule.withLock { $0.changed() }
        wake.yield()
    }

    /// Somebody else may have changed what is in the kernel.
    nonisolated func drifted(by author: DriftAuthor?) {
        if let author {
            suspects.withLock { suspects in
                if suspects.count < Self.maximumSuspects, !suspects.contains(author) { suspects.append(author) }
            }
        }
        schedule.withLock { $0.drifted() }
        wake.yield()
    }

    private static let maximumSuspects = 8

    // MARK: Loop

    /// Syncs and verifies until the task is cancelled. What is in the kernel then stays.
    func run(for proxy: ServiceProxy) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.forgetUntranslated() }
            group.addTask { await self.removeLeftovers(proxy) }
            if let period = parts.probePeriod { group.addTask { await self.probe(every: period) } }
            for await _ in wakes {
                if Task.isCancelled { break }
                while let due = await step(proxy), !Task.isCancelled {
                    guard due > now else { continue }
                    arm(due, &group)
                    break
                }
            }
            group.cancelAll()
        }
    }

    private static let leftoverPeriod = Duration.seconds(5)
    private static let longestDrain = Duration.seconds(15 * 60)

    /// Removes what connections of another mode needed, as they end, and in the end all of it.
    private func removeLeftovers(_ proxy: ServiceProxy) async {
        for await _ in leftovers {
            let end = now + (parts.drainTimeout > .zero ? parts.drainTimeout : Self.longestDrain)
            var isLeft = true
            while isLeft {
                guard (try? await parts.clock.sleep(min(now + Self.leftoverPeriod, end))) != nil else { return }
                let isLast = now >= end
                isLeft = await parts.removeRest(family, isLast) && !isLast
            }
            await forgetRelayed(proxy)
        }
    }

    /// Has a quick look at the kernel from time to time, where it does not tell what others do.
    private func probe(every period: Duration) async {
        var due = now
        while !Task.isCancelled {
            due = max(due + period, now)
            guard (try? await parts.clock.sleep(due)) != nil else { return }
            guard hasSynced, !schedule.withLock(\.isFailing) else { continue }
            do throws(DataplaneError) {
                if try await !dataplane.looksAsLeft() { drifted(by: nil) }
            } catch {
                // The verification says what is wrong.
                drifted(by: nil)
            }
        }
    }

    private func arm(_ due: Duration, _ group: inout DiscardingTaskGroup) {
        // A period of centuries is more than timers take.
        let due = min(due, now + .seconds(86_400))
        if let timer, timer > now, timer <= due { return }
        timer = due
        let sleep = parts.clock.sleep
        let wake = wake
        group.addTask {
            if (try? await sleep(due)) != nil { wake.yield() }
        }
    }

    /// Clients may use the ports of connections again that another mode's own sockets had, and conntrack would not have the new
    /// ones translated.
    private func forgetRelayed(_ proxy: ServiceProxy) async {
        do {
            _ = try await parts.conntrack?.removeUntranslated(
                to: proxy.allFlows(family), family: family, isEnd: false)
        } catch {
            parts.logger.warning(
                "connections of another mode stay in conntrack",
                metadata: ["family": "\(family.rawValue)", "error": "\(error)"])
        }
    }

    /// Does what is due.
    ///
    /// - Returns: when to come back; nil: with the next change.
    private func step(_ proxy: ServiceProxy) async -> Duration? {
        await forgetStaleFlows()
        let now = now
        switch schedule.withLock({ $0.step(at: now) }) {
        case .sync: await sync(proxy)
        case .wait(let due): return hasBegun ? min(due, flowSchedule.due ?? due) : nil
        case .verify:
            guard hasBegun else { return nil }
            await verify(proxy)
        }
        return self.now
    }

    private func sync(_ proxy: ServiceProxy) async {
        let begin = now
        schedule.withLock { $0.began(at: begin) }
        guard var change = await proxy.take(family) else {
            schedule.withLock { $0.wasEmpty() }
            return
        }
        hasBegun = true
        staleFlows.merge(change.staleFlows)
        if change.delta.isEmpty {
            let isFailing = schedule.withLock {
                $0.wasEmpty()
                return $0.isFailing
            }
            if !isFailing { await changeIsInForce() }
            await proxy.ended(family, succeeded: !isFailing)
            return
        }
        parts.health.queued(family)
        parts.progress.queued(family)
        if !change.delta.updated.isEmpty { triggerTimes += change.triggerTimes.prefix(Self.maximumTriggerTimes) }
        if !hasSynced { await parts.keepCarried(family) { await proxy.allFlows(self.family) } }
        // At a start it is large: nobody else holds it while it is committed.
        await attempt(proxy) { dataplane throws(DataplaneError) in try await dataplane.apply(change.delta.take()) }
    }

    private func verify(_ proxy: ServiceProxy) async {
        let begin = now
        schedule.withLock { $0.beganVerifying(at: begin) }
        await attempt(proxy) { dataplane throws(DataplaneError) in try await dataplane.verify() }
        // Afterwards: what is broken is mended first.
        proxy.addressesMayHaveChanged()
    }

    private func attempt(
        _ proxy: ServiceProxy, _ body: (any Dataplane) async throws(DataplaneError) -> ApplyReport
    ) async {
        let begin = now
        do throws(DataplaneError) {
            let report = try await body(dataplane)
            let end = now
            schedule.withLock { $0.ended(at: end, succeeded: true) }
            await succeeded(report, duration: end - begin, proxy)
        } catch {
            let end = now
            schedule.withLock { $0.ended(at: end, succeeded: false) }
            parts.metrics.syncFailed(family)
            parts.progress.failed(family, error)
            parts.logger.error(
                "sync failed, will be tried again",
                metadata: ["family": "\(family.rawValue)", "error": "\(error)"])
            await proxy.ended(family, succeeded: false)
        }
    }

    private static let maximumTriggerTimes = 4096

    /// What follows when the kernel is up to date.
    private func succeeded(_ report: ApplyReport, duration: Duration, _ proxy: ServiceProxy) async {
        parts.metrics.record(report, family, duration: duration)
        let authors = suspects.withLock { suspects in
            defer { suspects = [] }
            return suspects
        }
        if report.repaired { await mended(report, by: authors, duration: duration, proxy) }
        parts.health.updated(family)
        parts.progress.succeeded(family, report)
        for time in triggerTimes {
            parts.metrics.programmed(family, latency: .seconds(max(0, UnixTime.now - time)))
        }
        triggerTimes = []
        let flows = staleFlows
        await changeIsInForce()
        if !hasSynced {
            hasSynced = true
            await replaceOtherModes(flows, proxy)
        }
        await proxy.report(report.problems)
        await proxy.ended(family, succeeded: true)
    }

    /// - Parameter flows: those that may be stale at the start.
    private func replaceOtherModes(_ flows: StaleFamilyFlows, _ proxy: ServiceProxy) async {
        let result = await parts.removeOtherModes(family)
        if result == .isLeft { leftover.yield() }
        // Their rules translated until now.
        if result != .nothingThere {
            staleFlows = flows
            await changeIsInForce()
            await forgetRelayed(proxy)
        }
    }

    private func mended(
        _ report: ApplyReport, by authors: [DriftAuthor], duration: Duration, _ proxy: ServiceProxy
    ) async {
        guard hasSynced else {
            parts.logger.info(
                "repaired the rules that an earlier process had left",
                metadata: [
                    "family": "\(family.rawValue)", "added": "\(report.added)", "removed": "\(report.removed)",
                ])
            return
        }
        let who = authors.isEmpty ? "another program" : authors.map(\.description).joined(separator: ", ")
        parts.logger.notice(
            "\(who) changed what this proxy had programmed; it is repaired",
            metadata: [
                "family": "\(family.rawValue)", "added": "\(report.added)", "removed": "\(report.removed)",
                "took": "\(Int(duration / .milliseconds(1))) ms",
            ])
        await proxy.mended(family, who)
        // What was sent meanwhile went where it could, and would go on to do so.
        untranslated.yield(await proxy.allFlows(family))
    }

    // MARK: Flows

    /// Beside the loop: there may be very many, and the next change by others is not to wait for them.
    private func forgetUntranslated() async {
        for await flows in untranslatedFlows {
            _ = await forget(flows, since: now)
            guard (try? await parts.clock.sleep(now + StaleFlowSchedule.secondLook)) != nil else { return }
            _ = await forget(flows, since: now)
        }
    }

    /// What was changed is in force: what it made stale can go.
    private func changeIsInForce() async {
        flowSchedule.add(staleFlows, at: now)
        staleFlows = StaleFamilyFlows()
        await forgetStaleFlows()
    }

    private func forgetStaleFlows() async {
        let begin = now
        guard let flows = flowSchedule.begin(at: begin) else { return }
        let isDone = await forget(flows, since: begin)
        flowSchedule.ended(at: now, succeeded: isDone, retry: schedule.withLock(\.syncPeriod))
    }

    /// - Returns: whether the flows are forgotten.
    private func forget(_ flows: StaleFamilyFlows, since begin: Duration) async -> Bool {
        do {
            try await dataplane.forget(flows)
            guard let conntrack = parts.conntrack else { return true }
            let count = try await conntrack.removeStale(flows, family: family)
            parts.metrics.conntrackReconciled(family, duration: now - begin, deleted: count)
            return true
        } catch {
            parts.logger.error(
                "stale flows were not removed, will be tried again",
                metadata: ["family": "\(family.rawValue)", "error": "\(error)"])
            return false
        }
    }
}

extension ProxyMetrics {
    fileprivate func record(_ report: ApplyReport, _ family: IPFamily, duration: Duration) {
        synced(family, duration: duration, full: report.repaired, at: UnixTime.now)
        if report.leavesLeftovers { cleanupFailed(family) }
        show(report.figures, family)
        committed(
            family, messages: report.messages, bytes: report.bytes, added: report.added, removed: report.removed,
            repaired: report.repaired)
    }
}
