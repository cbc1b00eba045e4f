import ObjectStore

extension ObjectStore {
    /// As `put`, but nil if the key is not as expected.
    func putIfExpected(
        _ key: String, _ value: [UInt8], _ expecting: Expectation, lifetime: Duration?
    ) async throws -> Revision? {
        do {
            return try await put(key, value, expecting: expecting, lifetime: lifetime)
        } catch {
            if case .conflict = error { return nil }
            throw error
        }
    }

    /// As `delete`, but nil if the key is not as expected.
    func deleteIfExpected(_ key: String, _ expecting: Expectation) async throws -> Revision? {
        do {
            return try await delete(key, expecting: expecting)
        } catch {
            if case .conflict = error { return nil }
            throw error
        }
    }
}

/// Another writer was faster; the request begins again with the new state.
struct LostRace: Error {}
