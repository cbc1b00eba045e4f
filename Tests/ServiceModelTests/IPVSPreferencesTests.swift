import DataplaneTesting
import KubeAPI
import NetworkAddress
import Testing

@testable import ServiceModel

/// Annotations for the ipvs backend.
@Suite struct IPVSPreferencesTests {
    private func read(_ annotations: [String: String], default fallback: IPVSScheduling = IPVSScheduling())
        -> (IPVSPreferences, [String])
    {
        var problems: [String] = []
        let preferences = IPVSPreferences(annotations, default: fallback) { problems.append("\($0): \($1)") }
        return (preferences, problems)
    }

    @Test("Every scheduler of the kernel has a name", arguments: IPVSScheduler.allCases)
    func schedulers(scheduler: IPVSScheduler) {
        let (preferences, problems) = read(["viaduct.io/ipvs-scheduler": scheduler.rawValue])
        #expect(preferences.scheduling == IPVSScheduling(scheduler))
        #expect(problems.isEmpty)
    }

    @Test("Flags belong to the scheduler that is asked for, or to the default") func flags() {
        let both = ["viaduct.io/ipvs-scheduler": "mh", "viaduct.io/ipvs-scheduler-flags": "mh-port, mh-fallback"]
        #expect(read(both).0.scheduling == IPVSScheduling(.maglevHashing, flags: [.port, .fallback]))
        let alone = ["viaduct.io/ipvs-scheduler-flags": "sh-port"]
        #expect(read(alone, default: .init(.sourceHashing)).0.scheduling == .init(.sourceHashing, flags: .port))
        let (preferences, problems) = read(alone)
        #expect(preferences.isEmpty)
        #expect(
            problems == [
                "viaduct.io/ipvs-scheduler-flags: \"sh-port\" is not a flag of the scheduler rr; it has none; ignored"
            ])
    }

    @Test("A wrong scheduler leaves the default") func wrongScheduler() {
        let (preferences, problems) = read(["viaduct.io/ipvs-scheduler": "fastest"], default: .init(.leastConnection))
        #expect(preferences.isEmpty)
        #expect(problems.count == 1)
        #expect(problems.first?.contains("\"fastest\" is not a scheduler of IPVS") == true)
        #expect(problems.first?.hasSuffix("the default lc is used") == true)
    }

    @Test("Weights: the longest prefix counts, wrong ones are left out") func weights() throws {
        let (preferences, problems) = read([
            "viaduct.io/ipvs-weights": "10.0.0.1=3, 10.0.0.0/24=2,fd00::/8=5,10.0.0.9=0,x=1,10.0.0.2=70000,10.0.0.3"
        ])
        #expect(problems.count == 3)
        for (address, weight) in [
            ("10.0.0.1", 3), ("10.0.0.7", 2), ("10.0.0.9", 0), ("10.0.1.1", 1), ("fd00::1", 5), ("2001:db8::1", 1),
        ] {
            #expect(preferences.weight(of: try #require(IPAddress(address))) == UInt16(weight), "\(address)")
        }
    }

    @Test("They are read, and problems told, for that backend only") func model() throws {
        var service = Service.make("web")
        service.metadata.annotations = ["viaduct.io/ipvs-scheduler": "wlc", "viaduct.io/ipvs-weights": "none"]
        for ipvs in [nil, IPVSScheduling()] {
            var model = ServiceModel(
                configuration: ServiceModelConfiguration(nodeName: "node1", families: [.ipv4], ipvs: ipvs))
            let problems = model.upsert(service)
            #expect(problems.count == (ipvs == nil ? 0 : 1))
            let (delta, _) = model.takeDelta()
            let state = try #require(delta.families[.ipv4]?.updated.values.first)
            #expect(state.service.ipvs?.scheduling == (ipvs == nil ? nil : IPVSScheduling(.weightedLeastConnection)))
        }
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
