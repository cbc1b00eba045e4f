import Testing

@testable import IPVSDataplane

/// Annotations that choose a scheduler.
@Suite struct SchedulerAnnotationsTests {
    private func read(_ annotations: [String: String], default fallback: IPVSScheduling = IPVSScheduling())
        -> (IPVSScheduling?, [String])
    {
        var problems: [String] = []
        let scheduling = SchedulerAnnotations.read(annotations, default: fallback) { problems.append("\($0): \($1)") }
        return (scheduling, problems)
    }

    @Test("Every scheduler of the kernel has a name", arguments: IPVSScheduler.allCases)
    func schedulers(scheduler: IPVSScheduler) {
        let (scheduling, problems) = read(["viaduct.io/ipvs-scheduler": scheduler.rawValue])
        #expect(scheduling == IPVSScheduling(scheduler))
        #expect(problems.isEmpty)
    }

    @Test("Flags belong to the scheduler that is asked for, or to the default") func flags() {
        let both = ["viaduct.io/ipvs-scheduler": "mh", "viaduct.io/ipvs-scheduler-flags": "mh-port, mh-fallback"]
        #expect(read(both).0 == IPVSScheduling(.maglevHashing, flags: [.port, .fallback]))
        let alone = ["viaduct.io/ipvs-scheduler-flags": "sh-port"]
        #expect(read(alone, default: .init(.sourceHashing)).0 == .init(.sourceHashing, flags: .port))
        let (scheduling, problems) = read(alone)
        #expect(scheduling == nil)
        #expect(
            problems == [
                "viaduct.io/ipvs-scheduler-flags: \"sh-port\" is not a flag of the scheduler rr; it has none; ignored"
            ])
    }

    @Test("A wrong scheduler leaves the default") func wrongScheduler() {
        let (scheduling, problems) = read(["viaduct.io/ipvs-scheduler": "fastest"], default: .init(.leastConnection))
        #expect(scheduling == nil)
        #expect(problems.count == 1)
        #expect(problems.first?.contains("\"fastest\" is not a scheduler of IPVS") == true)
        #expect(problems.first?.hasSuffix("the default lc is used") == true)
    }

    @Test("A scheduler's name may have its flags behind it") func text() throws {
        #expect(try IPVSScheduling(parsing: "wrr") == IPVSScheduling(.weightedRoundRobin))
        #expect(
            try IPVSScheduling(parsing: "sh:sh-port,sh-fallback")
                == IPVSScheduling(.sourceHashing, flags: [.port, .fallback]))
        #expect(throws: IPVSScheduling.Invalid.self) { try IPVSScheduling(parsing: "rr:rr-port") }
        #expect(throws: IPVSScheduling.Invalid.self) { try IPVSScheduling(parsing: "") }
    }
}
