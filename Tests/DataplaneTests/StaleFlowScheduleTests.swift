import Dataplane
import NetworkAddress
import ServiceModel
import Testing

@Suite struct StaleFlowScheduleTests {
    private static func flows(_ number: Int) -> StaleFamilyFlows {
        StaleFamilyFlows(
            frontends: [FrontendKey(IPAddress(ipv4: UInt32(number)), 53, .udp): FlowTargets()],
            nodeAddresses: [IPAddress(ipv4: 0xC0A8_0001)])
    }

    private static func ports(_ flows: StaleFamilyFlows?) -> Int? { flows?.frontends.count }

    @Test("Flows are looked for at once, and once more a second later") func alone() {
        var schedule = StaleFlowSchedule()
        #expect(schedule.due == nil && schedule.begin(at: .zero) == nil)
        schedule.add(Self.flows(1), at: .seconds(10))
        #expect(schedule.due == .seconds(10))
        #expect(schedule.begin(at: .seconds(10)) == Self.flows(1))
        schedule.ended(at: .milliseconds(10_005), succeeded: true, retry: .seconds(30))
        #expect(schedule.due == .seconds(11))
        #expect(schedule.begin(at: .milliseconds(10_999)) == nil)
        #expect(schedule.begin(at: .seconds(11)) == Self.flows(1))
        schedule.ended(at: .milliseconds(11_005), succeeded: true, retry: .seconds(30))
        #expect(schedule.due == nil)
    }

    @Test("A change within the pause after a look waits for its end; the pause grows with the table")
    func pause() {
        for (length, pause) in [
            (Duration.milliseconds(5), Duration.milliseconds(105)), (.milliseconds(500), .milliseconds(750)),
        ] {
            var schedule = StaleFlowSchedule()
            schedule.add(Self.flows(1), at: .zero)
            _ = schedule.begin(at: .zero)
            schedule.ended(at: length, succeeded: true, retry: .seconds(30))
            schedule.add(Self.flows(2), at: length)
            // The second look for the first may come before.
            #expect(schedule.due == min(pause, .seconds(1)))
        }
    }

    @Test("A hundred changes a second take ten looks a second, and each flow two of them")
    func continuous() {
        var schedule = StaleFlowSchedule()
        var looks: [(time: Duration, flows: StaleFamilyFlows)] = []
        func look(until end: Duration) {
            while let due = schedule.due, due < end {
                guard let flows = schedule.begin(at: due) else {
                    Issue.record("not due at \(due)")
                    return
                }
                looks.append((due, flows))
                schedule.ended(at: due + .milliseconds(5), succeeded: true, retry: .seconds(30))
            }
        }
        for number in 0..<1000 {
            look(until: .milliseconds(number * 10))
            schedule.add(Self.flows(number), at: .milliseconds(number * 10))
        }
        #expect(looks.count < 110)
        look(until: .seconds(100))
        #expect(looks.count < 115)
        for number in 0..<1000 {
            let change = Duration.milliseconds(number * 10)
            let key = Self.flows(number).frontends.keys
            let seen = looks.filter { $0.flows.frontends.keys.contains { key.contains($0) } }.map(\.time)
            #expect(seen.count == 2, "\(number): \(seen)")
            #expect((seen.first ?? .seconds(99)) - change <= .milliseconds(110))
            #expect((seen.last ?? .zero) - change >= .seconds(1) && (seen.last ?? .zero) - change < .milliseconds(2200))
        }
        #expect(looks.allSatisfy { $0.flows.nodeAddresses == Self.flows(1).nodeAddresses })
    }

    @Test("What failed looks were for is looked for a second later, and then after a while") func failure() {
        var schedule = StaleFlowSchedule()
        schedule.add(Self.flows(1), at: .zero)
        _ = schedule.begin(at: .zero)
        schedule.ended(at: .milliseconds(1), succeeded: false, retry: .seconds(30))
        #expect(schedule.begin(at: .milliseconds(1001)) == Self.flows(1))
        schedule.ended(at: .milliseconds(1002), succeeded: false, retry: .seconds(30))
        #expect(schedule.due == .milliseconds(31_002))
        // Others do not wait for that.
        schedule.add(Self.flows(2), at: .seconds(5))
        #expect(schedule.begin(at: .seconds(5)) == Self.flows(2))
        schedule.ended(at: .seconds(5), succeeded: true, retry: .seconds(30))
        #expect(schedule.begin(at: .seconds(7)) == Self.flows(2))
        schedule.ended(at: .seconds(7), succeeded: true, retry: .seconds(30))
        #expect(schedule.begin(at: .milliseconds(31_002)) == Self.flows(1))
        schedule.ended(at: .milliseconds(31_002), succeeded: true, retry: .seconds(30))
        #expect(schedule.due == nil)
    }
}
