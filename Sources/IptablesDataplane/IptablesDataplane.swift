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
    private var filter = TableKeeper(.filter)
    private var nat = TableKeeper(.nat)
    /// Whether the kernel holds what is wanted, as far as we know.
    private var isAchieved = false

    /// Opens the tables. Fails with a message fit for the user if this kernel has none, or the process may not.
    public init(configuration: IptablesConfiguration, logger: Logger) throws(DataplaneError) {
        family = configuration.family
        executor = BlockingExecutor(label: "iptables-\(configuration.family.rawValue)")
        self.logger = logger
        socket = try Self.openTables(configuration.family)
        let hasSCTP = socket.hasMatch("sctp", revision: 0)
        if !hasSCTP { logger.warning("this kernel has no xt_sctp: SCTP services are left out") }
        state = IptablesState(configuration: configuration, unsupported: hasSCTP ? [] : [.sctp])
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

    public func removeAll() throws(DataplaneError) {
        isAchieved = false
        nat.forget()
        filter.forget()
        do throws(TableFailure) {
            let lock = try Self.lock()
            for table in try Self.existingTables(family) {
                var keeper = TableKeeper(table)
                _ = try keeper.commit(nil, orAll: { TableAssembly.Wanted(removingAllOf: family) }, socket)
            }
            _ = consume lock
        } catch {
            throw explained(error)
        }
    }

    /// The tables that this network namespace has. Asking the kernel for another one would make it.
    private static func existingTables(_ family: IPFamily) throws(TableFailure) -> [Table] {
        let path = family == .ipv4 ? "/proc/net/ip_tables_names" : "/proc/net/ip6_tables_names"
        guard let names = TextFile.read(path) else { return Table.allCases }
        let existing = Set(names.split(separator: "\n"))
        return Table.allCases.filter { existing.contains($0.rawValue[...]) }
    }

    // MARK: Commits

    /// Commits edits or, without any, everything that is wanted.
    ///
    /// New refusals come before, old ones go after the change of the nat table: at no time is a connection neither
    /// translated nor refused.
    private func commit(_ edits: [Table: ChainEdits]?) throws(DataplaneError) -> ApplyReport {
        let wasAchieved = isAchieved
        isAchieved = false
        var report = ApplyReport()
        do throws(TableFailure) {
            let lock = try Self.lock()
            try commit(.filter, edits, wasAchieved, &report)
            try commit(.nat, edits, wasAchieved, &report)
            let rest = state.finish()
            if !rest.isEmpty { try commit(.filter, [.filter: rest], wasAchieved, &report) }
            _ = consume lock
        } catch {
            nat.forget()
            filter.forget()
            throw explained(error)
        }
        isAchieved = true
        return report
    }

    private static func lock() throws(TableFailure) -> XtablesLock {
        do throws(SystemError) { return try XtablesLock() } catch { throw .system(error) }
    }

    private func commit(
        _ table: Table, _ edits: [Table: ChainEdits]?, _ wasAchieved: Bool, _ report: inout ApplyReport
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
        if let differences = outcome.differences, wasAchieved || differences.hadOurs {
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

    // MARK: Errors

    private func explained(_ failure: TableFailure) -> DataplaneError {
        switch failure {
        case .system(let error):
            if error.code == ENOENT, let missing = missingExtension() {
                return DataplaneError(
                    operation: error.operation, code: error.code,
                    message: "this kernel lacks \(missing), which iptables mode needs; load it, or use nftables mode")
            }
            return Self.explained(error)
        case .format(let table, let error):
            return DataplaneError(
                operation: "understand iptables table \(table.rawValue)", message: error.description)
        }
    }

    private func missingExtension() -> String? {
        let needed: [(StaticString, UInt8)] = [
            ("tcp", 0), ("udp", 0), ("comment", 0), ("conntrack", 3), ("addrtype", 1), ("mark", 1), ("statistic", 0),
            ("recent", 1),
        ]
        return needed.first { !socket.hasMatch($0.0, revision: $0.1) }.map { "the match xt_\($0.0)" }
    }

    private static func explained(_ error: SystemError) -> DataplaneError {
        let hint =
            switch error.code {
            case EPERM, EACCES: " (run as root or with the capabilities CAP_NET_ADMIN and CAP_NET_RAW)"
            case ENOPROTOOPT, ENOENT, EOPNOTSUPP:
                "; this kernel has no legacy iptables tables: load the modules iptable_nat and iptable_filter (and "
                    + "ip6table_nat and ip6table_filter), if it has them, or use nftables mode (--proxy-mode nftables)"
            default: ""
            }
        return DataplaneError(operation: error.operation, code: error.code, message: error.message + hint)
    }
}
