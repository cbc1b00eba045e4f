import Logging
import ObjectStore

/// Asks a store that cannot be reached again and again.
struct StoreRetry: Sendable {
    private static let shortest = Duration.milliseconds(100)
    private static let longest = Duration.seconds(2)

    /// After that it gives up; nil: never.
    let limit: Duration?
    let logger: Logger

    /// - Throws: any other failure of the store, and those that did not go away.
    func run<Value: Sendable>(_ body: () async throws(StoreError) -> Value) async throws -> Value {
        let began = ContinuousClock.now
        var pause = Self.shortest
        while true {
            do throws(StoreError) {
                return try await body()
            } catch {
                let isPassing =
                    switch error {
                    case .unavailable, .timedOut: true
                    default: false
                    }
                let isOver = limit.map { ContinuousClock.now - began + pause > $0 } ?? false
                guard isPassing, !isOver, !Task.isCancelled else { throw error }
                logger.warning("the store cannot be reached; it is tried again", metadata: ["error": "\(error)"])
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, Self.longest)
        }
    }
}
