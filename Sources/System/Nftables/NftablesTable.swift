internal import CNftables
internal import Glibc
package import LinuxSystem
package import Logging
internal import Netlink
package import NetworkAddress

/// One of our nf_tables tables in one IP family. Reads and changes it, and knows whether another program wrote
/// meanwhile.
///
/// After a commit the expected generation of the ruleset is known, so that a verification costs one message as long as
/// nobody else wrote. Calls block; use it from an actor with a blocking executor.
package struct NftablesTable: ~Copyable {
    /// Finds the plan that turns the kernel's table into the desired one, and plans that tidy up and may fail.
    package typealias Comparison = (KernelTable) throws(SystemError) -> (plan: Plan, tidying: [Plan])

    private let family: IPFamily
    private let name: String
    private let layout: TableLayout
    private let reader: KernelReader
    private let logger: Logger
    private var socket: NetlinkSocket
    /// The ruleset's generation that the kernel holds our wanted state at; nil: unknown what it holds.
    /// Commits of this process to other tables are not counted.
    private var achieved: UInt32?
    private let commits: RulesetCommits
    private var identity: RulesetCommits.Table { RulesetTable(family, name) }
    /// How many times the whole table was read.
    package private(set) var readCount = 0
    /// Whether the table has been compared: what differs then is our own work, unless we thought that it is achieved.
    private var hasReconciled = false
    private var givesSizes = SetSize.isAdjustable

    /// How often a commit is tried again because others wrote between reading and committing.
    private static let attempts = 20

    /// Opens the netlink socket. If this kernel has no nf_tables, or the process lacks CAP_NET_ADMIN, it fails with a
    /// message for the user.
    package init(
        family: IPFamily, name: String, layout: TableLayout, logger: Logger
    ) throws(SystemError) {
        self.family = family
        self.name = name
        self.layout = layout
        self.logger = logger
        reader = KernelReader(family: family, table: name, layout: layout)
        commits = RulesetCommits.current()
        do throws(SystemError) {
            var socket = try NetlinkSocket(protocol: NETLINK_NETFILTER)
            _ = try reader.generation(&socket)
            commits.opened(socket: socket.port)
            self.socket = socket
        } catch {
            throw Self.explained(error)
        }
    }

    deinit { commits.closed(socket: socket.port) }

    /// Whether this process knows what the kernel holds: the state of its last commit.
    package var isKnown: Bool { achieved != nil }

    /// Commits a plan that starts from what was committed last. If that is unknown, or if the commit fails, it compares
    /// the table instead, with the same result.
    package mutating func apply(_ plan: Plan, orElse compare: Comparison) throws(SystemError) -> TableReport {
        guard let generation = achieved else { return try reconcile(compare, isDrift: !hasReconciled) }
        guard !plan.isEmpty else { return TableReport() }
        achieved = nil
        do throws(SystemError) {
            let report = try commit(plan, generation: nil)
            achieved = generation &+ 1
            return report
        } catch {
            logger.warning("nftables commit failed, reading the table anew", metadata: ["error": "\(error)"])
            // Something that we had left there was not there, or the other way round.
            return try reconcile(compare, isDrift: error.code == ENOENT || error.code == EEXIST)
        }
    }

    /// Commits postponed changes, and compares the table if others wrote since the last commit.
    package mutating func verify(
        catchUp: () -> Plan, orElse compare: Comparison
    ) throws(SystemError) -> TableReport {
        guard let generation = achieved else { return try reconcile(compare, isDrift: !hasReconciled) }
        let isUnchanged = try currentGeneration() == generation
        // First, so that it is not taken for a difference that others made.
        let plan = catchUp()
        var report = TableReport()
        if !plan.isEmpty {
            achieved = nil
            do throws(SystemError) {
                report = try commit(plan, generation: nil)
            } catch {
                logger.debug("nftables commit failed, reading the table anew", metadata: ["error": "\(error)"])
                return try reconcile(compare, isDrift: !isUnchanged)
            }
        }
        if isUnchanged {
            achieved = generation &+ (plan.isEmpty ? 0 : 1)
        } else {
            report.add(try reconcile(compare, isDrift: true))
        }
        return report
    }

    /// Removes the table with its content. A missing table is no error.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    package mutating func remove() throws(SystemError) -> Bool {
        achieved = nil
        // Not read before: kernels begin each piece of a listing at the first element, so that reading a large table
        // takes quadratic time.
        do throws(SystemError) {
            _ = try commit(.removal, generation: nil)
            return true
        } catch  where error.code == ENOENT {
            return false
        }
    }

    /// Reads the table from the kernel.
    package mutating func read() throws(SystemError) -> KernelTable {
        readCount += 1
        do throws(SystemError) { return try reader.read(&socket) } catch { throw Self.explained(error) }
    }

    /// Forgets what the kernel holds, so that the next commit compares.
    package mutating func forget() { achieved = nil }

    // MARK: Commits

    /// Makes the kernel hold what is wanted, whatever it holds.
    ///
    /// - Parameter isDrift: whether a difference is another program's change.
    private mutating func reconcile(_ compare: Comparison, isDrift: Bool) throws(SystemError) -> TableReport {
        achieved = nil
        for _ in 0..<Self.attempts {
            let kernel = try read()
            // Whoever set the limit, one of ours that stayed would be met again.
            if kernel.sets.values.contains(where: \.isLimited) { givesSizes = false }
            let (plan, tidying) = try compare(kernel)
            let changes = !plan.isEmpty
            var report = TableReport()
            if changes {
                do throws(SystemError) {
                    report = try commit(consume plan, generation: kernel.generation)
                } catch  where error.code == ERESTART {
                    continue
                }
            }
            // At the start there may be nothing yet, which is nobody's work.
            report.repaired = isDrift && changes && (kernel.exists || hasReconciled)
            hasReconciled = true
            // Counted now: of a commit to another table meanwhile nobody knows whether the reading saw it, and the number
            // is too small then, so that the table is read again.
            let others = commits.withCounts { $0.commits(besides: identity) }
            achieved = kernel.generation &- others &+ (changes ? 1 : 0)
            report.leavesLeftovers = !tidying.allSatisfy { tidyUp($0) }
            return report
        }
        throw SystemError(
            "commit nftables transaction", code: ERESTART, kernelMessage: "the ruleset changes all the time")
    }

    /// Removes leftovers; false if that fails. They do no harm, and a later verification tries again.
    private mutating func tidyUp(_ plan: Plan) -> Bool {
        guard !plan.isEmpty, let generation = achieved else { return true }
        do throws(SystemError) {
            _ = try commit(plan, generation: nil)
            achieved = generation &+ 1
            return true
        } catch {
            logger.debug("leftover chains could not be removed", metadata: ["error": "\(error)"])
            return false
        }
    }

    private mutating func commit(_ plan: consuming Plan, generation: UInt32?) throws(SystemError) -> TableReport {
        let first = socket.reserveSequence(1 << 16)
        let added = plan.addedCount
        let removed = plan.deletedCount
        let transaction = try TransactionEncoder.encode(
            plan, family: family, table: name, layout: layout, firstSequence: first, generation: generation,
            givesSizes: givesSizes)
        let rejections: [NetlinkSocket.Rejection]
        do throws(SystemError) {
            rejections = try commits.withCounts { (counts) throws(SystemError) in
                let rejections = try send(transaction)
                if rejections.isEmpty { counts.committed(to: identity) }
                return rejections
            }
        } catch {
            throw Self.explained(error)
        }
        if let rejection = rejections.first {
            throw SystemError(
                "commit nftables transaction: message \(rejection.sequence &- first) of \(transaction.messageCount)",
                code: rejection.error.code, kernelMessage: rejection.error.kernelMessage)
        }
        logger.debug(
            "nftables transaction",
            metadata: [
                "family": "\(family.rawValue)", "messages": "\(transaction.messageCount)",
                "bytes": "\(transaction.bytes.count)", "added": "\(added)", "deleted": "\(removed)",
            ])
        return TableReport(
            messages: transaction.messageCount, bytes: transaction.bytes.count, added: added, removed: removed)
    }

    /// Leaves the notification group during a large commit.
    private mutating func send(_ transaction: Transaction) throws(SystemError) -> [NetlinkSocket.Rejection] {
        guard let watch = commits.watch(for: transaction.bytes.count) else {
            return try socket.sendBatch(transaction.bytes)
        }
        watch.setListening(false)
        defer { watch.setListening(true) }
        let before = try reader.generation(&socket)
        let rejections = try socket.sendBatch(transaction.bytes)
        watch.setListening(true)
        if try reader.generation(&socket) != before &+ (rejections.isEmpty ? 1 : 0) { watch.missed() }
        return rejections
    }

    /// The ruleset's generation without this process's commits to other tables.
    private mutating func currentGeneration() throws(SystemError) -> UInt32 {
        do throws(SystemError) {
            return try commits.withCounts { (counts) throws(SystemError) in
                try reader.generation(&socket) &- counts.commits(besides: identity)
            }
        } catch {
            throw Self.explained(error)
        }
    }

    private static func explained(_ error: SystemError) -> SystemError {
        var error = error
        let hint =
            switch error.code {
            case EPERM: "run as root or with the capability CAP_NET_ADMIN"
            case EINVAL, EPROTONOSUPPORT, ENOENT, EOPNOTSUPP:
                "this kernel may lack nf_tables: load the module nf_tables or use a kernel with CONFIG_NF_TABLES"
            default: ""
            }
        error.kernelMessage += (error.kernelMessage.isEmpty || hint.isEmpty ? "" : "; ") + hint
        return error
    }
}
