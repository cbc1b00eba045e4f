public import NetworkAddress
public import ServiceModel

/// A backend: brings the kernel into the state that the service model yields, for one IP family.
///
/// An implementation is an actor that owns its kernel handle. It keeps the **achieved** state apart from the
/// **desired** state. When a commit fails, the change stays desired, the achieved state becomes unknown, and the next
/// call starts from the kernel's real state.
public protocol Dataplane: Actor {
    nonisolated var family: IPFamily { get }

    /// What knows of connections that conntrack has not, or has without their Services: those that this process itself
    /// carries, or that are translated before there are packets.
    nonisolated var flowSources: [any FlowSource] { get }

    /// Reports whether connections that this process carries are answered; nil if the kernel carries them.
    nonisolated var answerSource: (any AnswerSource)? { get }

    /// Adds a change to the desired state and commits it. After the first call the kernel holds exactly the desired
    /// objects, whatever it held before; correct objects are left alone.
    func apply(_ delta: consuming FamilyDelta) async throws(DataplaneError) -> ApplyReport

    /// Compares the kernel with the desired state and repairs what others changed. Costs little if no other program
    /// wrote.
    func verify() async throws(DataplaneError) -> ApplyReport

    /// A cheap check, which may miss changes: false if the kernel no longer holds what the last call left, so that
    /// ``verify()`` is worthwhile.
    func looksAsLeft() async throws(DataplaneError) -> Bool

    /// How many live connections some endpoints have that this backend's own part of the kernel knows of, whether or not
    /// connection tracking still does.
    func liveConnections(to ends: Set<FlowEnd>) async throws(DataplaneError) -> [FlowEnd: Int]

    /// Removes the backend's own objects from the kernel. It is no error if there are none.
    func removeAll() async throws(DataplaneError)

    /// Forgets UDP flows to removed endpoints, if the backend remembers flows besides conntrack. Called after the
    /// change that made them stale, and before they are deleted from conntrack.
    func forget(_ flows: StaleFamilyFlows) async throws(DataplaneError)

    /// Ends connections to an endpoint that is not to be used any more, where the backend itself remembers them besides
    /// conntrack. Comes before conntrack forgets them.
    func cut(_ flows: UnwantedFlows) async throws(DataplaneError)

    /// Ends the backend's work in this process. The kernel's state stays.
    nonisolated func shutdown() async
    /// Closes the connections that this process carries itself, and takes no new ones. ``shutdown()`` comes soon.
    nonisolated func closeConnections() async
}

extension Dataplane {
    public nonisolated var flowSources: [any FlowSource] { [] }
    public nonisolated var answerSource: (any AnswerSource)? { nil }
    public func looksAsLeft() async throws(DataplaneError) -> Bool { true }
    public func liveConnections(to ends: Set<FlowEnd>) async throws(DataplaneError) -> [FlowEnd: Int] { [:] }
    public func forget(_ flows: StaleFamilyFlows) async throws(DataplaneError) {}
    public func cut(_ flows: UnwantedFlows) async throws(DataplaneError) {}
    public nonisolated func shutdown() async {}
    public nonisolated func closeConnections() async {}
}
