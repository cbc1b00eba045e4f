import JSONStream
import KubeAPI
import NetworkAddress
import Testing

@testable import SimulatedNodes

@Suite struct PodStepTests {
    private static func pod(_ more: String = "{}", deleted: Int64? = nil, phase: String = "Pending") throws -> Pod {
        let json = """
            {"metadata": {"name": "p", "namespace": "default", "uid": "u"}, "spec": \(more),
             "status": {"phase": "\(phase)"}}
            """
        var pod = try JSONReader.read(Array(json.utf8)) { try Pod(reading: &$0) }
        if let deleted {
            pod.metadata.deletionTimestamp = "2026-01-01T00:00:00Z"
            pod.metadata.deletionGracePeriodSeconds = deleted
        }
        return pod
    }

    private func next(_ pod: Pod, _ run: PodStep.Run?, _ seconds: Int) -> PodStep {
        PodStep.next(pod, run, SimulatedNodesConfiguration(count: 1), now: .seconds(seconds))
    }

    @Test func readyAfterTheDelay() throws {
        let pod = try Self.pod()
        #expect(next(pod, nil, 5) == .start)
        let run = PodStep.Run(startedAt: .seconds(5))
        #expect(next(pod, run, 5) == .report(isServing: false, again: .seconds(1)))
        #expect(next(pod, run, 6) == .report(isServing: true, again: nil))
        #expect(
            next(pod, PodStep.Run(startedAt: .seconds(5), wasReady: true), 5) == .report(isServing: true, again: nil))
    }

    @Test func ends() throws {
        #expect(next(try Self.pod(deleted: 30), nil, 5) == .finish)
        let run = PodStep.Run(startedAt: .zero, endsAt: .seconds(8))
        #expect(next(try Self.pod(deleted: 30), run, 5) == .wait(.seconds(3)))
        #expect(next(try Self.pod(deleted: 30), run, 8) == .finish)
        #expect(next(try Self.pod(phase: "Failed"), nil, 5) == .nothing)
        #expect(next(try Self.pod(phase: "Failed"), run, 5) == .stop)
    }

    @Test(arguments: [(30, 20), (5, 5), (0, 0)]) func theGracePeriodBoundsTheShutdown(
        _ grace: Int64, _ expected: Int
    ) throws {
        var configuration = SimulatedNodesConfiguration(count: 1)
        configuration.shutdownTime = .seconds(20)
        #expect(PodStep.shutdown(try Self.pod(deleted: grace), configuration) == .seconds(expected))
    }

    @Test(arguments: [(3, 30, 5), (3, 4, 4), (-1, 30, 2), (.max, 30, 30), (.max, .max, .max)]) func preStopSleep(
        _ sleep: Int64, _ grace: Int64, _ expected: Int64
    ) throws {
        var configuration = SimulatedNodesConfiguration(count: 1)
        configuration.shutdownTime = .seconds(2)
        let containers = #"{"containers": [{"name": "c", "lifecycle": {"preStop": {"sleep": {"seconds": \#(sleep)}}}}]}"#
        let pod = try Self.pod(containers, deleted: grace)
        #expect(PodStep.shutdown(pod, configuration) == .seconds(expected))
    }

    private func conditions(_ patch: JSONValue?) -> [String: String] {
        var found: [String: String] = [:]
        for condition in patch?["conditions"]?.arrayValue ?? [] {
            found[condition["type"]?.stringValue ?? ""] = condition["status"]?.stringValue
        }
        return found
    }

    @Test func statuses() throws {
        let time = Timestamp(microseconds: 1_767_225_600_000_000)
        var pod = try Self.pod(
            #"{"containers": [{"name": "c", "image": "i"}], "readinessGates": [{"conditionType": "x/gate"}]}"#)
        func patch(_ isServing: Bool) -> JSONValue? {
            PodStatus(
                pod: pod, addresses: [IPAddress("10.0.0.2")].compactMap { $0 }, nodeAddresses: [], startedAt: time,
                isServing: isServing
            ).patch(time: time)
        }
        let first = patch(false)
        #expect(first?["phase"]?.stringValue == "Running")
        #expect(first?["podIPs"]?.arrayValue == [["ip": "10.0.0.2"]])
        #expect(conditions(first)["Ready"] == "False" && conditions(first)["Initialized"] == "True")
        // The gate is not given: the containers are ready, the pod is not.
        let second = patch(true)
        #expect(conditions(second)["ContainersReady"] == "True" && conditions(second)["Ready"] == "False")
        pod.status.conditions = [Condition("x/gate", "True")]
        #expect(conditions(patch(true))["Ready"] == "True")
        // Nothing is written that is there already.
        pod.status.phase = "Running"
        pod.status.podIPs = ["10.0.0.2"]
        for type in ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"] {
            pod.status.conditions.append(Condition(type, "True"))
        }
        #expect(patch(true) == nil)
    }
}
