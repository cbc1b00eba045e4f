import JSONStream
import Testing

@testable import KubeAPI

@Suite struct WorkloadTests {
    private func read<Object: APIObject>(_ type: Object.Type, _ json: String) throws -> Object {
        try JSONReader.read(Array(json.utf8)) { try Object(reading: &$0) }
    }

    @Test func podsAreRead() throws {
        let pod = try read(
            Pod.self,
            """
            {"metadata": {"name": "p", "namespace": "n", "ownerReferences": [{"kind": "ReplicaSet", "name": "r",
              "uid": "u", "apiVersion": "apps/v1", "controller": true}], "finalizers": ["a/b"], "generation": 3},
             "spec": {"nodeName": "node1", "tolerations": [{"operator": "Exists", "tolerationSeconds": 300}],
              "containers": [{"name": "c", "resources": {"requests": {"cpu": "250m", "memory": "64Mi"}},
                "ports": [{"containerPort": 80, "hostPort": 8080}]}],
              "readinessGates": [{"conditionType": "x/y"}], "unknown": {"deep": [1]}},
             "status": {"phase": "Running", "podIP": "10.0.0.1", "conditions": [{"type": "Ready", "status": "True",
               "lastTransitionTime": "2026-01-01T00:00:00Z"}],
               "containerStatuses": [{"restartCount": 2}, {"restartCount": 1}]}}
            """)
        #expect(pod.metadata.controller?.uid == "u")
        #expect(pod.metadata.finalizers == ["a/b"] && pod.metadata.generation == 3)
        #expect(pod.spec.nodeName == "node1" && pod.spec.tolerations.first?.seconds == 300)
        #expect(
            pod.spec.requests == ["cpu": ResourceAmount(milli: 250), "memory": ResourceAmount(milli: 67_108_864_000)])
        #expect(pod.spec.hostPorts.map(\.hostPort) == [8080])
        #expect(pod.spec.readinessGates == ["x/y"])
        #expect(pod.status.podIPs == ["10.0.0.1"] && pod.status.restarts == 3)
        #expect(pod.isReady && pod.isActive)
        let start = try #require(Timestamp("2026-01-01T00:00:00Z"))
        #expect(!pod.isAvailable(for: .seconds(10), at: start + .seconds(9)))
        #expect(pod.isAvailable(for: .seconds(10), at: start + .seconds(10)))
    }

    @Test("Sidecars run beside all that follows; other steps of the initialization run alone")
    func requestsOfInitContainers() {
        func container(_ milli: Int64, always: Bool = false) -> PodSpec.Container {
            var container = PodSpec.Container()
            container.requests = ["cpu": ResourceAmount(milli: milli)]
            container.restartPolicy = always ? "Always" : ""
            return container
        }
        var spec = PodSpec()
        spec.containers = [container(100), container(200)]
        #expect(spec.requests["cpu"]?.milli == 300)
        spec.initContainers = [container(500)]
        #expect(spec.requests["cpu"]?.milli == 500)
        spec.initContainers = [container(50, always: true), container(400), container(10, always: true)]
        #expect(spec.requests["cpu"]?.milli == 450)
        spec.overhead = ["cpu": ResourceAmount(milli: 1)]
        #expect(spec.requests["cpu"]?.milli == 451)
    }

    @Test func deploymentsAreRead() throws {
        let deployment = try read(
            Deployment.self,
            """
            {"metadata": {"name": "d"}, "spec": {"replicas": 4, "selector": {"matchLabels": {"app": "d"}},
             "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "30%", "maxUnavailable": 1}},
             "template": {"metadata": {"labels": {"app": "d"}}}, "revisionHistoryLimit": 2},
             "status": {"observedGeneration": 7, "replicas": 4}}
            """)
        #expect(deployment.strategy == .rollingUpdate(maxSurge: .percent(30), maxUnavailable: .number(1)))
        #expect(IntOrPercent.percent(30).of(4, roundingUp: true) == 2)
        #expect(IntOrPercent.percent(30).of(4, roundingUp: false) == 1)
        #expect(deployment.selector.matches(["app": "d", "x": "y"]) && !deployment.selector.matches(["app": "e"]))
        #expect(deployment.revisionHistoryLimit == 2 && deployment.status.observedGeneration == 7)
        #expect(deployment.template["metadata"]?["labels"]?["app"] == "d")
        let recreate = try read(Deployment.self, #"{"spec": {"strategy": {"type": "Recreate"}}}"#)
        #expect(recreate.strategy == .recreate && recreate.replicas == 1)
    }

    @Test func selectorsWithUnknownOperatorsMatchNothing() throws {
        let selector = try JSONReader.read(
            Array(#"{"matchExpressions": [{"key": "a", "operator": "Like", "values": ["b"]}]}"#.utf8)
        ) { try LabelSelector(reading: &$0) }
        #expect(!selector.matches(["a": "b"]) && !selector.isEmpty)
    }

    @Test(
        arguments: [
            (.isIn, ["b", "c"], true), (.isIn, ["c"], false), (.notIn, ["b"], false), (.notIn, ["c"], true),
            (.exists, [], true), (.doesNotExist, [], false), (.greaterThan, ["1"], false),
        ] as [(LabelSelector.Requirement.Operator, [String], Bool)])
    func requirements(_ operator: LabelSelector.Requirement.Operator, _ values: [String], _ expected: Bool) {
        #expect(LabelSelector.Requirement("a", `operator`, values).matches(["a": "b"]) == expected)
    }

    @Test(arguments: [
        ("", "", "", "", false), ("k", "", "v", "", true), ("k", "Equal", "w", "", false),
        ("k", "Exists", "", "", true), ("", "Exists", "", "", true), ("k", "Exists", "", "NoExecute", false),
        ("k", "Exists", "", "NoSchedule", true),
    ])
    func tolerations(_ key: String, _ operator: String, _ value: String, _ effect: String, _ expected: Bool) {
        var toleration = Toleration()
        (toleration.key, toleration.operator, toleration.value, toleration.effect) = (key, `operator`, value, effect)
        #expect(toleration.tolerates(Taint("k", "v", .noSchedule)) == expected)
    }

    @Test func nodesAreRead() throws {
        let node = try read(
            Node.self,
            """
            {"metadata": {"name": "n", "labels": {"zone": "a", "cores": "8"}}, "spec": {"unschedulable": true,
             "taints": [{"key": "k", "effect": "NoExecute", "timeAdded": "2026-01-01T00:00:00Z"}, {"key": "x"}]},
             "status": {"capacity": {"cpu": "8", "pods": 110}, "conditions": [{"type": "Ready", "status": "Unknown"}]}}
            """)
        #expect(node.taints == [Taint("k", "", .noExecute, timeAdded: "2026-01-01T00:00:00Z")])
        #expect(node.isUnschedulable && node.allocatable["pods"]?.units == 110)
        #expect(node.readyCondition?.status == "Unknown")
        var term = NodeSelector.Term()
        #expect(!term.matches(node))
        term.labels = [.init("cores", .greaterThan, ["4"])]
        term.fields = [.init("metadata.name", .isIn, ["n"])]
        #expect(NodeSelector(terms: [.init(), term]).matches(node))
    }
}
