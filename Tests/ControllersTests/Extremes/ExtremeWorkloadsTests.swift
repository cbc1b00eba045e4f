import JSONStream
import KubeAPI
import TestSupport
import Testing

@testable import Controllers

/// Whatever users write into their objects, plans are made: no number makes a controller trap.
@Suite struct ExtremeWorkloadsTests {
    private static let now = Timestamp("2026-01-01T12:00:00Z") ?? Timestamp(microseconds: 0)

    private static func read<Object: APIObject>(_ type: Object.Type, _ json: String) throws -> Object {
        try JSONReader.read(Array(json.utf8)) { try Object(reading: &$0) }
    }

    private static func condition(_ type: String, _ random: inout SeededGenerator) -> String {
        let status = Bool.random(using: &random) ? "True" : "False"
        return """
            {"type": "\(type)", "status": "\(status)", "reason": "x", "lastTransitionTime": "\(Extremes.time(&random))",
             "lastUpdateTime": "\(Extremes.time(&random))"}
            """
    }

    private static func deployment(_ random: inout SeededGenerator) throws -> Deployment {
        let strategy =
            random.oneIn(4)
            ? #"{"type": "Recreate"}"#
            : """
            {"type": "RollingUpdate", "rollingUpdate":
             {"maxSurge": \(Extremes.share(&random)), "maxUnavailable": \(Extremes.share(&random))}}
            """
        return try read(
            Deployment.self,
            """
            {"metadata": {"name": "d", "namespace": "n", "uid": "d", "generation": \(Extremes.int64(&random)),
              "annotations": {"deployment.kubernetes.io/revision": "\(Extremes.int64(&random))"}},
             "spec": {"replicas": \(Extremes.count(&random)), "minReadySeconds": \(Extremes.int32(&random)),
              "progressDeadlineSeconds": \(Extremes.int32(&random)), "paused": \(random.oneIn(5)),
              "revisionHistoryLimit": \(Extremes.int32(&random)), "strategy": \(strategy),
              "selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}}}},
             "status": {"replicas": \(Extremes.int32(&random)), "updatedReplicas": \(Extremes.int32(&random)),
              "readyReplicas": \(Extremes.int32(&random)), "availableReplicas": \(Extremes.int32(&random)),
              "unavailableReplicas": \(Extremes.int32(&random)), "terminatingReplicas": \(Extremes.int32(&random)),
              "observedGeneration": \(Extremes.int64(&random)), "collisionCount": \(Extremes.int32(&random)),
              "conditions": [\(condition("Progressing", &random))]}}
            """)
    }

    private static func replicaSet(_ name: String, _ random: inout SeededGenerator) throws -> ReplicaSet {
        // Some are of the Deployment's template.
        let template = random.oneIn(3) ? #"{"metadata": {"labels": {"a": "b"}}}"# : #"{"spec": {"x": "\#(name)"}}"#
        return try read(
            ReplicaSet.self,
            """
            {"metadata": {"name": "\(name)", "namespace": "n", "uid": "\(name)",
              "generation": \(Extremes.int64(&random)), "creationTimestamp": "\(Extremes.time(&random))",
              "annotations": {"deployment.kubernetes.io/revision": "\(Extremes.int64(&random))",
               "deployment.kubernetes.io/desired-replicas": "\(Extremes.int32(&random))",
               "deployment.kubernetes.io/max-replicas": "\(Extremes.int32(&random))"}},
             "spec": {"replicas": \(Extremes.count(&random)), "minReadySeconds": \(Extremes.int32(&random)),
              "selector": {"matchLabels": {"a": "b"}}, "template": \(template)},
             "status": {"replicas": \(Extremes.int32(&random)), "readyReplicas": \(Extremes.int32(&random)),
              "availableReplicas": \(Extremes.int32(&random)), "terminatingReplicas": \(Extremes.int32(&random)),
              "observedGeneration": \(Extremes.int64(&random))}}
            """)
    }

    private static func pod(_ name: String, _ random: inout SeededGenerator) throws -> Pod {
        try read(
            Pod.self,
            """
            {"metadata": {"name": "\(name)", "namespace": "n", "uid": "\(name)", "labels": {"a": "b"},
              "creationTimestamp": "\(Extremes.time(&random))",
              "deletionGracePeriodSeconds": \(Extremes.int64(&random)),
              "annotations": {"controller.kubernetes.io/pod-deletion-cost": "\(Extremes.int64(&random))"},
              "ownerReferences": [{"controller": true, "kind": "ReplicaSet", "name": "rs", "uid": "\(name)-owner"}]},
             "spec": {"terminationGracePeriodSeconds": \(Extremes.int64(&random))},
             "status": {"phase": "Running", "startTime": "\(Extremes.time(&random))",
              "conditions": [\(condition("Ready", &random))],
              "containerStatuses": [{"restartCount": \(Extremes.int64(&random))},
               {"restartCount": \(Extremes.int64(&random))}]}}
            """)
    }

