import Glibc
public import NetworkAddress
public import ServiceModel

/// A backend: makes the kernel hold what the service model says, for one IP family.
///
/// An implementation is an actor that owns its kernel handle. It keeps what it **achieved** apart from what is
/// **wanted**. When a commit fails, the change stays wanted, what was achieved becomes unknown, and the next call
/// starts from what the kernel really holds.
public protocol Dataplane: Actor {
    nonisolated var family: IPFamily { get }

    /// Takes a change over into what is wanted and commits it. After the first call the kernel holds exactly the
    /// wanted objects, whatever it held before; objects that are right already are left alone.
    func apply(_ delta: FamilyDelta) async throws(DataplaneError) -> ApplyReport

    /// Compares the kernel with what is wanted and mends what others changed. Costs little when nobody wrote.
    func verify() async throws(DataplaneError) -> ApplyReport

    /// Removes all that is ours from the kernel, and nothing else. Not having anything is no error.
    func removeAll() async throws(DataplaneError)

    /// Forgets UDP flows to endpoints that are gone, where the backend itself remembers flows besides conntrack. Comes
    /// after the change that made them stale, and before conntrack forgets them.
    func forget(_ flows: StaleFamilyFlows) async throws(DataplaneError)

    /// Ends what runs in this process, for when it is not needed any more. What is in the kernel stays.
    nonisolated func shutdown() async
}

extension Dataplane {
    public func forget(_ flows: StaleFamilyFlows) async throws(DataplaneError) {}
    public nonisolated func shutdown() async {}
}

/// What a call did.
public struct ApplyReport: Sendable, Hashable {
    /// Messages sent to the kernel that change something, batch begin and end included; 0: nothing had to change.
    public var messages: Int
    /// Bytes of these messages.
    public var bytes: Int
    /// Objects (chains, rules, sets, elements) created and deleted.
    public var added: Int
    public var removed: Int
    /// Whether the kernel was read and held something else than was achieved, because others wrote or a restart
    /// adopted it.
    public var repaired: Bool
    /// Whether objects that nobody needs any more could not be removed. They do no harm.
    public var leavesLeftovers: Bool
    /// Endpoints that drain after this call; nil: this backend drains none.
    public var draining: DrainStatus?
    /// Addresses and ports of Services that this process should listen on and cannot; nil: this backend has no sockets.
    public var unserved: Int?
    /// What of the objects the kernel does not take; the rest of them works.
    public var problems: [ServiceProblem]

    public init(
        messages: Int = 0, bytes: Int = 0, added: Int = 0, removed: Int = 0, repaired: Bool = false,
        leavesLeftovers: Bool = false, draining: DrainStatus? = nil, unserved: Int? = nil,
        problems: [ServiceProblem] = []
    ) {
        self.messages = messages
        self.bytes = bytes
        self.added = added
        self.removed = removed
        self.repaired = repaired
        self.leavesLeftovers = leavesLeftovers
        self.draining = draining
        self.unserved = unserved
        self.problems = problems
    }

    /// Takes another call's work into this one.
    public mutating func add(_ other: ApplyReport) {
        messages += other.messages
        bytes += other.bytes
        added += other.added
        removed += other.removed
        repaired = repaired || other.repaired
        leavesLeftovers = leavesLeftovers || other.leavesLeftovers
        draining = other.draining ?? draining
        unserved = other.unserved ?? unserved
        problems += other.problems
    }
}

/// Why the kernel could not be programmed.
public struct DataplaneError: Error, Sendable, CustomStringConvertible {
    /// What was tried, such as `commit nftables transaction`.
    public var operation: String
    /// errno, 0 if there is none.
    public var code: Int32
    /// What the kernel or the library said.
    public var message: String

    public init(operation: String, code: Int32 = 0, message: String) {
        self.operation = operation
        self.code = code
        self.message = message
    }

    /// Whether the kernel lacks something: a module, a protocol, an address family.
    public var isMissingSupport: Bool {
        [ENOENT, ENOPROTOOPT, EOPNOTSUPP, EPROTONOSUPPORT, EAFNOSUPPORT].contains(code)
    }

    public var description: String { "\(operation): \(message)" }
}
