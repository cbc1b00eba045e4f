import KubeAPI
import KubeClient
import Logging
import PrometheusMetrics
import ServerTesting
import StatusServing
import Synchronization
import Testing

@testable import Scheduler

/// The scheduler against the API server.
@Suite struct SchedulerTests {
    private final class Events: Sendable {
        let all = Mutex<[KubeEvent]>([])

        func record(_ event: KubeEvent) { all.withLock { $0.append(event) } }
        func notes(_ reason: String) -> [String] {
            all.withLock { $0.filter { $0.reason == reason }.map(\.note) }
        }
    }

    private func withScheduler(
        _ registry: MetricsRegistry = MetricsRegistry(),
        _ body: @escaping @Sendable (LiveServer, Events) async throws -> Void
    ) async throws {
        try await LiveServer.with { server in
            let events = Events()
            let informers = SharedInformers(client: server.client, logger: server.logger)
            let scheduler = Scheduler(
                client: server.client, informers: informers, record: { events.record($0) },
                registry: registry, logger: server.logger)
            #expect(scheduler.healthCheck.problem() == nil && scheduler.readinessCheck.problem() == nil)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await scheduler.runWithInformers() }
                try await body(server, events)
                group.cancelAll()
            }
        }
    }

    private static func node(_ name: String, cpu: Int = 4) -> String {
        """
        {"metadata": {"name": "\(name)", "labels": {"kubernetes.io/hostname": "\(name)"}},
         "status": {"capacity": {"cpu": "\(cpu)", "memory": "8Gi", "pods": "110"}}}
        """
    }

    private static func pod(_ name: String, cpu: Int = 1, more: String = "") -> String {
        """
        {"metadata": {"name": "\(name)"}, "spec": {"tolerations": [{"operator": "Exists"}], "containers": [
          {"name": "c", "image": "i", "resources": {"requests": {"cpu": "\(cpu)"}}}]\(more)}}
        """
    }

    @Test(.timeLimit(.minutes(30))) func podsAreBoundOrReported() async throws {
        try await withScheduler { server, events in
            try await server.create(Node.self, Self.node("n1", cpu: 2))
            try await server.create(Pod.self, Self.pod("small"))
            let bound = try await server.wait(for: Pod.self, "small") { $0?.spec.nodeName == "n1" }
            #expect(bound?.status.conditions.first { $0.type == "PodScheduled" }?.isTrue == true)
            #expect(events.notes("Scheduled") == ["Successfully assigned default/small to n1"])

            try await server.create(Pod.self, Self.pod("large", cpu: 4))
            let refused = try await server.wait(for: Pod.self, "large") {
                $0?.status.conditions.contains { $0.type == "PodScheduled" && $0.reason == "Unschedulable" } ?? false
            }
            let condition = refused?.status.conditions.first { $0.type == "PodScheduled" }
            #expect(condition?.status == "False")
            #expect(condition?.message.hasPrefix("0/1 nodes are available: 1 Insufficient cpu. preemption:") == true)
            #expect(events.notes("FailedScheduling").first == condition?.message)

            // A node that fits comes: it is tried again.
            try await server.create(Node.self, Self.node("n2", cpu: 8))
            try await server.wait(for: Pod.self, "large") { $0?.spec.nodeName == "n2" }
        }
    }

    @Test(.timeLimit(.minutes(30))) func theMoreImportantMakesOthersLeave() async throws {
        let registry = MetricsRegistry()
        try await withScheduler(registry) { server, events in
            try await server.create(Node.self, Self.node("n", cpu: 2))
            _ = try await server.client.send(
                APIRequest(
                    .post, "/apis/scheduling.k8s.io/v1/priorityclasses",
                    body: Array(#"{"metadata": {"name": "high"}, "value": 1000}"#.utf8))
            )
            try await server.create(Pod.self, Self.pod("low", cpu: 2))
            try await server.wait(for: Pod.self, "low") { $0?.spec.nodeName == "n" }
            try await server.create(Pod.self, Self.pod("high", cpu: 2, more: #", "priorityClassName": "high""#))
            // Its condition says why it goes; somebody has to play the kubelet.
            let victim = try await server.wait(for: Pod.self, "low") { $0?.metadata.isBeingDeleted ?? true }
            #expect(
                victim?.status.conditions.first { $0.type == "DisruptionTarget" }?.reason == "PreemptionByScheduler")
            try await server.wait(for: Pod.self, "high") { $0?.status.nominatedNodeName == "n" }
            try await server.client.delete(
                Pod.self, ObjectKey(namespace: "default", name: "low"), DeleteOptions(gracePeriod: 0))
            let bound = try await server.wait(for: Pod.self, "high") { $0?.spec.nodeName == "n" }
            #expect(bound?.status.nominatedNodeName == "")
            #expect(events.notes("Preempted").count == 1)
            // It may be tried more than once until its victim is gone.
            let lines = registry.exposition().split(separator: "\n").map(String.init)
            for line in [
                #"scheduler_schedule_attempts_total{result="scheduled",profile="default-scheduler"} 2"#,
                #"scheduler_pod_scheduling_sli_duration_seconds_count{attempts="1"} 1"#,
                #"scheduler_pending_pods{queue="active"} 0"#, #"scheduler_pending_pods{queue="unschedulable"} 0"#,
                "scheduler_preemption_victims_count 1", "scheduler_preemption_victims_sum 1",
                #"scheduler_scheduler_cache_size{type="nodes"} 1"#, #"scheduler_scheduler_cache_size{type="pods"} 1"#,
            ] {
                #expect(lines.contains(line), "\(line)")
            }
            let failed = #"scheduler_schedule_attempts_total{result="unschedulable",profile="default-scheduler"} "#
            #expect(lines.contains { $0.hasPrefix(failed) })
        }
    }
}
