internal import Dataplane
package import Nftables
package import ServiceModel

/// The content of this backend's table, for the benchmark's comparison of ways into the kernel.
package struct NftablesContent: Sendable {
    package static let layout = TableDefinition.layout

    private var state: NftablesState
    private var isMade = false

    package init(_ configuration: NftablesConfiguration) { state = NftablesState(configuration: configuration) }

    /// The plan that applies this change to the current table; the first call creates the table.
    ///
    /// - Throws: an error if libnftnl cannot build a rule.
    package mutating func take(_ delta: FamilyDelta) throws -> Plan {
        guard !isMade else { return state.apply(delta) }
        isMade = true
        state.take(delta)
        return try state.reconcile(with: KernelTable(generation: 0)).plan
    }
}
