public import Dataplane
public import NetworkAddress
public import ServiceModel
import Synchronization

/// The calls, in order, of all that share it.
public final class CallJournal: Sendable {
    private let calls = Mutex<[String]>([])

    public init() {}

    public var all: [String] { calls.withLock { $0 } }

    public func note(_ call: String) { calls.withLock { $0.append(call) } }
}

/// A backend without a kernel. It checks that changes are valid deltas of the service model, fails on request, and
/// waits when a test asks.
public actor FakeDataplane: Dataplane {
    public nonisolated let family: IPFamily
    /// `IPv4 apply`, `IPv4 verify` and so on.
    public nonisolated let journal: CallJournal
    /// What the kernel would hold.
    public private(set) var ports: [ServicePortName: ServicePortState] = [:]
    public private(set) var node: NodeFacts?
    /// The faults of the changes.
    public private(set) var faults: [String] = []
    /// The flows to forget, call by call.
    public private(set) var forgotten: [StaleFamilyFlows] = []

    private var wanted: [ServicePortName: ServicePortState] = [:]
    private var failures = 0
    private var report = ApplyReport()
    private var isHeld = false
    private var isAsLeft = true
    private var waiting: [CheckedContinuation<Void, Never>] = []

    public init(_ family: IPFamily, journal: CallJournal = CallJournal()) {
        self.family = family
        self.journal = journal
    }

    // MARK: What the test says

    /// Makes the next calls fail.
    public func fail(_ times: Int) { failures = times }

    /// Makes the next calls return this report.
    public func answer(_ report: ApplyReport) { self.report = report }

    /// Sets the result of the cheap look from now on.
    public func look(asLeft: Bool) { isAsLeft = asLeft }

    /// Makes calls wait from now on until they are released.
    public func hold() { isHeld = true }

    public func release() {
        isHeld = false
        for continuation in waiting { continuation.resume() }
        waiting = []
    }

    // MARK: Dataplane

    public func apply(_ delta: FamilyDelta) async throws(DataplaneError) -> ApplyReport {
        faults += DeltaRules.faults(of: delta, after: wanted, family)
        for (name, state) in delta.updated { wanted[name] = state }
        for name in delta.removed { wanted[name] = nil }
        node = delta.node ?? node
        return try await commit("apply")
    }

    public func verify() async throws(DataplaneError) -> ApplyReport { try await commit("verify") }

    public func looksAsLeft() -> Bool { isAsLeft }

    private func commit(_ call: String) async throws(DataplaneError) -> ApplyReport {
        journal.note("\(family.rawValue) \(call)")
        if isHeld { await withCheckedContinuation { waiting.append($0) } }
        guard failures == 0 else {
            failures -= 1
            throw DataplaneError(operation: "fake \(call)", code: 5, message: "told to fail")
        }
        ports = wanted
        return report
    }

    public func removeAll() throws(DataplaneError) {
        journal.note("\(family.rawValue) remove")
        ports = [:]
    }

    public func forget(_ flows: StaleFamilyFlows) throws(DataplaneError) {
        journal.note("\(family.rawValue) forget")
        forgotten.append(flows)
    }

    public nonisolated func shutdown() async { journal.note("\(family.rawValue) shutdown") }
}
