import Dataplane
import KubeAPI
import KubeClient
import Logging
import NetworkAddress
import ServiceModel

/// Knows what is to be drained: Pods and Nodes with a label, which every node's proxy sees, and addresses that somebody
/// asked this one for. Counts the connections that are left, and tells of those whose host this is.
actor DrainKeeper {
    /// What it needs of others.
    struct Parts: Sendable {
        var nodeName: String
        /// Has the model follow.
        var set: @Sendable (Drains) async -> Void
        /// The endpoints by what somebody asked for.
        var endpoints: @Sendable () async -> [DrainReason: Set<FlowEnd>]
        /// Live connections to some endpoints.
        var count: @Sendable (Set<FlowEnd>) async throws -> [FlowEnd: Int]
        /// Whether all that is wanted is in force.
        var isInForce: @Sendable () -> Bool
        var report: @Sendable (KubeEvent) -> Void
        /// Changes an object's conditions.
        var patch: @Sendable (DrainReport) async throws -> Void
        var state: ProxyStateFile
        var clock = FamilySync.Clock.system
        var logger: Logger
    }

    /// Between two counts.
    static let period = Duration.seconds(1)
    static let longestPause = Duration.seconds(10)
    /// Before nothing counts as drained: other nodes have to hear of it, too.
    static let grace = Duration.seconds(2)
    /// Addresses at once.
    static let maximumAddresses = 10_000

    private struct Watched {
        var since: Duration
        var uid = ""
        var isHere: Bool
        var status: DrainStatus
        var emptyReadings = 0
        /// What was last told, and when.
        var told: (status: DrainStatus, at: Duration)?
    }

    private let parts: Parts
    private var pods: [ObjectKey: Set<IPAddress>] = [:]
    private var watched: [DrainReason: Watched] = [:]
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation
    private var hasFailed = false
    /// How long the last count took.
    private var countTime = Duration.zero

    init(_ parts: Parts) {
        self.parts = parts
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        let now = parts.clock.now()
        for address in parts.state.state.drained.compactMap({ DrainAddress.parse($0) }) {
            let reason = DrainReason.address(address)
            watched[reason] = Watched(since: now, isHere: true, status: DrainStatus(reason, isHere: true))
        }
    }

    // MARK: What is wanted

    private var drains: Drains {
        var drains = Drains()
        for reason in watched.keys {
            switch reason {
            case .pod(let key): drains.pods[key] = pods[key]
            case .node(let name): drains.nodes.insert(name)
            case .address(let address): drains.addresses.insert(address)
            }
        }
        return drains
    }

    private func follow() async {
        await parts.set(drains)
        wake.yield()
    }

    /// Has the model know what an earlier process was asked for.
    func begin() async { await follow() }

    private func add(_ reason: DrainReason, uid: String, isHere: Bool) {
        if watched[reason]?.uid == uid { return }
        watched[reason] = Watched(
            since: parts.clock.now(), uid: uid, isHere: isHere, status: DrainStatus(reason, isHere: isHere))
    }

    func handle(_ event: ReflectorEvent<Pod>) async {
        guard case .changed(let changes) = event else { return }
        for change in changes {
            switch change {
            case .upserted(let pod):
                let key = pod.metadata.key
                pods[key] = Set(pod.status.podIPs.compactMap { IPAddress($0) })
                add(.pod(key), uid: pod.metadata.uid, isHere: pod.spec.nodeName == parts.nodeName)
            case .deleted(let key):
                pods[key] = nil
                await forget(.pod(key))
            }
        }
        await follow()
    }

    func handle(_ event: ReflectorEvent<Node>) async {
        guard case .changed(let changes) = event else { return }
        for change in changes {
            switch change {
            case .upserted(let node):
                let name = node.metadata.name
                add(.node(name), uid: node.metadata.uid, isHere: name == parts.nodeName)
            case .deleted(let key): await forget(.node(key.name))
            }
        }
        await follow()
    }

    /// - Returns: false: there are too many.
    func drain(_ address: EndpointAddress) async -> Bool {
        let reason = DrainReason.address(address)
        guard watched[reason] != nil || watched.count < Self.maximumAddresses else { return false }
        add(reason, uid: "", isHere: true)
        keepAddresses()
        await follow()
        return true
    }

    /// - Returns: whether it was drained.
    func undo(_ address: EndpointAddress) async -> Bool {
        guard watched.removeValue(forKey: .address(address)) != nil else { return false }
        keepAddresses()
        await follow()
        return true
    }

    private func keepAddresses() {
        let addresses = drains.addresses.map { DrainAddress.text($0) }.sorted()
        parts.state.update { $0.drained = addresses }
    }

    private func forget(_ reason: DrainReason) async {
        guard let known = watched.removeValue(forKey: reason), known.told != nil else { return }
        // An object that is gone has no conditions either.
        try? await parts.patch(DrainReport(reason, uid: known.uid, status: nil))
    }

    // MARK: What is left

    /// Sorted by kind and name.
    var statuses: [DrainStatus] {
        let now = parts.clock.now()
        return watched.values.map { one in
            var status = one.status
            status.seconds = ((now - one.since) / .milliseconds(1)).rounded() / 1000
            return status
        }.sorted { $0.order < $1.order }
    }

    /// Counts and tells while something is drained, until the task is cancelled.
    func run() async {
        for await _ in wakes {
            while !watched.isEmpty, !Task.isCancelled {
                await look()
                // A table of very many connections takes at most a fifth of the time.
                let pause = min(max(Self.period, countTime * 4), Self.longestPause)
                guard (try? await parts.clock.sleep(parts.clock.now() + pause)) != nil else { return }
            }
            if Task.isCancelled { return }
        }
    }

    /// Counts once, and tells what is new.
    func look() async {
        let isInForce = parts.isInForce()
        let ends = await parts.endpoints()
        let counts: [FlowEnd: Int]
        let begin = parts.clock.now()
        do {
            counts = try await parts.count(ends.values.reduce(into: []) { $0.formUnion($1) })
        } catch {
            if !hasFailed {
                parts.logger.warning("connections to drain cannot be counted", metadata: ["error": "\(error)"])
            }
            hasFailed = true
            return
        }
        hasFailed = false
        let now = parts.clock.now()
        countTime = now - begin
        for (reason, known) in watched {
            var one = known
            let own = ends[reason] ?? []
            let left = own.reduce(0) { $0 + (counts[$1] ?? 0) }
            one.status.endpoints = own.count
            one.status.connections = left
            one.emptyReadings = left == 0 && isInForce ? one.emptyReadings + 1 : 0
            one.status.isDrained = one.emptyReadings >= 2 && now - one.since >= Self.grace
            watched[reason] = one
        }
        for reason in watched.keys { await tell(reason) }
    }

    private func tell(_ reason: DrainReason) async {
        guard let one = watched[reason], one.isHere, !one.uid.isEmpty else { return }
        let now = parts.clock.now()
        if let told = one.told {
            let isSame =
                told.status.connections == one.status.connections && told.status.isDrained == one.status.isDrained
            let isSoon = now - told.at < .seconds(2) && told.status.isDrained == one.status.isDrained
            if isSame || isSoon { return }
        }
        let report = DrainReport(reason, uid: one.uid, status: one.status)
        do {
            try await parts.patch(report)
        } catch {
            parts.logger.warning(
                "the condition \(DrainStatus.condition) cannot be written", metadata: ["error": "\(error)"])
        }
        if one.told?.status.isDrained != one.status.isDrained, one.told == nil || one.status.isDrained {
            parts.report(report.event)
        }
        // Nobody may have taken its place meanwhile.
        if watched[reason]?.uid == one.uid { watched[reason]?.told = (one.status, now) }
    }
}
