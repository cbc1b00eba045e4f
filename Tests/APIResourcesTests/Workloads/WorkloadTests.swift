import APITesting
import JSONStream
import Testing

@testable import APIObjects
@testable import APIResources
@testable import KubeSchema

@Suite struct WorkloadTests {
    private static let template =
        #""template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}"#
    private static let selector = #""selector":{"matchLabels":{"a":"b"}}"#

    @Test(
        arguments: [
            (ResourceDefinition.deployments, #"\#(selector),\#(template)"#, []),
            (.deployments, template, ["Required spec.selector", "Invalid spec.template.metadata.labels"]),
            (.statefulSets, template, ["Required spec.selector", "Invalid spec.template.metadata.labels"]),
            (
                .replicaSets, #""selector":{"matchExpressions":[{"key":"a","operator":"Foo"}]},\#(template)"#,
                ["Invalid spec.selector.matchExpressions[0].operator", "Invalid spec.selector"]
            ),
            (.deployments, #""selector":{},\#(template)"#, ["Invalid spec.selector"]),
            (
                .deployments, #""selector":{"matchLabels":{"a":"c"}},\#(template)"#,
                ["Invalid spec.template.metadata.labels"]
            ),
            (
                .deployments, #"\#(selector),\#(template),"replicas":-1,"minReadySeconds":600"#,
                ["Invalid spec.replicas", "Invalid spec.progressDeadlineSeconds"]
            ),
            (
                .deployments, #"\#(selector),\#(template),"strategy":{"type":"Recreate","rollingUpdate":{}}"#,
                ["Forbidden spec.strategy.rollingUpdate"]
            ),
            (.deployments, #"\#(selector),\#(template),"strategy":{"type":"X"}"#, ["NotSupported spec.strategy"]),
            (
                .deployments,
                #"\#(selector),\#(template),"strategy":{"rollingUpdate":{"maxUnavailable":0,"maxSurge":"0%"}}"#,
                ["Invalid spec.strategy.rollingUpdate.maxUnavailable"]
            ),
            (
                .deployments,
                #"\#(selector),\#(template),"strategy":{"rollingUpdate":{"maxUnavailable":"101%","maxSurge":"x"}}"#,
                ["Invalid spec.strategy.rollingUpdate.maxSurge", "Invalid spec.strategy.rollingUpdate.maxUnavailable"]
            ),
            (
                .deployments,
                #"\#(selector),"template":{"metadata":{"labels":{"a":"b"}},"spec":{"restartPolicy":"Never","activeDeadlineSeconds":5,"containers":[{"name":"c","image":"i"}]}}"#,
                ["NotSupported spec.template.spec.restartPolicy", "Forbidden spec.template.spec.activeDeadlineSeconds"]
            ),
            (
                .replicaSets, #""selector":{"matchExpressions":[{"key":"a","operator":"In"}]},\#(template)"#,
                ["Required spec.selector.matchExpressions[0].values", "Invalid spec.selector"]
            ),
            (.replicationControllers, template, []),
            (
                .replicationControllers, #""replicas":-1"#,
                ["Required spec.selector", "Invalid spec.replicas", "Required spec.template"]
            ),
            (
                .daemonSets, #"\#(selector),\#(template),"updateStrategy":{"rollingUpdate":{"maxUnavailable":0}}"#,
                ["Required spec.updateStrategy.rollingUpdate.maxUnavailable"]
            ),
            (
                .daemonSets,
                #"\#(selector),\#(template),"updateStrategy":{"rollingUpdate":{"maxUnavailable":1,"maxSurge":1}}"#,
                ["Invalid spec.updateStrategy.rollingUpdate.maxSurge"]
            ),
            (.daemonSets, template, ["Invalid spec.template.metadata.labels"]),
            (
                .statefulSets,
                #"\#(selector),\#(template),"podManagementPolicy":"X","updateStrategy":{"type":"OnDelete","rollingUpdate":{}}"#,
                ["Invalid spec.podManagementPolicy", "Invalid spec.updateStrategy.rollingUpdate"]
            ),
            (
                .statefulSets,
                #"\#(selector),\#(template),"ordinals":{"start":-1},"persistentVolumeClaimRetentionPolicy":{"whenDeleted":"X"}"#,
                ["NotSupported spec.persistentVolumeClaimRetentionPolicy.whenDeleted", "Invalid spec.ordinals.start"]
            ),
            (.jobs, #"\#(selector),\#(template)"#, ["Required spec.template.spec.restartPolicy"]),
            (
                .cronJobs, #""schedule":"x","jobTemplate":{"spec":{\#(template)}}"#,
                ["Invalid spec.schedule", "Required spec.jobTemplate.spec.template.spec.restartPolicy"]
            ),
            (
                .podDisruptionBudgets, #""minAvailable":1,"maxUnavailable":"x","unhealthyPodEvictionPolicy":"X""#,
                ["Invalid spec", "Invalid spec.maxUnavailable", "NotSupported spec.unhealthyPodEvictionPolicy"]
            ),
        ] as [(ResourceDefinition, String, [String])])
    func validation(definition: ResourceDefinition, spec: String, expected: [String]) throws {
        let object = try decoded(#"{"spec":{\#(spec)}}"#, definition)
        #expect(brief(definition.strategy.validateCreate(object, dualStack)) == expected)
    }

    @Test(arguments: [
        (ResourceDefinition.deployments, "Invalid spec.selector"), (.replicaSets, "Invalid spec.selector"),
        (.daemonSets, "Invalid spec.selector"), (.statefulSets, "Forbidden spec"),
    ])
    func selectorsStay(definition: ResourceDefinition, expected: String) throws {
        let old = try decoded(#"{"spec":{\#(Self.selector),\#(Self.template)}}"#, definition)
        var new = old
        new.edit("spec") { spec in
            spec["selector"] = ["matchLabels": ["a": "x"]]
            spec.edit("template") { $0[path: "metadata", "labels"] = ["a": "x"] }
        }
        #expect(brief(definition.strategy.validateUpdate(new, old: old, dualStack)) == [expected])
        #expect(definition.strategy.validateUpdate(old, old: old, dualStack).isEmpty)
    }

    @Test(
        arguments: [
            (ResourceDefinition.deployments, #"{"replicas":1,"readyReplicas":2}"#, ["Invalid status.readyReplicas"]),
            (
                .replicaSets, #"{"replicas":2,"readyReplicas":1,"availableReplicas":2}"#,
                ["Invalid status.availableReplicas"]
            ),
            (.daemonSets, #"{"numberReady":-1}"#, ["Invalid status.numberReady", "Invalid status.collisionCount"]),
            (
                .statefulSets, #"{"replicas":-1,"collisionCount":0}"#,
                [
                    "Invalid status.replicas", "Invalid status.readyReplicas", "Invalid status.currentReplicas",
                    "Invalid status.updatedReplicas", "Invalid status.availableReplicas",
                    "Invalid status.collisionCount",
                ]
            ),
            (.podDisruptionBudgets, #"{"disruptionsAllowed":-1}"#, ["Invalid status.disruptionsAllowed"]),
        ] as [(ResourceDefinition, String, [String])])
    func statuses(definition: ResourceDefinition, status: String, expected: [String]) throws {
        var old = try decoded("{}", definition)
        let counts: Set<String> = ["DaemonSet", "StatefulSet"]
        if counts.contains(definition.kind) { old[path: "status", "collisionCount"] = 1 }
        var new = old
        new["status"] = JSONValue(text: status)
        #expect(brief(definition.strategy.validateStatusUpdate(new, old: old)) == expected)
    }

    @Test func daemonSetCountsTemplates() throws {
        let strategy = DaemonSetStrategy()
        let key = "deprecated.daemonset.template.generation"
        var first = try decoded(#"{"spec":{\#(Self.selector),\#(Self.template)}}"#, .daemonSets)
        strategy.prepareForCreate(&first, dualStack)
        #expect(first["metadata"]?["annotations"]?[key] == "1")
        var second = first
        second.edit("metadata") { $0["annotations"] = nil }
        strategy.prepareForUpdate(&second, old: first, dualStack)
        #expect(second["metadata"]?["annotations"]?[key] == "1")
        second.edit("spec") { spec in spec.edit("template") { $0[path: "metadata", "labels"] = ["a": "c"] } }
        strategy.prepareForUpdate(&second, old: first, dualStack)
        #expect(second["metadata"]?["annotations"]?[key] == "2")
    }

    @Test func jobGetsASelector() throws {
        var job = try decoded(#"{"metadata":{"name":"j","uid":"u"},"spec":{\#(Self.template)}}"#, .jobs)
        JobStrategy().prepareForCreate(&job, dualStack)
        let labels = job["spec"]?["template"]?["metadata"]?["labels"]
        #expect(labels?["job-name"] == "j" && labels?["batch.kubernetes.io/controller-uid"] == "u")
        #expect(job["spec"]?["selector"] == ["matchLabels": ["batch.kubernetes.io/controller-uid": "u"]])
    }

    @Test func statefulSetDefaults() throws {
        let object = try decoded(
            #"{"spec":{"volumeClaimTemplates":[{"metadata":{"name":"v"},"spec":{}}]}}"#, .statefulSets)
        let spec = object["spec"] ?? [:]
        #expect(
            spec["updateStrategy"] == [
                "type": "RollingUpdate", "rollingUpdate": ["partition": 0, "maxUnavailable": 1],
            ])
        #expect(spec.items("volumeClaimTemplates").first?["status"] == ["phase": "Pending"])
        #expect(spec.items("volumeClaimTemplates").first?["spec"]?["volumeMode"] == "Filesystem")
    }

    @Test func emptyStatusHasItsNumbers() throws {
        #expect(KubeSchema["apps.v1.DeploymentStatus"].zero == [:])
        #expect(KubeSchema["apps.v1.ReplicaSetStatus"].zero == ["replicas": 0])
        #expect(KubeSchema["apps.v1.DaemonSetStatus"].zero["desiredNumberScheduled"] == 0)
    }
}
