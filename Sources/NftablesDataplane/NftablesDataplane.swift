internal import CNftables
public import Dataplane
internal import Glibc
internal import LinuxSystem
public import Logging
public import NetworkAddress
public import ServiceModel

/// The nftables backend for one IP family: one table, programmed over netlink.
///
/// All services share a fixed set of chains and maps (see ``TableDefinition``); a change of a service is a change of
/// map elements. After a commit the expected generation of the ruleset is known, so that a verification costs one
/// message as long as nobody else wrote.
public actor NftablesDataplane: Dataplane {
    public nonisolated let family: IPFamily
    private nonisolated let executor: BlockingExecutor
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    private let table: String
    private let reader: KernelReader
    private let logger: Logger
    private var socket: NetlinkSocket
    private var state: NftablesState
    /// The ruleset's generation that the kernel holds our wanted state at; nil: unknown what it holds.
    private var achieved: UInt32?

    /// How often a commit is tried again because others wrote between reading and committing.
    private static let attempts = 20

    /// Opens the netlink socket. Fails with a message fit for the user if this kernel has no nf_tables or the process
    /// lacks CAP_NET_ADMIN.
    public init(configuration: NftablesConfiguration, logger: Logger) throws(DataplaneError) {
        family = configuration.family
        table = configuration.table
        executor = BlockingExecutor(label: "nftables-\(configuration.family.rawValue)")
        reader = KernelReader(family: configuration.family, table: configuration.table)
        state = NftablesState(configuration: configuration)
        self.logger = logger
        do throws(SystemError) {
            var socket = try NetlinkSocket(protocol: NETLINK_NETFILTER)
            _ = try reader.generation(&socket)
            self.socket = socket
        } catch {
            throw Self.explained(error)
        }
    }

    // MARK: Dataplane

    public func apply(_ delta: FamilyDelta) throws(DataplaneError) -> ApplyReport {
        let plan = state.apply(delta)
        guard let generation = achieved else { return try reconcile() }
        guard !plan.isEmpty else { return ApplyReport() }
        achieved = nil
        do throws(DataplaneError) {
            let report = try commit(plan, generation: nil)
            achieved = generation &+ 1
            return report
        } catch {
            logger.warning("nftables commit failed, reading the table anew", metadata: ["error": "\(error)"])
            return try reconcile()
        }
    }

    public func verify() throws(DataplaneError) -> ApplyReport {
        if let generation = achieved, try currentGeneration() == generation {
            let plan = state.catchUp()
            guard !plan.isEmpty else { return ApplyReport() }
            achieved = nil
            let report = try commit(plan, generation: nil)
            achieved = generation &+ 1
            return report
        }
        return try reconcile()
    }

    /// Removes the table with all that is in it. Not having one is no error.
    public func removeAll() throws(DataplaneError) {
        achieved = nil
        let plan: Plan
        do throws(SystemError) {
            guard try reader.read(&socket).exists else { return }
            plan = .removal
        } catch {
            throw Self.explained(error)
        }
        _ = try commit(plan, generation: nil)
    }

    // MARK: Commits

    /// Makes the kernel hold what is wanted, whatever it holds.
    private func reconcile() throws(DataplaneError) -> ApplyReport {
        achieved = nil
        for _ in 0..<Self.attempts {
            let kernel = try readTable()
            let (plan, tidying) = try state.reconcile(with: kernel)
            var report = ApplyReport()
            if !plan.isEmpty {
                do throws(DataplaneError) {
                    report = try commit(plan, generation: kernel.generation)
                } catch  where error.code == ERESTART {
                    continue
                }
            }
            report.repaired = !plan.isEmpty && kernel.exists
            achieved = kernel.generation &+ (plan.isEmpty ? 0 : 1)
            report.leavesLeftovers = !tidyUp(tidying)
            return report
        }
        throw DataplaneError(
            operation: "commit nftables transaction", code: ERESTART, message: "the ruleset changes all the time")
    }

    /// Removes leftovers; false if that fails. They do no harm, and a later verification tries again.
    private func tidyUp(_ plan: Plan) -> Bool {
        guard !plan.isEmpty, let generation = achieved else { return true }
        do throws(DataplaneError) {
            _ = try commit(plan, generation: nil)
            achieved = generation &+ 1
            return true
        } catch {
            logger.debug("leftover chains could not be removed", metadata: ["error": "\(error)"])
            return false
        }
    }

    private func commit(_ plan: Plan, generation: UInt32?) throws(DataplaneError) -> ApplyReport {
        let first = socket.reserveSequence(1 << 16)
        let transaction = try TransactionEncoder.encode(
            plan, family: family, table: table, firstSequence: first, generation: generation)
        let rejections: [NetlinkSocket.Rejection]
        do throws(SystemError) {
            rejections = try socket.sendBatch(transaction.bytes)
        } catch {
            throw Self.explained(error)
        }
        if let rejection = rejections.first {
            throw DataplaneError(
                operation: "commit nftables transaction", code: rejection.error.code,
                message: "message \(rejection.sequence &- first) of \(transaction.messageCount): "
                    + rejection.error.message)
        }
        logger.debug(
            "nftables transaction",
            metadata: [
                "family": "\(family.rawValue)", "messages": "\(transaction.messageCount)",
                "bytes": "\(transaction.bytes.count)", "added": "\(plan.addedCount)",
                "deleted": "\(plan.deletedCount)",
            ])
        return ApplyReport(
            messages: transaction.messageCount, bytes: transaction.bytes.count, added: plan.addedCount,
            removed: plan.deletedCount)
    }

    private func readTable() throws(DataplaneError) -> KernelTable {
        do throws(SystemError) { return try reader.read(&socket) } catch { throw Self.explained(error) }
    }

    private func currentGeneration() throws(DataplaneError) -> UInt32 {
        do throws(SystemError) { return try reader.generation(&socket) } catch { throw Self.explained(error) }
    }

    private static func explained(_ error: SystemError) -> DataplaneError {
        let hint =
            switch error.code {
            case EPERM: " (run as root or with the capability CAP_NET_ADMIN)"
            case EINVAL, EPROTONOSUPPORT, ENOENT, EOPNOTSUPP:
                " (this kernel may lack nf_tables: load the module nf_tables or use a kernel with CONFIG_NF_TABLES)"
            default: ""
            }
        return DataplaneError(operation: error.operation, code: error.code, message: error.message + hint)
    }
}
