/// How the scheduler works.
public struct SchedulerConfiguration: Sendable {
    /// The `spec.schedulerName` of pods that it takes care of.
    public var schedulerName = "default-scheduler"
    /// How many requests about pods are under way at the same time.
    public var concurrentRequests = 64
    /// Where chance begins, which chooses among nodes that are equally good. Nil: anywhere.
    public var seed: UInt64?

    public init() {}
}