    @Test(arguments: 0..<20 as Range<UInt64>) func deployments(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<25 {
            let deployment = try Self.deployment(&random)
            var sets: [ReplicaSet] = []
            for number in 0..<Int.random(in: 0...4, using: &random) {
                sets.append(try Self.replicaSet("d-\(number)", &random))
            }
            let plan = DeploymentPlan(deployment, sets: sets, now: Self.now) { _ in false }
            for action in plan.actions {
                guard case .update(let set, _) = action else { continue }
                #expect(set.replicas >= 0)
            }
            for count in [plan.status.replicas, plan.status.unavailableReplicas] { #expect(count <= Int32.max) }
            _ = (plan.needsStatusWrite, plan.nextCheck)
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>) func replicaSets(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<40 {
            let set = try Self.replicaSet("rs", &random)
            var pods: [Pod] = []
            for number in 0..<Int.random(in: 0...5, using: &random) { pods.append(try Self.pod("p\(number)", &random)) }
            let plan = ReplicaSetPlan(set: set, pods: pods, terminating: 1, now: Self.now)
            if case .create(let count) = plan.action(related: pods) {
                #expect((1...ReplicaSetPlan.burst).contains(count))
            }
            #expect(plan.status(after: nil).replicas == Int32(pods.count))
            _ = plan.nextAvailability
            var content = NamespaceContent()
            content.add(pods.map(\.metadata), of: "pods.")
            #expect((0...120).contains(content.estimate))
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>) func disruptionBudgets(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<40 {
            var pods: [Pod] = []
            for number in 0..<Int.random(in: 0...5, using: &random) { pods.append(try Self.pod("p\(number)", &random)) }
            let field = Bool.random(using: &random) ? "minAvailable" : "maxUnavailable"
            let budget = try Self.read(
                PodDisruptionBudget.self,
                """
                {"metadata": {"name": "b", "namespace": "n", "generation": \(Extremes.int64(&random))},
                 "spec": {"\(field)": \(Extremes.share(&random))},
                 "status": {"disruptedPods": {"p0": "\(Extremes.time(&random))"},
                  "disruptionsAllowed": \(Extremes.int32(&random))}}
                """)
            var scales: [String: DisruptionPlan.Scale] = [:]
            for pod in pods {
                scales["\(pod.metadata.uid)-owner"] = .init(uid: pod.metadata.uid, replicas: Extremes.int32(&random))
            }
            let plan = DisruptionPlan(budget, pods: pods, scales: scales, now: Self.now)
            #expect(plan.status.disruptionsAllowed >= 0)
            _ = plan.nextCheck
        }
    }

    @Test("What pods tolerate, and when nodes last spoke")
    func nodes() {
        var random = SeededGenerator(seed: 1)
        let taint = Taint("key", "", .noExecute)
        for _ in 0..<500 {
            var eviction = TaintEviction()
            let seconds = Extremes.int64(&random)
            let tolerations = [Toleration.forSeconds(seconds), .forSeconds(Extremes.int64(&random))]
            let step = eviction.step(
                ObjectKey(namespace: "n", name: "p"), tolerations, [taint], now: .seconds(1_000_000))
            if seconds <= 0 { #expect(step == .leave) }

            var node = Node(metadata: ObjectMeta(name: "n"))
            node.metadata.creationTimestamp = Extremes.time(&random)
            var ready = Condition("Ready", "True")
            ready.lastHeartbeatTime = Extremes.time(&random)
            if Bool.random(using: &random) { node.conditions = [ready] }
            var health = NodeHealth(node, now: .seconds(5), time: Self.now)
            var lease = Lease()
            lease.renewTime = Extremes.time(&random)
            lease.duration = Extremes.int32(&random)
            health.listen(node, lease, now: .seconds(10))
            _ = health.isSilent(node, NodeLifecycleConfiguration(), now: .seconds(100))
            _ = NodeHealth.unknownConditions(node, time: Self.now)
        }
    }
}

extension Toleration {
    fileprivate static func forSeconds(_ seconds: Int64) -> Toleration {
        var toleration = Toleration()
        toleration.operator = "Exists"
        toleration.seconds = seconds
        return toleration
    }
}
