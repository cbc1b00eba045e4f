package import NetworkAddress
package import Nftables

extension SetName {
    package static let hairpin = SetName(rawValue: "hairpin")
}

/// The set of addresses that a service may send back to themselves; such connections are masqueraded.
package struct HairpinPairs: Sendable {
    package static let set = SetDefinition(
        name: .hairpin, key: [.source, .address], comment: "endpoints that were sent back to themselves")

    private var uses = UseCounts<IPAddress>()
    /// Pairs in the set that nobody needs any more. They do no harm, so they go with the next verification and not in
    /// the transaction of an endpoint that leaves.
    package private(set) var stale: Set<IPAddress> = []

    package init() {}

    /// Matches a connection of an endpoint to itself.
    package static func match(_ builder: inout RuleBuilder) {
        builder.lookup([.sourceAddress, .destinationAddress], inSet: SetName.hairpin.rawValue)
    }

    /// The endpoints of one service port are needed, where nothing is known of what the set holds.
    package mutating func retain(_ addresses: Set<IPAddress>) {
        for address in addresses { _ = uses.retain(address) }
    }

    /// The endpoints of one service port change.
    package mutating func change(_ old: Set<IPAddress>, to new: Set<IPAddress>, _ plan: inout Plan) {
        for address in new.subtracting(old) where uses.retain(address) {
            if stale.remove(address) == nil { plan.add(Self.pair(address), to: .hairpin) }
        }
        for address in old.subtracting(new) where uses.release(address) { stale.insert(address) }
    }

    /// Deletes what nobody needs any more.
    package mutating func deleteStale(_ plan: inout Plan) {
        for address in stale.sorted() { plan.delete(Self.pair(address), from: .hairpin) }
        stale = []
    }

    /// Asks for what is needed and nothing else.
    package mutating func want(_ comparison: inout TableComparison) {
        stale = []
        for address in uses.items { comparison.want(.hairpin, Self.pair(address)) }
    }

    private static func pair(_ address: IPAddress) -> Element {
        Element(key: ElementKey(address: address.value, source: address.value))
    }
}
