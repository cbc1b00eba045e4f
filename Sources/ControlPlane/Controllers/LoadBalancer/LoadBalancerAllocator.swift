import KubeAPI
import NetworkAddress

/// Which Service has which addresses of a pool. Pure.
struct LoadBalancerAllocator: Sendable {
    /// What a Service asks for.
    struct Demand: Hashable, Sendable {
        /// In the order of `spec.ipFamilies`.
        var families: [IPFamily]
        /// Whether one address of the families is enough where the pool has no others.
        var takesFewer = false
        /// The address that it must be.
        var address: IPAddress?
        /// What it has so far, which it keeps where it can.
        var present: [IPAddress] = []
    }

    enum Problem: Error, Hashable, CustomStringConvertible {
        case exhausted(IPFamily)
        case noAddress(String)
        case notInPool(IPAddress)
        case wrongFamily(IPAddress)
        case taken(IPAddress, by: ObjectKey)

        var description: String {
            switch self {
            case .exhausted(let family): "no \(family.rawValue) address for load balancers is free"
            case .noAddress(let text): "\"\(text)\" is no IP address"
            case .notInPool(let address): "the address \(address) is not among those for load balancers"
            case .wrongFamily(let address): "the address \(address) is not of the Service's IP families"
            case .taken(let address, let owner): "the address \(address) belongs to the Service \(owner)"
            }
        }
    }

    private let pool: AddressPool
    private var assigned: [ObjectKey: [IPAddress]] = [:]
    private var owners: [IPAddress: ObjectKey] = [:]
    /// For each range of the pool, the first address that may be free; nil: none is.
    private var cursors: [IPAddress?]

    init(_ pool: AddressPool) {
        self.pool = pool
        cursors = pool.ranges.map(\.lowerBound)
    }

    subscript(service: ObjectKey) -> [IPAddress] { assigned[service] ?? [] }

    var usedCount: Int { owners.count }

    /// Leaves a Service what it shows, as far as it is in the pool and nobody else has it.
    mutating func adopt(_ service: ObjectKey, _ addresses: [IPAddress]) {
        take(addresses.filter { pool.contains($0) && owners[$0] == nil }, service)
    }

    /// Gives a Service what it asks for and takes back what it does not. Where that is impossible, it has nothing.
    mutating func assign(_ service: ObjectKey, _ demand: Demand) throws(Problem) -> [IPAddress] {
        let before = assigned[service] ?? []
        release(service)
        // What the Service shows counts before what was only decided.
        let favourites = (demand.address.map { [$0] } ?? []) + demand.present + before
        if let address = demand.address { try check(address, service, demand) }
        var chosen: [IPAddress] = []
        for family in demand.families {
            let kept = favourites.first { $0.family == family && pool.contains($0) && owners[$0] == nil }
            if let address = kept ?? firstFree(family) {
                chosen.append(address)
            } else if !demand.takesFewer {
                throw .exhausted(family)
            }
        }
        if chosen.isEmpty, let family = demand.families.first { throw .exhausted(family) }
        take(chosen, service)
        return chosen
    }

    private mutating func take(_ addresses: [IPAddress], _ service: ObjectKey) {
        for address in addresses { owners[address] = service }
        assigned[service] = addresses
    }

    private mutating func firstFree(_ family: IPFamily) -> IPAddress? {
        for (index, range) in pool.ranges.enumerated() where range.lowerBound.family == family {
            while let address = cursors[index] {
                if owners[address] == nil { return address }
                cursors[index] =
                    address < range.upperBound ? IPAddress(family: family, value: address.value + 1) : nil
            }
        }
        return nil
    }

    private func check(_ address: IPAddress, _ service: ObjectKey, _ demand: Demand) throws(Problem) {
        guard demand.families.contains(address.family) else { throw .wrongFamily(address) }
        guard pool.contains(address) else { throw .notInPool(address) }
        if let owner = owners[address] { throw .taken(address, by: owner) }
    }

    /// - Returns: whether it had something.
    @discardableResult
    mutating func release(_ service: ObjectKey) -> Bool {
        guard let addresses = assigned.removeValue(forKey: service) else { return false }
        for address in addresses {
            owners[address] = nil
            guard let index = pool.ranges.firstIndex(where: { $0.contains(address) }) else { continue }
            cursors[index] = min(cursors[index] ?? address, address)
        }
        return true
    }
}
