public import Logging

/// Reconciles the world with the API, one key at a time: when anything about a key changes, the reconcile function
/// looks at the key's whole state and does what is missing.
public struct Controller<Key: Hashable & Sendable>: Sendable {
    public enum Result: Hashable, Sendable {
        case done
        /// Reconcile the key again after this time, even without a change.
        case again(after: Duration)
    }

    /// Called for one key at a time, and for different keys concurrently. If it throws, it is called again, after a
    /// growing pause.
    public typealias Reconcile = @Sendable (Key) async throws -> Result

    private static var longestTimer: Duration { .seconds(3600) }
    /// The longest wait that a server may request; without a limit, the client might never ask again.
    private static var longestRetryAfter: Duration { .seconds(300) }

    public let name: String
    public let queue: WorkQueue<Key>
    private let workers: Int
    private let clock: RetryClock
    private let logger: Logger
    private let reconcile: Reconcile

    /// - Parameter workers: how many keys are reconciled concurrently.
    public init(
        _ name: String, workers: Int = 4, clock: RetryClock = .system, observer: WorkQueueObserver = .none,
        logger: Logger, reconcile: @escaping Reconcile
    ) {
        self.name = name
        self.workers = workers
        self.clock = clock
        self.logger = logger
        self.reconcile = reconcile
        queue = WorkQueue(clock: clock, observer: observer)
    }

    /// Runs until the task is cancelled, which also cancels the reconciles in progress.
    public func run() async {
        await withDiscardingTaskGroup { group in
            var timers = ArmedTimers()
            for await _ in queue.wakes() {
                guard !Task.isCancelled else { break }
                while let key = queue.take(limit: workers) {
                    group.addTask { queue.finish(key, await work(key)) }
                }
                // Whatever is far away, by what users write, is looked at again before: clocks do not take every time.
                guard let wait = queue.timeToNext().map({ min($0, Self.longestTimer) }) else { continue }
                let now = clock.now()
                guard timers.arm(for: now + wait, now: now) else { continue }
                group.addTask { if (try? await clock.sleep(wait)) != nil { queue.wake() } }
            }
            group.cancelAll()
        }
    }

    private func work(_ key: Key) async -> WorkQueue<Key>.Outcome {
        do {
            switch try await reconcile(key) {
            case .done: return .done
            case .again(let delay): return .again(after: delay)
            }
        } catch let error as APIError {
            // Somebody else changed it first: nothing to tell anyone.
            let level: Logger.Level = error.isConflict || error.cause == .cancelled ? .debug : .warning
            log(level, key, error)
            return .failed(atLeast: min(error.retryAfter ?? .zero, Self.longestRetryAfter))
        } catch {
            log(error is CancellationError ? .debug : .warning, key, error)
            return .failed(atLeast: .zero)
        }
    }

    private func log(_ level: Logger.Level, _ key: Key, _ error: any Error) {
        logger.log(
            level: level, "\(name): \(key) is tried again",
            metadata: ["error": "\(error)", "failures": "\(queue.failureCount(key) + 1)"])
    }
}
