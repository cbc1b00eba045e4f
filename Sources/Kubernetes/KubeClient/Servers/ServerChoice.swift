import AsyncHTTPClient
import Logging
import NIOHTTP1
import Synchronization

/// The choice between several API servers. With a single server it costs nothing.
///
/// The client leaves a server when a request to it fails, when it answers that it cannot serve (502 to 504), and when
/// it does not answer a probe while another server does. A probe runs every second while a request waits or a watch
/// runs. So the client also leaves a server that hangs, or is cut off from its store.
final class ServerChoice: Sendable {
    private struct State {
        var ring: ServerRing
        var isProbing = false
        var probedAt: ContinuousClock.Instant?
    }

    /// How often a waiting request checks the choice, and the minimum time between probes.
    private static let lookPeriod = Duration.milliseconds(250)
    private static let probePeriod = Duration.seconds(1)
    private static let probeTimeout = Duration.seconds(1)

    let servers: [ServerConnection]
    private let state: Mutex<State>
    private let logger: Logger

    init(_ servers: [ServerConnection], logger: Logger) {
        self.servers = servers
        self.logger = logger
        state = Mutex(State(ring: ServerRing(count: servers.count)))
    }

    var hasSeveral: Bool { servers.count > 1 }
    var current: Int { state.withLock { $0.ring.current } }

    func leave(_ server: Int, _ why: String) {
        change(server, why) { $0.leave(server) }
    }

    private func change(_ server: Int, _ why: String, _ body: (inout ServerRing) -> Void) {
        let (before, after) = state.withLock { state in
            let before = state.ring.current
            body(&state.ring)
            return (before, state.ring.current)
        }
        guard before != after else { return }
        logger.notice(
            "switched to another API server",
            metadata: ["was": "\(servers[before].address)", "is": "\(servers[after].address)", "why": "\(why)"])
    }

    /// Runs `body` with a server, until another one becomes current.
    /// - Throws: ``Left`` then.
    func whileCurrent<Result: Sendable>(
        _ server: Int, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        guard hasSeveral else { return try await body() }
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                while self.current == server {
                    try await Task.sleep(for: Self.lookPeriod)
                    await self.probeIfDue()
                }
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let result = first else { throw Left() }
            return result
        }
    }

    /// Another server became current.
    struct Left: Error, CustomStringConvertible {
        var description: String { "the server does not answer any more" }
    }

    private func probeIfDue() async {
        let isDue = state.withLock { state in
            let now = ContinuousClock.now
            guard !state.isProbing, state.probedAt.map({ now - $0 >= Self.probePeriod }) ?? true else { return false }
            state.isProbing = true
            state.probedAt = now
            return true
        }
        guard isDue else { return }
        defer { state.withLock { $0.isProbing = false } }
        let server = current
        guard await !answers(server) else { return }
        for other in state.withLock({ $0.ring.others(than: server) }) where await answers(other) {
            guard !Task.isCancelled else { return }
            return change(server, "it does not answer") { $0.leave(server, for: other) }
        }
    }

    /// Whether a server can serve. Any client may request `/readyz`; an answer that denies it counts, too.
    private func answers(_ server: Int) async -> Bool {
        do {
            let answer = try await servers[server].execute(
                APIRequest(.get, "/readyz"), nil, timeout: Self.probeTimeout)
            return answer.status.code < 500
        } catch {
            // Who asked has gone: that says nothing.
            return Task.isCancelled
        }
    }
}
