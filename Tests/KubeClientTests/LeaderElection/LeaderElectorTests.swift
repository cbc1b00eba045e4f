import KubeAPI
import Logging
import Synchronization
import Testing

@testable import KubeClient

@Suite struct LeaderElectorTests {
    private static let lease = """
        {"metadata": {"name": "l", "namespace": "n", "uid": "u", "resourceVersion": "1"},
         "spec": {"holderIdentity": "me", "leaseDurationSeconds": 15}}
        """

    @Test("A leader whose API server hangs stops before others take over", .timeLimit(.minutes(30)))
    func hangingServer() async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let writes = Mutex(0)
        let leading = Mutex<[Bool]>([])
        try await FakeServer.run(handler: { request, responder in
            switch request.method {
            case "GET" where writes.withLock({ $0 }) == 0:
                try await responder.reply(#"{"kind": "Status", "reason": "NotFound"}"#, status: 404)
            case "POST":
                writes.withLock { $0 += 1 }
                try await responder.reply(Self.lease, status: 201)
            default: try await Task.sleep(for: .seconds(3600))
            }
        }) { server in
            var configuration = ClientConfiguration(
                server: try ServerAddress("http://127.0.0.1:\(server.port)", place: "test"))
            configuration.requestTimeout = .seconds(3600)
            let client = try KubeClient(configuration: configuration, logger: logger)
            var timing = LeaderElector.Timing()
            timing.leaseDuration = .seconds(15)
            timing.renewDeadline = .seconds(3)
            timing.retryPeriod = .milliseconds(20)
            let elector = LeaderElector(
                client: client, lease: ObjectKey(namespace: "n", name: "l"), identity: "me", timing: timing,
                logger: logger)
            leading.withLock { $0.append(elector.leadership.isLeading) }
            let (ends, end) = AsyncStream<Void>.makeStream()
            let work: @Sendable () async -> Void = {
                leading.withLock { $0.append(elector.leadership.isLeading) }
                try? await Task.sleep(for: .seconds(3600))
                end.yield()
            }
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await elector.run(work) }
                for await _ in ends { break }
                group.cancelAll()
            }
            leading.withLock { $0.append(elector.leadership.isLeading) }
            await client.shutdown()
        }
        #expect(leading.withLock { $0 } == [false, true, false])
    }

    @Test func aLeaderThatNeitherRenewsNorStops() {
        let now = Mutex(Duration.zero)
        let leadership = Leadership(
            name: "l", leaseDuration: .seconds(15),
            clock: RetryClock(now: { now.withLock { $0 } }, sleep: { _ in }, random: { $0.lowerBound }))
        #expect(leadership.problem == nil)
        leadership.changed(.seconds(10))
        now.withLock { $0 = .seconds(45) }
        #expect(leadership.problem == nil)
        now.withLock { $0 = .seconds(46) }
        #expect(leadership.problem == "failed election to renew leadership on lease l")
        leadership.changed(nil)
        #expect(leadership.problem == nil && !leadership.isLeading)
    }
}
