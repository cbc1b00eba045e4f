public import NetworkAddress
public import ServiceModel

/// A backend: makes the kernel hold what the service model says, for one IP family.
///
/// An implementation is an actor that owns its kernel handle. It keeps what it **achieved** apart from what is
/// **wanted**. When a commit fails, the change stays wanted, what was achieved becomes unknown, and the next call
/// starts from what the kernel really holds.
public protocol Dataplane: Actor {
    nonisolated var family: IPFamily { get }

    /// Connections that this process itself carries; nil: the kernel does, and connection tracking knows them.
    nonisolated var flowSource: (any FlowSource)? { get }

    /// Whether connections that this process itself carries are answered; nil: the kernel carries them.
    nonisolated var answerSource: (any AnswerSource)? { get }

    /// Takes a change over into what is wanted and commits it. After the first call the kernel holds exactly the
    /// wanted objects, whatever it held before; objects that are right already are left alone.
    func apply(_ delta: consuming FamilyDelta) async throws(DataplaneError) -> ApplyReport

    /// Compares the kernel with what is wanted and mends what others changed. Costs little when nobody wrote.
    func verify() async throws(DataplaneError) -> ApplyReport

    /// A cheap look, which may miss something: false if the kernel does not hold what the last call left there, so that
    /// ``verify()`` is worth while.
    func looksAsLeft() async throws(DataplaneError) -> Bool

    /// Removes all that is ours from the kernel, and nothing else. Not having anything is no error.
    func removeAll() async throws(DataplaneError)

    /// Forgets UDP flows to endpoints that are gone, where the backend itself remembers flows besides conntrack. Comes
    /// after the change that made them stale, and before conntrack forgets them.
    func forget(_ flows: StaleFamilyFlows) async throws(DataplaneError)

    /// Ends what runs in this process, for when it is not needed any more. What is in the kernel stays.
    nonisolated func shutdown() async
}

extension Dataplane {
    public nonisolated var flowSource: (any FlowSource)? { nil }
    public nonisolated var answerSource: (any AnswerSource)? { nil }
    public func looksAsLeft() async throws(DataplaneError) -> Bool { true }
    public func forget(_ flows: StaleFamilyFlows) async throws(DataplaneError) {}
    public nonisolated func shutdown() async {}
}
