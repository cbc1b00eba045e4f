import KubeAPI

/// Puts addresses with the same ports together, as clients of v1 Endpoints expect them. Pure.
struct EndpointSubsets {
    private struct Key: Hashable {
        var ip: String
        var uid: String
    }

    private struct Entry: Hashable {
        var key: Key
        var isReady: Bool
    }

    private var addresses: [Key: Endpoints.Address] = [:]
    /// Who has a port, and whether it is ready there; nil for those without ports.
    private var members: [Endpoints.Port?: [Key: Bool]] = [:]

    mutating func add(_ address: Endpoints.Address, isReady: Bool, ports: [Endpoints.Port]) {
        for port in ports { add(address, isReady, port) }
    }

    /// For headless Services, which may have no ports.
    mutating func addWithoutPorts(_ address: Endpoints.Address, isReady: Bool) { add(address, isReady, nil) }

    private mutating func add(_ address: Endpoints.Address, _ isReady: Bool, _ port: Endpoints.Port?) {
        let key = Key(ip: address.ip, uid: address.targetRef?.uid ?? "")
        if addresses[key] == nil { addresses[key] = address }
        // Not ready once is not ready.
        members[port, default: [:]][key] = isReady && members[port]?[key] ?? true
    }

    /// One subset for all ports that the same addresses have in the same state. Everything is sorted, so that equal
    /// endpoints are equal objects.
    var subsets: [Endpoints.Subset] {
        var ports: [Set<Entry>: [Endpoints.Port]] = [:]
        for (port, ready) in members {
            let entries = Set(ready.map { Entry(key: $0.key, isReady: $0.value) })
            ports[entries, default: []] += port.map { [$0] } ?? []
        }
        let subsets = ports.map { entries, ports in
            Endpoints.Subset(
                addresses: sorted(entries.filter(\.isReady)), notReadyAddresses: sorted(entries.filter { !$0.isReady }),
                ports: ports.sorted())
        }
        return subsets.sorted { $0.ports.lexicographicallyPrecedes($1.ports) }
    }

    private func sorted(_ entries: Set<Entry>) -> [Endpoints.Address] {
        entries.map(\.key).sorted { ($0.ip, $0.uid) < ($1.ip, $1.uid) }.compactMap { addresses[$0] }
    }

    /// Cuts subsets to so many addresses: ready ones stay before others, and each subset keeps its share.
    /// - Returns: whether some were left out.
    static func truncate(_ subsets: inout [Endpoints.Subset], to limit: Int) -> Bool {
        let ready = subsets.reduce(0) { $0 + $1.addresses.count }
        let unready = subsets.reduce(0) { $0 + $1.notReadyAddresses.count }
        guard ready + unready > limit else { return false }
        let list: WritableKeyPath<Endpoints.Subset, [Endpoints.Address]> =
            ready > limit ? \.addresses : \.notReadyAddresses
        let room = ready > limit ? limit : limit - ready
        let total = ready > limit ? ready : unready
        var left = room
        for index in subsets.indices {
            if ready > limit { subsets[index].notReadyAddresses = [] }
            let count = subsets[index][keyPath: list].count
            // Rounded up: the last subsets may get less.
            let share = min(left, (count * room + total - 1) / total)
            subsets[index][keyPath: list] = Array(subsets[index][keyPath: list].prefix(share))
            left -= min(share, count)
        }
        return true
    }
}
