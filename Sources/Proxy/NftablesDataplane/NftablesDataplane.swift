public import Dataplane
internal import LinuxSystem
public import Logging
public import NetworkAddress
internal import Nftables
internal import NftablesServices
public import ServiceModel

/// The nftables backend for one IP family: one table, programmed over netlink.
///
/// All services share a fixed set of chains and maps (see ``TableDefinition``); a change of a Service changes only map
/// elements.
public actor NftablesDataplane: Dataplane {
    public nonisolated let family: IPFamily
    private nonisolated let executor: BlockingExecutor
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    private var table: NftablesTable
    private var state: NftablesState

    /// Opens the netlink socket. Fails with a message for the user if this kernel has no nf_tables or the process lacks
    /// CAP_NET_ADMIN.
    public init(configuration: NftablesConfiguration, logger: Logger) throws(DataplaneError) {
        family = configuration.family
        executor = BlockingExecutor(label: "nftables-\(configuration.family.rawValue)")
        state = NftablesState(configuration: configuration)
        table = try DataplaneError.wrapping { () throws(SystemError) in
            try NftablesTable(
                family: configuration.family, name: configuration.table, layout: TableDefinition.layout,
                logger: logger)
        }
    }

    public func apply(_ delta: consuming FamilyDelta) throws(DataplaneError) -> ApplyReport {
        var plan = Plan()
        if table.isKnown {
            plan = state.apply(consume delta)
        } else {
            // What is compared anyway needs no plan of what changed.
            state.take(consume delta)
        }
        let report = try DataplaneError.wrapping { () throws(SystemError) in
            try table.apply(plan) { kernel throws(SystemError) in try state.reconcile(with: kernel) }
        }
        return ApplyReport(report, problems: state.takeProblems())
    }

    public func verify() throws(DataplaneError) -> ApplyReport {
        let report = try DataplaneError.wrapping { () throws(SystemError) in
            try table.verify {
                state.catchUp()
            } orElse: { kernel throws(SystemError) in
                try state.reconcile(with: kernel)
            }
        }
        return ApplyReport(report, problems: state.takeProblems())
    }

    public func removeAll() throws(DataplaneError) { _ = try removeTable() }

    /// - Returns: whether there was one.
    func removeTable() throws(DataplaneError) -> Bool {
        try DataplaneError.wrapping { () throws(SystemError) in try table.remove() }
    }
}
