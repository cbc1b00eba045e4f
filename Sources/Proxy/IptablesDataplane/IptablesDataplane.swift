public import Dataplane
internal import Glibc
internal import LinuxSystem
public import Logging
public import NetworkAddress
public import ServiceModel

/// The iptables backend for one IP family: the legacy tables `nat` and `filter`, read and replaced through the kernel's
/// own interface.
///
/// Both tables are shared with other programs. A table can only be replaced whole, so each commit takes the lock that
/// iptables takes, reads the table, and puts our changes into what it finds.
public actor IptablesDataplane: Dataplane {
    public nonisolated let family: IPFamily
    private nonisolated let executor: BlockingExecutor
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    private let logger: Logger
    private let socket: TableSocket
    private var state: IptablesState
    private var filter: TableKeeper
    private var nat: TableKeeper
    /// Whether the kernel holds what is wanted, as far as we know.
    private var isAchieved = false
    /// Whether the tables were put in order once: what differs after a failure is our own work.
    private var hasCommitted = false
    private var hasNotedAffinity = false

    /// Opens the tables. Fails with a message for the user if this kernel has none, or the process lacks the privilege.
    public init(configuration: IptablesConfiguration, logger: Logger) throws(DataplaneError) {
        family = configuration.family
        executor = BlockingExecutor(label: "iptables-\(configuration.family.rawValue)")
        self.logger = logger
        filter = TableKeeper(.filter, configuration.engine)
        nat = TableKeeper(.nat, configuration.engine)
        socket = try Self.openTables(configuration.family)
        try Self.checkNftTables(configuration.family, logger)
        let hasSCTP = socket.hasMatch("sctp", revision: 0)
        if !hasSCTP { logger.warning("this kernel has no xt_sctp: SCTP services are left out") }
        state = IptablesState(configuration: configuration, unsupported: hasSCTP ? [] : [.sctp])
    }

    private static func checkNftTables(_ family: IPFamily, _ logger: Logger) throws(DataplaneError) {
        let others: NftCompatibilityTables
        do throws(SystemError) {
            others = try NftCompatibilityTables(readingFrom: family)
        } catch {
            throw DataplaneError(
                operation: "look for another service proxy in nf_tables", code: error.code, message: error.message)
        }
        guard !others.holdsServiceProxy else {
            throw DataplaneError(
                operation: "proxy mode iptables",
                message: "this host's iptables rules are in nf_tables (iptables-nft), and another service proxy's "
                    + "(KUBE-SERVICES) are among them; remove those with that proxy's --cleanup, or use nftables mode "
                    + "(--proxy-mode nftables)")
        }
        guard !others.isEmpty else { return }
        logger.warning(
            """
            other programs of this host keep their iptables rules in nf_tables (iptables-nft); ours are in the legacy \
            tables, and packets pass both. Where that is not wanted, use nftables mode
            """,
            metadata: [
                "family": "\(family.rawValue)", "tables": "\(others.chains.keys.sorted().joined(separator: ","))",
            ])
    }

    private static func openTables(_ family: IPFamily) throws(DataplaneError) -> TableSocket {
        do throws(SystemError) {
            let socket = try TableSocket(family)
            for table in Table.programmed { _ = try socket.read(table.kernelName) }
            return socket
        } catch {
            throw explained(error)
        }
    }

    // MARK: Dataplane

    public func apply(_ delta: FamilyDelta) throws(DataplaneError) -> ApplyReport {
        noteAffinity(delta)
        let edits = state.apply(delta)
        guard isAchieved, let edits else { return try commit(nil) }
        guard edits.values.contains(where: { !$0.isEmpty }) else { return ApplyReport() }
        return try commit(edits)
    }

    public func verify() throws(DataplaneError) -> ApplyReport {
        if isAchieved {
            do throws(SystemError) {
                let isUnchanged = try nat.isUnchanged(socket)
                if isUnchanged, try filter.isUnchanged(socket) { return ApplyReport() }
            } catch {
                throw Self.explained(error)
            }
        }
        return try commit(nil)
    }

    public func looksAsLeft() throws(DataplaneError) -> Bool {
        do throws(SystemError) {
            guard try nat.looksUnchanged(socket) else { return false }
            return try filter.looksUnchanged(socket)
        } catch {
            throw Self.explained(error)
        }
    }

    public func removeAll() throws(DataplaneError) {
        isAchieved = false
        nat.forget()
        filter.forget()
        _ = try Self.removeAll(family)
    }

    /// Removes the chains of any service proxy, ours and kube-proxy's, and the jumps to them. Kubelet's chains stay. It
    /// does not create missing tables, nor fail if the kernel has none.
    ///
    /// - Returns: whether there was anything.
    public static func removeAll(_ family: IPFamily) throws(DataplaneError) -> Bool {
        let tables = existingTables(family)
        guard !tables.isEmpty else { return false }
        var hasChanged = false
        do throws(TableFailure) {
            let socket = try open(family)
            let lock = try lock()
            for table in tables {
                var keeper = TableKeeper(table, .blob)
                let outcome = try keeper.commit(nil, orAll: { TableAssembly.Wanted(removingAllOf: family) }, socket)
                hasChanged = hasChanged || outcome.replaced
            }
            _ = consume lock
        } catch {
            throw explained(error, family)
        }
        return hasChanged
    }

    /// The tables that this network namespace has.
    private static func existingTables(_ family: IPFamily) -> [Table] {
        let path = family == .ipv4 ? "/proc/net/ip_tables_names" : "/proc/net/ip6_tables_names"
        let existing = Set((TextFile.read(path) ?? "").split(separator: "\n"))
        return Table.allCases.filter { existing.contains($0.rawValue[...]) }
    }

    private static func open(_ family: IPFamily) throws(TableFailure) -> TableSocket {
        do throws(SystemError) { return try TableSocket(family) } catch { throw .system(error) }
    }

    // MARK: Session affinity

    /// xt_recent remembers so many clients of an endpoint; its own value is 100. It can only be set when the module is
    /// loaded.
    private func noteAffinity(_ delta: FamilyDelta) {
        guard !hasNotedAffinity, delta.updated.values.contains(where: { $0.service.affinityTimeout != nil }) else {
            return
        }
        hasNotedAffinity = true
        let path = "/sys/module/xt_recent/parameters/ip_list_tot"
        let text = TextFile.read(path)?.filter(\.isNumber) ?? ""
        let clients = Int(text) ?? 100
        guard clients < 10_000 else { return }
        logger.notice(
            """
            session affinity: the kernel remembers the last \(clients) clients of each endpoint; for more, set xt_recent's \
            parameter ip_list_tot where the module is loaded (options xt_recent ip_list_tot=10000 in /etc/modprobe.d, \
            or xt_recent.ip_list_tot=10000 on the kernel's command line), or use nftables mode
            """,
            metadata: ["family": "\(family.rawValue)"])
    }

    // MARK: Commits

    /// Commits edits or, without any, everything that is wanted.
    ///
    /// New refusals come before, old ones go after the change of the nat table: at no time is a connection neither
    /// translated nor refused.
    private func commit(_ edits: [Table: ChainEdits]?) throws(DataplaneError) -> ApplyReport {
        isAchieved = false
        var report = ApplyReport()
        do throws(TableFailure) {
            let lock = try Self.lock()
            try commit(.filter, edits, &report)
            try commit(.nat, edits, &report)
            let rest = state.finish()
            if !rest.isEmpty { try commit(.filter, [.filter: rest], &report) }
            _ = consume lock
        } catch {
            nat.forget()
            filter.forget()
            throw Self.explained(error, family)
        }
        isAchieved = true
        hasCommitted = true
        return report
    }

    private static func lock() throws(TableFailure) -> XtablesLock {
        do throws(SystemError) { return try XtablesLock() } catch { throw .system(error) }
    }

    private func commit(
        _ table: Table, _ edits: [Table: ChainEdits]?, _ report: inout ApplyReport
    ) throws(TableFailure) {
        let wanted = edits.map { $0[table] ?? ChainEdits() }
        if let wanted, wanted.isEmpty { return }
        let state = state
        let encoded = wanted?.wanted(family)
        let outcome: TableKeeper.Outcome
        switch table {
        case .nat: outcome = try nat.commit(encoded, orAll: { state.wanted(.nat) }, socket)
        default: outcome = try filter.commit(encoded, orAll: { state.wanted(.filter) }, socket)
        }
        guard outcome.replaced else { return }
        if let differences = outcome.differences, outcome.hasDrifted || !hasCommitted && differences.hadOurs {
            report.repaired = true
            logger.notice(
                "the \(table.rawValue) table was not as wanted",
                metadata: ["family": "\(family.rawValue)", "differences": "\(differences)"])
        }
        // The replacement, and the counters that are added to it.
        report.messages += 2
        report.bytes += outcome.bytes
        report.added += outcome.added
        report.removed += outcome.removed
        logger.debug(
            "replaced iptables table",
            metadata: [
                "family": "\(family.rawValue)", "table": "\(table.rawValue)", "bytes": "\(outcome.bytes)",
                "added": "\(outcome.added)", "removed": "\(outcome.removed)",
            ])
    }
}
