/// The result of commits to a table.
package struct TableReport: Sendable, Hashable {
    /// Messages that change something, batch begin and end included; 0: nothing had to change.
    package var messages = 0
    /// Bytes of these messages.
    package var bytes = 0
    /// Objects (chains, rules, sets, elements) created and deleted.
    package var added = 0
    package var removed = 0
    /// Whether the table was read and differed from the last commit.
    package var repaired = false
    /// Whether unneeded objects could not be removed. They do no harm.
    package var leavesLeftovers = false

    package mutating func add(_ other: TableReport) {
        messages += other.messages
        bytes += other.bytes
        added += other.added
        removed += other.removed
        repaired = repaired || other.repaired
        leavesLeftovers = leavesLeftovers || other.leavesLeftovers
    }
}
