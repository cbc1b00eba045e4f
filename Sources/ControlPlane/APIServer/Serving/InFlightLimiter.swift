import APIObjects
import APISecurity
import Synchronization

/// Bounds how many requests are answered at once, apart for those that read and those that write. Watches do not count;
/// members of system:masters are never turned away.
final class InFlightLimiter: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case readOnly
        case mutating
    }

    /// A request that counts until it leaves.
    struct Slot: Sendable {
        fileprivate let limiter: InFlightLimiter
        let kind: Kind

        func leave() { limiter.leave(kind) }
    }

    private let limits: ServerLimits
    private let running = Mutex<(readOnly: Int, mutating: Int)>((0, 0))

    init(_ limits: ServerLimits) { self.limits = limits }

    /// - Returns: nil for requests that do not count.
    /// - Throws: 429 if there is no room.
    func enter(_ attributes: RequestAttributes, _ user: UserInfo) throws(StatusError) -> Slot? {
        guard !attributes.isLongRunning else { return nil }
        let kind: Kind = attributes.isReadOnly ? .readOnly : .mutating
        let limit = kind == .readOnly ? limits.requestsInFlight : limits.mutatingRequestsInFlight
        let hasRoom = running.withLock { running in
            let current = kind == .readOnly ? running.readOnly : running.mutating
            guard limit == 0 || current < limit || user.isPrivileged else { return false }
            if kind == .readOnly { running.readOnly += 1 } else { running.mutating += 1 }
            return true
        }
        guard hasRoom else { throw .tooManyRequests }
        return Slot(limiter: self, kind: kind)
    }

    private func leave(_ kind: Kind) {
        running.withLock { if kind == .readOnly { $0.readOnly -= 1 } else { $0.mutating -= 1 } }
    }

    func count(_ kind: Kind) -> Int { running.withLock { kind == .readOnly ? $0.readOnly : $0.mutating } }
}
