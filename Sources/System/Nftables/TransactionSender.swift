internal import CNftables
package import LinuxSystem
internal import Netlink
package import NetworkAddress

/// Sends plans for one table, without the reading and comparing of ``NftablesTable``.
package struct TransactionSender: ~Copyable {
    private let family: IPFamily
    private let name: String
    private let layout: TableLayout
    private let givesSizes = SetSize.isAdjustable
    private var socket: NetlinkSocket

    /// Opens a netlink socket in the calling thread's network namespace.
    package init(family: IPFamily, name: String, layout: TableLayout) throws(SystemError) {
        self.family = family
        self.name = name
        self.layout = layout
        socket = try NetlinkSocket(protocol: NETLINK_NETFILTER)
    }

    /// Commits a plan.
    ///
    /// - Throws: the kernel's error for the first message that it rejected; then no part of the plan is in force.
    /// - Returns: the number of messages and bytes.
    package mutating func commit(_ plan: consuming Plan) throws(SystemError) -> (messages: Int, bytes: Int) {
        let first = socket.reserveSequence(1 << 16)
        let transaction = try TransactionEncoder.encode(
            plan, family: family, table: name, layout: layout, firstSequence: first, givesSizes: givesSizes)
        if let rejection = try socket.sendBatch(transaction.bytes).first { throw rejection.error }
        return (transaction.messageCount, transaction.bytes.count)
    }
}
