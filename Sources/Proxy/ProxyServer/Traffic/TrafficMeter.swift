import Dataplane
import Logging
import NetworkAddress
import ServiceModel
import Synchronization

/// Counts connections to Services and endpoints: always, or while a client asks.
actor TrafficMeter {
    /// Opens what knows of connections.
    typealias Sources = @Sendable () throws -> [any FlowSource]

    /// What the meter asks about Services.
    struct Model: Sendable {
        /// Which port each way means; nil: none of ours.
        var ports: @Sendable ([FlowPath]) async -> [FlowPath: TrafficTally.PortKey]
        /// Every port with the endpoints that it has.
        var endpoints: @Sendable () async -> [TrafficTally.PortKey: Set<EndpointAddress>]
    }

    /// Between two readings of what is new; the kernel's queue holds much more.
    private static let readPeriod = Duration.milliseconds(200)
    private static let idlePeriod = Duration.seconds(1)
    /// How long counting continues after the last request.
    private static let watchTime = Duration.seconds(60)
    /// Between two listings of connections; one takes at most this share of the time as well.
    private static let listPeriod = Duration.seconds(15)
    private static let listShare = 100
    private static let watchedListPeriod = Duration.milliseconds(200)
    private static let watchedListShare = 10

    private let limit: Int
    private let isAlwaysOn: Bool
    private let families: [IPFamily]
    private let open: Sources
    private let model: Model
    private let clock: FamilySync.Clock
    private let logger: Logger

    private var sources: [any FlowSource] = []
    private var tally: TrafficTally?
    private var watchedUntil: Duration?
    private var nextListing = Duration.zero
    private var nextWatchedListing = Duration.zero
    private var isListing = false
    private var hasFailed = false
    /// For metrics, which cannot wait.
    nonisolated let latest = Mutex<TrafficTally?>(nil)

    /// Without `--endpoint-metrics`, requests show this many endpoints.
    static let watchedEndpoints = 100_000

    /// - Parameter limit: the number of endpoints that are always counted; 0: count only on request.
    init(
        limit: Int, families: [IPFamily], sources: @escaping Sources, model: Model,
        clock: FamilySync.Clock = .system, logger: Logger
    ) {
        isAlwaysOn = limit > 0
        self.limit = limit > 0 ? limit : Self.watchedEndpoints
        self.families = families
        open = sources
        self.model = model
        self.clock = clock
        self.logger = logger
    }

    func run() async {
        while !Task.isCancelled {
            let now = clock.now()
            if isAlwaysOn || watchedUntil.map({ now < $0 }) ?? false {
                begin()
                await read()
                if now >= nextListing { await list() }
            } else if tally != nil {
                end()
            }
            let period = tally == nil ? Self.idlePeriod : Self.readPeriod
            guard (try? await clock.sleep(now + period)) != nil else { return }
        }
    }

    /// Returns the current counts. This call starts counting, or extends it for a while.
    func look() async -> TrafficTally? {
        watchedUntil = clock.now() + Self.watchTime
        begin()
        await read()
        if clock.now() >= nextWatchedListing { await list() }
        return tally
    }

    nonisolated func age(of tally: TrafficTally) -> Duration { clock.now() - tally.start }

    private func begin() {
        guard tally == nil else { return }
        do {
            sources = try open()
            // What came before is not ours to count.
            for source in sources { _ = source.read() }
            tally = TrafficTally(limit: limit, startingAt: clock.now())
            nextListing = .zero
            nextWatchedListing = .zero
            hasFailed = false
        } catch {
            if !hasFailed { logger.warning("connections cannot be counted", metadata: ["error": "\(error)"]) }
            hasFailed = true
        }
    }

    private func end() {
        sources = []
        tally = nil
        latest.withLock { $0 = nil }
    }

    private func read() async {
        var batch = FlowBatch()
        for source in sources { batch.merge(source.read()) }
        let known = batch.isEmpty ? [:] : await model.ports(Array(batch.new.keys) + Array(batch.ended.keys))
        let now = clock.now()
        tally?.add(batch, at: now) { known[$0] }
        publish()
    }

    private func list() async {
        guard !isListing, tally != nil else { return }
        isListing = true
        defer { isListing = false }
        let begin = clock.now()
        for family in families {
            var flows: [FlowPath: FlowCounts] = [:]
            for source in sources {
                do {
                    flows.merge(try await source.live(family)) { one, other in
                        var sum = one
                        sum.add(other)
                        return sum
                    }
                } catch {
                    logger.debug("connections cannot be listed", metadata: ["error": "\(error)"])
                }
            }
            let known = await model.ports(Array(flows.keys))
            tally?.set(flows, family) { known[$0] }
        }
        let endpoints = await model.endpoints()
        let end = clock.now()
        tally?.update(at: end) { endpoints[$0] != nil }
        for (key, addresses) in endpoints { tally?.keep(addresses, of: key) }
        nextListing = end + max(Self.listPeriod, (end - begin) * Self.listShare)
        nextWatchedListing = end + max(Self.watchedListPeriod, (end - begin) * Self.watchedListShare)
        publish()
    }

    private func publish() {
        let tally = tally
        latest.withLock { $0 = tally }
    }
}

extension FlowBatch {
    fileprivate mutating func merge(_ other: FlowBatch) {
        new.merge(other.new) { $0 + $1 }
        for (path, counts) in other.ended { ended[path, default: FlowCounts()].add(counts) }
        hasLost = hasLost || other.hasLost
        messages += other.messages
        calls += other.calls
    }
}
