import Dataplane
import NetworkAddress
import ServiceModel

/// A backend and what works beside it in the same family: a relay for node ports on loopback addresses, which packets with
/// such a source cannot leave (KEP-6032), or the balancing of sockets.
actor CombinedDataplane: Dataplane {
    nonisolated let family: IPFamily
    private nonisolated let base: any Dataplane
    private nonisolated let beside: any Dataplane

    init(_ base: any Dataplane, beside: any Dataplane) {
        family = base.family
        self.base = base
        self.beside = beside
    }

    nonisolated var flowSources: [any FlowSource] { base.flowSources + beside.flowSources }
    nonisolated var answerSource: (any AnswerSource)? { base.answerSource ?? beside.answerSource }

    func apply(_ delta: FamilyDelta) async throws(DataplaneError) -> ApplyReport {
        try await both { dataplane throws(DataplaneError) in try await dataplane.apply(delta) }
    }

    func verify() async throws(DataplaneError) -> ApplyReport {
        try await both { dataplane throws(DataplaneError) in try await dataplane.verify() }
    }

    func looksAsLeft() async throws(DataplaneError) -> Bool {
        guard try await base.looksAsLeft() else { return false }
        return try await beside.looksAsLeft()
    }

    func liveConnections(to ends: Set<FlowEnd>) async throws(DataplaneError) -> [FlowEnd: Int] {
        let counts = try await base.liveConnections(to: ends)
        return counts.merging(try await beside.liveConnections(to: ends), uniquingKeysWith: +)
    }

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

    func cut(_ flows: UnwantedFlows) async throws(DataplaneError) {
        _ = try await both { dataplane throws(DataplaneError) in
            try await dataplane.cut(flows)
            return ApplyReport()
        }
    }

    nonisolated func closeConnections() async {
        await beside.closeConnections()
        await base.closeConnections()
    }

    nonisolated func shutdown() async {
        await beside.shutdown()
        await base.shutdown()
    }

    /// Each takes the change over, also where the other fails: it comes only once.
    private func both(
        _ body: (any Dataplane) async throws(DataplaneError) -> ApplyReport
    ) async throws(DataplaneError) -> ApplyReport {
        var report = ApplyReport()
        var failure: DataplaneError?
        for dataplane in [base, beside] {
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
