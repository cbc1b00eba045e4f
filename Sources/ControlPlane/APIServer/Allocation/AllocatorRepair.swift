import APIObjects
import APIResources
import JSONStream
import Logging
import NetworkAddress
import ObjectStore

/// Fills the allocators from the Services that are stored, which are the truth, and has a shared store hold what they
/// claim.
struct AllocatorRepair: Sendable {
    /// As upstream's.
    private static let interval = Duration.seconds(180)

    let cache: WatchCache
    let allocators: Allocators
    let store: any ObjectStore
    let logger: Logger

    /// At the start: nothing is taken yet.
    func fill() throws {
        for stored in cache.snapshot(.services).objects {
            let held = ServiceStrategy.held(try stored.decoded()["spec"] ?? [:])
            allocators.withLock { state in
                for address in held.addresses {
                    do {
                        try state.addresses[address.family]?.take(address)
                    } catch {
                        logger.warning(
                            "a stored cluster IP cannot be allocated",
                            metadata: ["service": "\(stored.key)", "address": "\(address)", "why": "\(error)"])
                    }
                }
                for port in held.ports {
                    do {
                        try state.ports.take(port)
                    } catch {
                        logger.warning(
                            "a stored node port cannot be allocated",
                            metadata: ["service": "\(stored.key)", "port": "\(port)", "why": "\(error)"])
                    }
                }
            }
        }
    }

    // MARK: Shared stores

    private typealias Held = (addresses: [IPAddress], ports: [Int])

    /// Has the allocators learn what other servers do.
    static func follow(_ cache: WatchCache, _ allocators: Allocators) {
        cache.observe(.services) { event in
            let none: Held = ([], [])
            let before = event.previous.map { held($0) } ?? none
            let now = event.kind == .deleted ? none : held(event.object)
            allocators.note(taken: now, freed: before)
        }
        cache.observe(.ipAddresses) { event in
            guard let name = event.object.key.split(separator: "/").last, let address = IPAddress(String(name)) else {
                return
            }
            let (none, one): (Held, Held) = (([], []), ([address], []))
            let isGone = event.kind == .deleted
            allocators.note(taken: isGone ? none : one, freed: isGone ? one : none)
        }
    }

    private static func held(_ service: CachedObject) -> Held {
        ServiceStrategy.held((try? service.decoded())?["spec"] ?? [:])
    }

    /// Brings claims and Services together: at the start, and from time to time until cancelled, since a store may have
    /// been written to by others.
    func run() async throws {
        while true {
            do {
                try await repair()
            } catch let error as StoreError {
                logger.warning("what Services claim could not be repaired", metadata: ["error": "\(error)"])
            }
            try await Task.sleep(for: Self.interval)
        }
    }

    func repair() async throws {
        // What is claimed now belongs to Services of now, or of never.
        let claimed = try await store.list(prefix: AllocationClaims.portPrefix, after: nil, limit: nil)
        try await cache.catchUp()
        let addresses = Dictionary(
            cache.snapshot(.ipAddresses).objects.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
        let ports = Dictionary(claimed.objects.map { ($0.key, $0.revision) }, uniquingKeysWith: { $1 })
        var unclaimed = ports
        for (key, object) in addresses where Self.isOurs(object) { unclaimed[key] = object.revision }
        let claims = AllocationClaims(cache: cache)
        for service in cache.snapshot(.services).objects {
            let held = Self.held(service)
            var reservation = Reservation(allocators)
            reservation.takenAddresses = held.addresses.filter { addresses[AllocationClaims.key($0)] == nil }
            reservation.takenPorts = held.ports.filter { ports[AllocationClaims.key(port: $0)] == nil }
            for port in held.ports { unclaimed[AllocationClaims.key(port: port)] = nil }
            for address in held.addresses { unclaimed[AllocationClaims.key(address)] = nil }
            for change in claims.changes(reservation, Self.name(service)) { try await settle(change, of: service) }
        }
        for (key, revision) in unclaimed {
            logger.warning("a claim of no Service is removed", metadata: ["key": "\(key)"])
            // Another server may have been faster.
            _ = try await store.deleteIfExpected(key, .revision(revision))
        }
    }

    /// Makes a claim that a Service lacks. The Service is there before and after: its removal would be the claim's.
    private func settle(_ claim: StoreChange, of service: CachedObject) async throws {
        guard let value = claim.value else { return }
        guard try await store.putIfExpected(claim.key, value, .absent, lifetime: nil) != nil else { return }
        logger.info("a Service's claim is made", metadata: ["service": "\(service.key)", "key": "\(claim.key)"])
    }

    /// Whether an IPAddress was made for a Service; users make others.
    private static func isOurs(_ object: CachedObject) -> Bool {
        object.labels[AllocationClaims.managerLabel] == AllocationClaims.manager
    }

    private static func name(_ service: CachedObject) -> AllocationClaims.ServiceName {
        let parts = service.key.split(separator: "/").suffix(2).map(String.init)
        return AllocationClaims.ServiceName(namespace: parts.first ?? "", name: parts.last ?? "")
    }
}
