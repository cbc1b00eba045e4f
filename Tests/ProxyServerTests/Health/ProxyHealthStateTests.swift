import NetworkAddress
import Testing

@testable import ProxyServer

@Suite struct ProxyHealthStateTests {
    private let start = ContinuousClock().now
    private let families: Set<IPFamily> = [.ipv4, .ipv6]
    private func at(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test func startingUpIsHealthy() {
        var state = ProxyHealthState(timeout: .seconds(60), families: families)
        #expect(state.verdict(at: at(0)).isHealthy)
        #expect(state.verdict(at: at(0)).lastUpdated == nil)
        state.queue(.ipv4, at: at(0))
        #expect(state.verdict(at: at(10_000)).isHealthy)
    }

    @Test func everyFamilyHasToBeInForce() {
        var state = ProxyHealthState(timeout: .seconds(60), families: families)
        #expect(!state.verdict(at: at(0)).isProgrammed)
        state.update(.ipv4, at: at(1))
        #expect(!state.verdict(at: at(2)).isProgrammed)
        state.update(.ipv6, at: at(3))
        #expect(state.verdict(at: at(4)).isProgrammed)
        // A later failure makes it late, not unprogrammed.
        state.queue(.ipv6, at: at(5))
        #expect(state.verdict(at: at(100)).isProgrammed)
        #expect(!state.verdict(at: at(100)).isHealthy)
        var one = ProxyHealthState(timeout: .seconds(60), families: [.ipv4])
        one.update(.ipv4, at: at(1))
        #expect(one.verdict(at: at(2)).isProgrammed)
    }

    @Test func lateUpdateIsUnhealthyUntilItIsDone() {
        var state = ProxyHealthState(timeout: .seconds(60), families: families)
        state.update(.ipv4, at: at(0))
        #expect(state.verdict(at: at(10_000)).isHealthy)
        #expect(state.verdict(at: at(10_000)).lastUpdated == at(0))
        state.queue(.ipv4, at: at(100))
        // A second change does not make the first any younger.
        state.queue(.ipv4, at: at(150))
        #expect(state.verdict(at: at(159)).isHealthy)
        #expect(state.verdict(at: at(160)).families[.ipv4] == .init(lastUpdated: at(0), isLate: true))
        #expect(!state.verdict(at: at(160)).isHealthy)
        state.update(.ipv4, at: at(170))
        #expect(state.verdict(at: at(171)).families[.ipv4] == .init(lastUpdated: at(170), isLate: false))
        state.queue(.ipv4, at: at(180))
        #expect(state.verdict(at: at(239)).isHealthy)
        #expect(!state.verdict(at: at(240)).isHealthy)
    }

    @Test func oneLateFamilyIsEnough() {
        var state = ProxyHealthState(timeout: .seconds(60), families: families)
        state.update(.ipv4, at: at(0))
        state.update(.ipv6, at: at(5))
        #expect(state.verdict(at: at(6)).lastUpdated == at(5))
        state.queue(.ipv4, at: at(10))
        state.queue(.ipv6, at: at(10))
        state.update(.ipv6, at: at(12))
        let verdict = state.verdict(at: at(70))
        #expect(!verdict.isHealthy)
        // As upstream: the latest of all, also where another is late.
        #expect(verdict.lastUpdated == at(12))
        #expect(verdict.families[.ipv4]?.isLate == true && verdict.families[.ipv6]?.isLate == false)
    }

    @Test func nodeEligibility() {
        var state = ProxyHealthState(timeout: .seconds(60), families: families)
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
        (Int64(0), "1970-01-01T00:00:00Z"),
        (951_782_400_000_000_000, "2000-02-29T00:00:00Z"),
        (1_795_406_569_123_456_000, "2026-11-23T04:02:49.123456Z"),
        (1_709_251_199_999_999_999, "2024-02-29T23:59:59.999999999Z"),
        (1_704_067_200_500_000_000, "2024-01-01T00:00:00.5Z"),
        (4_102_444_799_000_000_001, "2099-12-31T23:59:59.000000001Z"),
    ])
    func times(nanoseconds: Int64, expected: String) {
        #expect(RFC3339.format(nanoseconds: nanoseconds) == expected)
    }

    @Test(arguments: [
        (Int64(0), "Thu Jan  1 00:00:00 UTC 1970"), (951_782_400_000_000_000, "Tue Feb 29 00:00:00 UTC 2000"),
        (1_795_406_569_123_456_000, "Mon Nov 23 04:02:49 UTC 2026"),
    ])
    func datesForPeople(nanoseconds: Int64, expected: String) {
        #expect(RFC3339.unixDate(nanoseconds: nanoseconds) == expected)
    }
}
