import NetworkAddress
import Testing

@testable import ProxyServer

@Suite struct ProxyHealthStateTests {
    private let start = ContinuousClock().now
    private func at(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test func startingUpIsHealthy() {
        var state = ProxyHealthState(timeout: .seconds(60))
        #expect(state.verdict(at: at(0)) == .init(isHealthy: true, lastUpdated: nil))
        state.queue(.ipv4, at: at(0))
        #expect(state.verdict(at: at(10_000)).isHealthy)
    }

    @Test func lateUpdateIsUnhealthyUntilItIsDone() {
        var state = ProxyHealthState(timeout: .seconds(60))
        state.update(.ipv4, at: at(0))
        #expect(state.verdict(at: at(10_000)) == .init(isHealthy: true, lastUpdated: at(0)))
        state.queue(.ipv4, at: at(100))
        // A second change does not make the first any younger.
        state.queue(.ipv4, at: at(150))
        #expect(state.verdict(at: at(159)).isHealthy)
        #expect(state.verdict(at: at(160)) == .init(isHealthy: false, lastUpdated: at(0)))
        state.update(.ipv4, at: at(170))
        #expect(state.verdict(at: at(171)) == .init(isHealthy: true, lastUpdated: at(170)))
        state.queue(.ipv4, at: at(180))
        #expect(state.verdict(at: at(239)).isHealthy)
        #expect(!state.verdict(at: at(240)).isHealthy)
    }

    @Test func oneLateFamilyIsEnough() {
        var state = ProxyHealthState(timeout: .seconds(60))
        state.update(.ipv4, at: at(0))
        state.update(.ipv6, at: at(5))
        #expect(state.verdict(at: at(6)).lastUpdated == at(5))
        state.queue(.ipv4, at: at(10))
        state.queue(.ipv6, at: at(10))
        state.update(.ipv6, at: at(12))
        #expect(state.verdict(at: at(70)) == .init(isHealthy: false, lastUpdated: at(0)))
    }

    @Test func nodeEligibility() {
        var state = ProxyHealthState(timeout: .seconds(60))
        #expect(state.isNodeEligible)
        state.setNode(isBeingDeleted: false, taints: ["other", "ToBeDeletedByClusterAutoscaler"])
        #expect(!state.isNodeEligible)
        #expect(state.verdict(at: at(0)).isHealthy)
        state.setNode(isBeingDeleted: false, taints: ["other"])
        #expect(state.isNodeEligible)
        state.setNode(isBeingDeleted: true, taints: [])
        #expect(!state.isNodeEligible)
    }

    @Test(arguments: [
        (Int64(0), "1970-01-01 00:00:00 +0000 UTC"),
        (951_782_400_000_000_000, "2000-02-29 00:00:00 +0000 UTC"),
        (1_795_406_569_123_456_000, "2026-11-23 04:02:49.123456 +0000 UTC"),
        (1_709_251_199_999_999_999, "2024-02-29 23:59:59.999999999 +0000 UTC"),
        (1_704_067_200_500_000_000, "2024-01-01 00:00:00.5 +0000 UTC"),
        (4_102_444_799_000_000_001, "2099-12-31 23:59:59.000000001 +0000 UTC"),
    ])
    func times(nanoseconds: Int64, expected: String) {
        #expect(GoTime.format(nanoseconds: nanoseconds) == expected)
    }
}
