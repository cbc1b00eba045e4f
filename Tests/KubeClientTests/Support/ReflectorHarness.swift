import KubeAPI
import KubeClient
import Logging
import Synchronization

struct TimedOut: Error, CustomStringConvertible {
    var seen: [String]
    var description: String { "timed out; seen so far: \(seen)" }
}

/// Runs a reflector of widgets against a scripted server and writes down what its handler is told.
enum ReflectorHarness {
    struct Outcome: Sendable {
        /// `+a@1` an upsert, `-a` a deletion, `=` synced, `?a` undecodable, `?a!` undecodable but known.
        var lines: [String]
        var requests: [FakeServer.Request]
        /// The pauses that the reflector took.
        var pauses: [Duration]

        var lists: [FakeServer.Request] { requests.filter { $0.query["watch"] == nil } }
        var watches: [FakeServer.Request] { requests.filter { $0.query["watch"] != nil } }
    }

    static func lines(_ event: ReflectorEvent<Widget>) -> [String] {
        switch event {
        case .changed(let changes):
            changes.map {
                switch $0 {
                case .upserted(let widget): "+\(widget.metadata.name)@\(widget.metadata.resourceVersion)"
                case .deleted(let key): "-\(key.name)"
                }
            }
        case .undecodable(let object): ["?\(object.key?.name ?? "")\(object.isKnown ? "!" : "")"]
        case .synced: ["="]
        }
    }

    /// Runs until the handler was told `count` lines and `requests` requests came.
    static func run(
        _ api: FakeAPI, until count: Int, requests: Int = 0, selector: ObjectSelector = .all, pageSize: Int = 500,
        limits: ReflectorLimits = ReflectorLimits()
    ) async throws -> Outcome {
        try await FakeServer.run(handler: api.handle) { server in
            let pauses = Mutex<[Duration]>([])
            let clock = fastClock { pause in pauses.withLock { $0.append(pause) } }
            let lines = try await reflect(
                port: server.port, selector: selector, pageSize: pageSize, limits: limits, clock: clock
            ) { lines in lines.count >= count && server.requests.count >= requests }
            return Outcome(lines: lines, requests: server.requests, pauses: pauses.withLock { $0 })
        }
    }

    /// Pauses take 10 ms; chance always takes the lower end.
    static func fastClock(_ note: @escaping @Sendable (Duration) -> Void = { _ in }) -> RetryClock {
        RetryClock(
            now: RetryClock.system.now,
            sleep: { pause in
                note(pause)
                try await Task.sleep(for: .milliseconds(10))
            },
            random: { $0.lowerBound })
    }

    /// Runs a reflector until `isEnough` of the lines.
    static func reflect(
        port: Int, selector: ObjectSelector = .all, pageSize: Int = 500,
        limits: ReflectorLimits = ReflectorLimits(), clock: RetryClock,
        logger: Logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
        until isEnough: @escaping @Sendable ([String]) -> Bool
    ) async throws -> [String] {
        let server = try ServerAddress("http://127.0.0.1:\(port)", place: "test")
        let client = try KubeClient(configuration: ClientConfiguration(server: server), logger: logger)
        let seen = Seen()
        let reflector = Reflector(
            Widget.self, client: client, selector: selector, pageSize: pageSize, limits: limits, clock: clock,
            logger: logger
        ) { event in seen.append(lines(event)) }
        let isDone = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await reflector.run()
                return false
            }
            group.addTask {
                for _ in 0..<60_000 {
                    if isEnough(seen.lines) { return true }
                    try? await Task.sleep(for: .milliseconds(5))
                }
                return false
            }
            let first = await group.next() ?? false
            group.cancelAll()
            return first
        }
        await client.shutdown()
        guard isDone else { throw TimedOut(seen: seen.lines) }
        return seen.lines
    }

    private final class Seen: Sendable {
        private let storage = Mutex<[String]>([])
        var lines: [String] { storage.withLock { $0 } }
        func append(_ new: [String]) { storage.withLock { $0 += new } }
    }
}
