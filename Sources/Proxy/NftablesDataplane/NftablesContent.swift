internal import Dataplane
package import Nftables
package import ServiceModel

/// What this backend's table holds, apart from how it gets there: for the benchmark's comparison of ways into the kernel.
package struct NftablesContent: Sendable {
    package static let layout = TableDefinition.layout

    private var state: NftablesState
    private var isMade = false

    package init(_ configuration: NftablesConfiguration) { state = NftablesState(configuration: configuration) }

    /// The plan that leads from the table as it is to one with this change; the first makes all of it.
    ///
    /// - Throws: what libnftnl cannot build of the rules.
    package mutating func take(_ delta: FamilyDelta) throws -> Plan {
        guard !isMade else { return state.apply(delta) }
        isMade = true
        state.take(delta)
        return try state.reconcile(with: KernelTable(generation: 0)).plan
    }
}
