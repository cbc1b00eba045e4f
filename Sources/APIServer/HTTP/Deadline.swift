/// Work that must end in time.
enum Deadline {
    /// - Throws: ``StatusError/timeout`` if the work took longer; it is cancelled then.
    static func run<Value: Sendable>(
        for limit: Duration, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                // Cancelled when the work has ended.
                try? await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let value = first else { throw StatusError.timeout }
            return value
        }
    }
}
