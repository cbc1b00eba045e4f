internal import JSONStream
public import KubeAPI
public import Logging

/// Runs something in one of several processes at a time: the one that holds a Lease.
public struct LeaderElector: Sendable {
    public struct Timing: Hashable, Sendable {
        /// How long others wait for a renewal before they take over.
        public var leaseDuration = Duration.seconds(15)
        /// How long the leader tries to renew before it stops; less than `leaseDuration`.
        public var renewDeadline = Duration.seconds(10)
        /// The pause between attempts.
        public var retryPeriod = Duration.seconds(2)

        public init() {}
    }

    /// Whether it leads now.
    public let leadership: Leadership
    private let client: KubeClient
    private let lease: ObjectKey
    private let identity: String
    private let timing: Timing
    private let clock: RetryClock
    private let logger: Logger

    /// - Parameter identity: names this process; no two candidates may share it.
    public init(
        client: KubeClient, lease: ObjectKey, identity: String, timing: Timing = Timing(), clock: RetryClock = .system,
        logger: Logger
    ) {
        self.client = client
        self.lease = lease
        self.identity = identity
        self.timing = timing
        self.clock = clock
        self.logger = logger
        leadership = Leadership(name: lease.name, leaseDuration: timing.leaseDuration, clock: clock)
    }

    /// Waits for leadership and runs `body` while it lasts: again and again, until the task is cancelled. `body` is
    /// cancelled when leadership is lost, before others may take over. On cancellation the lease is released, so that
    /// another process takes over at once.
    public func run(_ body: @escaping @Sendable () async -> Void) async {
        var state = LeaderElectionState(identity: identity, timing: timing)
        while !Task.isCancelled {
            state = await attempt(state, within: timing.renewDeadline)
            if state.isLeading { await lead(&state, body) }
            guard (try? await clock.sleep(timing.retryPeriod * (1 + 0.2 * clock.random(0...1)))) != nil else { break }
        }
    }

    private func lead(_ state: inout LeaderElectionState, _ body: @escaping @Sendable () async -> Void) async {
        logger.info("became leader", metadata: ["lease": "\(lease)", "identity": "\(identity)"])
        let renewing = state
        leadership.changed(state.renewedAt)
        defer { leadership.changed(nil) }
        state = await withTaskGroup(of: LeaderElectionState?.self) { group in
            group.addTask {
                await body()
                return nil
            }
            group.addTask { await renew(renewing) }
            // Whichever ends first: the work, or the leadership.
            var last = renewing
            if let first = await group.next(), let state = first { last = state }
            group.cancelAll()
            for await end in group { if let end { last = end } }
            return last
        }
        if state.isLeading { await release(&state) }
        state.lost()
        logger.info("is no longer leader", metadata: ["lease": "\(lease)", "identity": "\(identity)"])
    }

    /// Renews until that fails for too long or the task is cancelled.
    private func renew(_ start: LeaderElectionState) async -> LeaderElectionState {
        var state = start
        while (try? await clock.sleep(timing.retryPeriod)) != nil {
            // A server that does not answer must not keep the leader from stopping in time.
            let elapsed = clock.now() - (state.renewedAt ?? .zero)
            state = await attempt(state, within: max(.zero, timing.renewDeadline - elapsed))
            guard state.isLeading else { return state }
            leadership.changed(state.renewedAt)
            if state.mustStop(at: clock.now()) {
                logger.error("the lease could not be renewed in time", metadata: ["lease": "\(lease)"])
                state.lost()
                return state
            }
        }
        return state
    }

    /// Tries once to acquire or renew; gives up after a time, or when the task is cancelled.
    private func attempt(_ state: LeaderElectionState, within limit: Duration) async -> LeaderElectionState {
        await withTaskGroup(of: LeaderElectionState?.self) { group in
            group.addTask { await attempt(state) }
            group.addTask {
                try? await clock.sleep(limit)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            if let first { return first }
            for await last in group { if let last { return last } }
            return state
        }
    }

    /// Failures leave the state as it is, but for a lease that somebody else holds.
    private func attempt(_ old: LeaderElectionState) async -> LeaderElectionState {
        var state = old
        do throws(APIError) {
            let current = try await read()
            switch state.step(current, key: lease, at: clock.now(), time: Timestamp.now().text(microseconds: true)) {
            case .wait:
                state.lost()
            case .create(let new):
                // It counts from before the request: others may see it at once.
                let start = clock.now()
                let written = try await client.create(
                    Lease.self, namespace: lease.namespace, new.json.serialized())
                state.written(written, at: start)
            case .update(let new):
                let start = clock.now()
                let written = try await client.update(Lease.self, lease, new.json.serialized())
                state.written(written, at: start)
            }
        } catch {
            logger.debug("the lease was not written", metadata: ["lease": "\(lease)", "error": "\(error)"])
        }
        return state
    }

    private func read() async throws(APIError) -> Lease? {
        do throws(APIError) {
            return try await client.get(Lease.self, lease)
        } catch {
            if error.isNotFound { return nil }
            throw error
        }
    }

    /// Gives the lease up, although the task may be cancelled already.
    private func release(_ state: inout LeaderElectionState) async {
        guard let free = state.released(time: Timestamp.now().text(microseconds: true)) else { return }
        let client = client
        let key = lease
        await withTaskCancellationShield { _ = try? await client.update(Lease.self, key, free.json.serialized()) }
    }
}

/// Runs `body` to its end even if the calling task is cancelled.
private func withTaskCancellationShield(_ body: @escaping @Sendable () async -> Void) async {
    await Task.detached(operation: body).value
}
