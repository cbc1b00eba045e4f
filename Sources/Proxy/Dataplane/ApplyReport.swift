public import ServiceModel

/// The result of a call to a ``Dataplane``.
public struct ApplyReport: Sendable, Hashable {
    /// Messages sent to the kernel that change something, batch begin and end included; 0: nothing had to change.
    public var messages: Int
    /// Bytes of these messages.
    public var bytes: Int
    /// Objects (chains, rules, sets, elements) created and deleted.
    public var added: Int
    public var removed: Int
    /// Whether the kernel was read and differed from the last known state, because another program wrote or a restart
    /// adopted it.
    public var repaired: Bool
    /// Whether unneeded objects could not be removed. They do no harm.
    public var leavesLeftovers: Bool
    /// The current values of ``Backend/figures``.
    public var figures: [Figure: Int]
    /// Objects that the kernel rejected; everything else works.
    public var problems: [ServiceProblem]

    public init(
        messages: Int = 0, bytes: Int = 0, added: Int = 0, removed: Int = 0, repaired: Bool = false,
        leavesLeftovers: Bool = false, figures: [Figure: Int] = [:], problems: [ServiceProblem] = []
    ) {
        self.messages = messages
        self.bytes = bytes
        self.added = added
        self.removed = removed
        self.repaired = repaired
        self.leavesLeftovers = leavesLeftovers
        self.figures = figures
        self.problems = problems
    }

    /// Adds another call's result.
    public mutating func add(_ other: ApplyReport) {
        messages += other.messages
        bytes += other.bytes
        added += other.added
        removed += other.removed
        repaired = repaired || other.repaired
        leavesLeftovers = leavesLeftovers || other.leavesLeftovers
        figures.merge(other.figures) { $1 }
        problems += other.problems
    }
}
