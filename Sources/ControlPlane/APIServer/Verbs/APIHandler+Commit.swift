import APIResources
import ObjectStore

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
