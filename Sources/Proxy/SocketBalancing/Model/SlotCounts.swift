import NetworkAddress
import ServiceModel

/// How often slots were used, to tell what is new since the last reading.
struct SlotCounts: Sendable {
    struct Count: Hashable, Sendable {
        var endpoint: EndpointAddress
        var uses: UInt32
    }

    private var last: [SocketMaps.Slot: Count] = [:]
    /// An address that leads to a list, by its number: no number is used again.
    private var destinations: [UInt32: FrontendKey] = [:]

    /// Whether some list that was used is not known.
    func lacksDestinations(of counts: [SocketMaps.Slot: Count]) -> Bool {
        counts.keys.contains { destinations[$0.list] == nil }
    }

    mutating func setDestinations(_ frontends: [FrontendKey: SocketMaps.Target], _ ports: [UInt32: SocketMaps.Port]) {
        destinations = [:]
        for (key, target) in frontends {
            guard let version = ports[target.port]?[target.list], version.count > 0 else { continue }
            destinations[version.number] = min(key, destinations[version.number] ?? key)
        }
    }

    /// - Parameter counts: of all slots that were ever used; a slot that got another endpoint counts from 0.
    /// - Returns: the uses since the last call.
    mutating func take(_ counts: [SocketMaps.Slot: Count]) -> [FlowPath: Int] {
        var changes: [FlowPath: Int] = [:]
        for (slot, count) in counts {
            let before = last[slot].map { $0.endpoint == count.endpoint && $0.uses <= count.uses ? $0.uses : 0 } ?? 0
            guard count.uses > before, let destination = destinations[slot.list] else { continue }
            let path = FlowPath(
                transport: destination.transport, destination: EndpointAddress(destination.ip, destination.port),
                endpoint: count.endpoint)
            changes[path, default: 0] += Int(count.uses - before)
        }
        last = counts
        return changes
    }
}
