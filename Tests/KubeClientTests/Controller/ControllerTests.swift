import Logging
import Synchronization
import Testing

@testable import KubeClient

@Suite struct ControllerTests {
    /// A controller whose clock jumps to whatever it is asked to wait for.
    private func run(
        workers: Int = 2, keys: [String], until isOver: @escaping @Sendable ([String]) -> Bool,
        _ reconcile: @escaping @Sendable (String, Int) async throws -> Controller<String>.Result
    ) async -> (worked: [String], waited: [Duration]) {
        let worked = Mutex<[String]>([])
        let waited = Mutex<[Duration]>([])
        let time = Mutex(Duration.zero)
        let (ends, end) = AsyncStream<Void>.makeStream()
        let clock = RetryClock(
            now: { time.withLock { $0 } },
            sleep: { duration in
                waited.withLock { $0.append(duration) }
                time.withLock { $0 += duration }
                try Task.checkCancellation()
            }, random: { $0.lowerBound })
        let controller = Controller<String>("test", workers: workers, clock: clock, logger: Logger(label: "test")) {
            key in
            let turn = worked.withLock { worked in
                worked.append(key)
                return worked.count { $0 == key }
            }
            defer { if isOver(worked.withLock { $0 }) { end.yield() } }
            return try await reconcile(key, turn)
        }
        for key in keys { controller.queue.add(key) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await controller.run() }
            for await _ in ends { break }
            group.cancelAll()
        }
        return (worked.withLock { $0 }, waited.withLock { $0 })
    }

    @Test(.timeLimit(.minutes(30))) func everyKeyIsWorkedOnOnce() async {
        let (worked, waited) = await run(keys: ["a", "b", "a", "c"], until: { $0.count == 3 }) { _, _ in .done }
        #expect(worked.sorted() == ["a", "b", "c"])
        #expect(waited.isEmpty)
    }

    @Test(.timeLimit(.minutes(30))) func failuresAreTriedAgainAfterGrowingPauses() async {
        struct Failure: Error {}
        let (worked, waited) = await run(keys: ["a"], until: { $0.count == 4 }) { _, turn in
            if turn < 4 { throw Failure() }
            return .done
        }
        #expect(worked == ["a", "a", "a", "a"])
        #expect(waited == [.milliseconds(5), .milliseconds(10), .milliseconds(20)])
    }

    @Test("What is due in thousands of years, or after that, is waited for in pieces", .timeLimit(.minutes(30)))
    func farTimes() async {
        let (worked, waited) = await run(keys: ["a", "b", "c"], until: { $0.count == 4 }) { key, turn in
            if key == "a", turn == 1 { return .again(after: .seconds(Int64.max)) }
            if key == "b", turn == 1 { return .again(after: .seconds(7200)) }
            return .done
        }
        #expect(worked.last == "b")
        #expect(waited.max() ?? .zero <= .seconds(3600))
    }

    @Test("A server that asks to wait for ever is asked again all the same", .timeLimit(.minutes(30)))
    func endlessRetryAfter() async {
        let (_, waited) = await run(keys: ["a"], until: { $0.count == 2 }) { _, turn in
            if turn == 1 {
                throw APIError(
                    .status(code: 429, reason: "TooManyRequests", message: ""), request: "GET /",
                    retryAfter: .seconds(Int64.max))
            }
            return .done
        }
        #expect(waited == [.seconds(300)])
    }

    @Test(.timeLimit(.minutes(30))) func whatTheServerAsksToWaitCounts() async {
        let (_, waited) = await run(keys: ["a"], until: { $0.count == 2 }) { _, turn in
            if turn == 1 {
                throw APIError(
                    .status(code: 429, reason: "TooManyRequests", message: ""), request: "", retryAfter: .seconds(7))
            }
            return .done
        }
        #expect(waited == [.seconds(7)])
    }

    @Test(.timeLimit(.minutes(30))) func keysAskToBeLookedAtAgain() async {
        let (worked, waited) = await run(keys: ["a"], until: { $0.count == 3 }) { _, turn in
            turn < 3 ? .again(after: .seconds(40)) : .done
        }
        #expect(worked.count == 3)
        #expect(waited == [.seconds(40), .seconds(40)])
    }

    @Test("Whoever loses leadership and gets it back works again", .timeLimit(.minutes(30)))
    func runsAgain() async {
        let (ends, end) = AsyncStream<String>.makeStream()
        let controller = Controller<String>("test", logger: Logger(label: "test")) { key in
            end.yield(key)
            return .done
        }
        var worked = ends.makeAsyncIterator()
        for key in ["a", "b"] {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await controller.run() }
                controller.queue.add(key)
                #expect(await worked.next() == key)
                group.cancelAll()
            }
        }
    }
}
