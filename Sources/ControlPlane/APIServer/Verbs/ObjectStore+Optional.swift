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

extension APIHandler {
    /// Writes or removes an object together with what it claims.
    /// - Returns: the revision; nil if the object is not as expected.
    /// - Throws: ``LostRace`` if another server was faster with a claim, which the allocators know then.
    func commit(
        _ change: StoreChange, _ reservation: inout Reservation?, _ service: AllocationClaims.ServiceName
    ) async throws -> Revision? {
        do throws(StoreError) {
            let claims = store.isShared ? reservation.map { self.claims.changes($0, service) } ?? [] : []
            return try await store.commit([change] + claims)
        } catch {
            switch error {
            case .conflict: return nil
            case .taken(let key):
                reservation?.lose(key)
                throw LostRace()
            default: throw error
            }
        }
    }
}

/// Another writer was faster; the request begins again with the new state.
struct LostRace: Error {}
