import Dataplane
import NetworkAddress
import ServiceModel
import UserspaceDataplane

/// Combines a backend that cannot serve node ports on loopback addresses with a relay that can: packets with a loopback
/// source cannot leave the host, even when translated (KEP-6032).
actor LocalhostNodePorts: Dataplane {
    nonisolated let family: IPFamily
    private nonisolated let base: any Dataplane
    private nonisolated let relay: UserspaceDataplane

    init(_ base: any Dataplane, relay: UserspaceDataplane) {
        family = base.family
        self.base = base
        self.relay = relay
    }

    nonisolated var flowSource: (any FlowSource)? { relay.flowSource }
    nonisolated var answerSource: (any AnswerSource)? { relay.answerSource }

    func apply(_ delta: FamilyDelta) async throws(DataplaneError) -> ApplyReport {
        try await both { dataplane throws(DataplaneError) in try await dataplane.apply(delta) }
    }

    func verify() async throws(DataplaneError) -> ApplyReport {
        try await both { dataplane throws(DataplaneError) in try await dataplane.verify() }
    }

    func looksAsLeft() async throws(DataplaneError) -> Bool { try await base.looksAsLeft() }

    func removeAll() async throws(DataplaneError) {
        _ = try await both { dataplane throws(DataplaneError) in
            try await dataplane.removeAll()
            return ApplyReport()
        }
    }

    func forget(_ flows: StaleFamilyFlows) async throws(DataplaneError) {
        _ = try await both { dataplane throws(DataplaneError) in
            try await dataplane.forget(flows)
            return ApplyReport()
        }
    }

    nonisolated func shutdown() async {
        await relay.shutdown()
        await base.shutdown()
    }

    /// Each takes the change over, also where the other fails: it comes only once.
    private func both(
        _ body: (any Dataplane) async throws(DataplaneError) -> ApplyReport
    ) async throws(DataplaneError) -> ApplyReport {
        var report = ApplyReport()
        var failure: DataplaneError?
        for dataplane in [base, relay] as [any Dataplane] {
            do throws(DataplaneError) {
                report.add(try await body(dataplane))
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return report
    }
}
