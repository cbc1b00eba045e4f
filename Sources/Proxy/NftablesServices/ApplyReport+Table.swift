package import Dataplane
package import Nftables
package import ServiceModel

extension ApplyReport {
    /// Makes a report from the changes of a table.
    package init(_ table: TableReport, problems: [ServiceProblem] = []) {
        self.init(
            messages: table.messages, bytes: table.bytes, added: table.added, removed: table.removed,
            repaired: table.repaired, leavesLeftovers: table.leavesLeftovers, problems: problems)
    }
}
