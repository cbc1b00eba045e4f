import APIObjects
import ObjectStore

/// Keeps something in line with all objects of a kind: its work is done at once and after each change, and again after a
/// while where it could not be done.
struct KindFollower: Sendable {
    let cache: WatchCache
    let definition: ResourceDefinition
    let retryPeriod: Duration

    /// Goes on until cancelled, or until the kind is served no more.
    /// - Parameter update: false if it has to be tried again.
    func run(_ update: @Sendable () async throws -> Bool) async throws {
        while !Task.isCancelled {
            guard case .open(let id, _, _, let stream) = cache.watch(definition, from: .snapshot) else { return }
            defer { cache.endWatch(definition, id: id) }
            var isBehind = try await !update()
            var lastTry = ContinuousClock.now
            for await signal in stream {
                switch signal {
                case .event: isBehind = try await !update()
                case .tick where isBehind && ContinuousClock.now - lastTry > retryPeriod:
                    lastTry = .now
                    isBehind = try await !update()
                case .tick: break
                }
            }
            // The stream ends when the server stops, or when this fell behind.
            try await Task.sleep(for: .seconds(1))
        }
    }
}
