package import NetworkAddress
package import Nftables

extension SetName {
    package static let hairpin = SetName(rawValue: "hairpin")
}

/// The set of endpoints that may reach themselves through a Service; such connections are masqueraded.
package struct HairpinPairs: Sendable {
    package static let set = SetDefinition(
        name: .hairpin, key: [.source, .address], comment: "endpoints that were sent back to themselves")

    private var uses = UseCounts<IPAddress>()
    /// Unneeded pairs in the set. They do no harm, so the next verification deletes them, not the transaction that
    /// removes the endpoint.
    package private(set) var stale: Set<IPAddress> = []

    package init() {}

    /// Matches a connection of an endpoint to itself.
    package static func match(_ builder: inout RuleBuilder) {
        builder.lookup([.sourceAddress, .destinationAddress], inSet: SetName.hairpin.rawValue)
    }

    /// Adds the endpoints of one Service port when the kernel's set is unknown.
    package mutating func retain(_ addresses: Set<IPAddress>) {
        for address in addresses { _ = uses.retain(address) }
    }

    /// Changes the endpoints of one Service port.
    package mutating func change(_ old: Set<IPAddress>, to new: Set<IPAddress>, _ plan: inout Plan) {
        for address in new.subtracting(old) where uses.retain(address) {
            if stale.remove(address) == nil { plan.add(Self.pair(address), to: .hairpin) }
        }
        for address in old.subtracting(new) where uses.release(address) { stale.insert(address) }
    }

    /// Deletes unneeded pairs.
    package mutating func deleteStale(_ plan: inout Plan) {
        for address in stale.sorted() { plan.delete(Self.pair(address), from: .hairpin) }
        stale = []
    }

    /// Records exactly the needed pairs as desired.
    package mutating func want(_ comparison: inout TableComparison) {
        stale = []
        for address in uses.items { comparison.want(.hairpin, Self.pair(address)) }
    }

    private static func pair(_ address: IPAddress) -> Element {
        Element(key: ElementKey(address: address.value, source: address.value))
    }
}
