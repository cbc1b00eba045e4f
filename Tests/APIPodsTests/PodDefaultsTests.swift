import APITesting
import JSONStream
import Testing

@testable import APIObjects
@testable import APIPods
@testable import APIResources

@Suite struct PodDefaultsTests {
    @Test(arguments: [
        ("nginx", "Always"), ("nginx:latest", "Always"), ("nginx:1", "IfNotPresent"), ("r:5000/nginx", "Always"),
        ("r:5000/nginx:2", "IfNotPresent"), ("nginx@sha256:0", "IfNotPresent"), ("", "IfNotPresent"),
        ("r/x:latest@sha256:0", "IfNotPresent"),
    ])
    func pullPolicies(image: String, policy: String) {
        #expect(PodDefaults.pullPolicy(image) == .string(policy))
    }

    private func first(_ object: JSONValue) -> JSONValue { object["spec"]?.items("containers").first ?? [:] }

    @Test func requestsFollowLimits() throws {
        let object = try pod(
            #"{"containers":[{"name":"c","image":"i","resources":{"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"500m"}}}]}"#
        )
        #expect(first(object)["resources"]?["requests"] == ["cpu": "500m", "memory": "1Gi"])
    }

    @Test func templatesKeepLimitsOnly() throws {
        let object = try decoded(
            #"{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"i","resources":{"limits":{"cpu":"1"}}}]}}}}"#,
            .deployments)
        let containers = object["spec"]?["template"]?["spec"]?.items("containers") ?? []
        #expect(containers.first?["resources"] == ["limits": ["cpu": "1"]])
        #expect(object["spec"]?["template"]?["spec"]?["enableServiceLinks"] == nil)
    }

    @Test func hostNetworkPublishesPorts() throws {
        let object = try pod(
            #"{"hostNetwork":true,"containers":[{"name":"c","image":"i","ports":[{"containerPort":80}]}]}"#)
        #expect(first(object).items("ports").first?["hostPort"] == 80)
    }

    @Test(arguments: [
        ("{}", "emptyDir", #"{}"#),
        (#"{"secret":{"secretName":"s"}}"#, "secret", #"{"secretName":"s","defaultMode":420}"#),
        (#"{"hostPath":{"path":"/"}}"#, "hostPath", #"{"path":"/","type":""}"#),
        (
            #"{"projected":{"sources":[{"serviceAccountToken":{"path":"t"}}]}}"#, "projected",
            #"{"sources":[{"serviceAccountToken":{"expirationSeconds":3600,"path":"t"}}],"defaultMode":420}"#
        ),
        (
            #"{"downwardAPI":{"items":[{"path":"a","fieldRef":{"fieldPath":"metadata.name"}}]}}"#, "downwardAPI",
            #"{"items":[{"path":"a","fieldRef":{"fieldPath":"metadata.name","apiVersion":"v1"}}],"defaultMode":420}"#
        ),
        (
            #"{"rbd":{"monitors":["a"],"image":"i"}}"#, "rbd",
            #"{"monitors":["a"],"image":"i","pool":"rbd","user":"admin","keyring":"/etc/ceph/keyring"}"#
        ),
    ])
    func volumes(source: String, field: String, expected: String) throws {
        var volume = JSONValue(text: source)
        volume["name"] = "v"
        let object = try pod(#"{"containers":[],"volumes":[\#(volume.written)]}"#)
        let found = object["spec"]?.items("volumes").first?[field] ?? .null
        #expect(found.agrees(with: JSONValue(text: expected)), "\(found.written)")
    }

    @Test(arguments: [
        (#"[{}]"#, "BestEffort"), (#"[{"requests":{"cpu":"1"}}]"#, "Burstable"),
        (#"[{"limits":{"cpu":"1","memory":"1Gi"}}]"#, "Guaranteed"),
        (#"[{"limits":{"cpu":"1","memory":"1Gi"}},{}]"#, "Burstable"),
        (#"[{"limits":{"cpu":"1000m","memory":"1Gi"},"requests":{"cpu":"1","memory":"1024Mi"}}]"#, "Guaranteed"),
        (#"[{"requests":{"cpu":"0"}}]"#, "BestEffort"),
    ])
    func qualityOfService(resources: String, expected: String) throws {
        let containers = (JSONValue(text: resources).arrayValue ?? []).map { resources -> JSONValue in
            ["name": "c", "image": "i", "resources": resources]
        }
        let object = try pod(JSONValue.object(["containers": .array(containers)]).written)
        #expect(PodQOS.classOf(object["spec"] ?? [:]) == expected)
    }

    @Test func podLevelRequestsFollowContainers() throws {
        let object = try pod(
            #"{"resources":{"limits":{"cpu":"4","memory":"4Gi"}},"containers":[{"name":"a","image":"i","resources":{"requests":{"cpu":"500m"}}},{"name":"b","image":"i","resources":{"requests":{"cpu":"1"}}}]}"#
        )
        #expect(object["spec"]?["resources"]?["requests"]?["cpu"] == "1500m")
        #expect(object["spec"]?["resources"]?["requests"]?["memory"] == "4Gi")
    }

    @Test func labelKeysAreWrittenOut() throws {
        var object = try pod(
            #"{"containers":[],"topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"z","whenUnsatisfiable":"DoNotSchedule","labelSelector":{},"matchLabelKeys":["a","b"]}]}"#
        )
        object[path: "metadata", "labels"] = ["a": "1"]
        PodStrategy().prepareForCreate(&object, dualStack)
        let constraint = object["spec"]?.items("topologySpreadConstraints").first ?? [:]
        #expect(
            constraint["labelSelector"]?["matchExpressions"] == [["key": "a", "operator": "In", "values": ["1"]]])
        #expect(object["status"]?["phase"] == "Pending")
    }

    // MARK: Admission

    private let context = AdmissionContext(
        ipFamilies: ["IPv4"],
        object: { kind, _, name in
            switch (kind, name) {
            case ("priorityclasses.scheduling.k8s.io", "high"):
                ["metadata": ["name": "high"], "value": 1000, "preemptionPolicy": "Never"]
            case ("runtimeclasses.node.k8s.io", "r"):
                ["overhead": ["podFixed": ["cpu": "100m"]], "scheduling": ["nodeSelector": ["a": "b"]]]
            case ("nodes", "n"):
                ["metadata": ["labels": ["topology.kubernetes.io/zone": "z", "other": "x"]]]
            default: nil
            }
        })

    @Test func priorityComesFromTheClass() throws {
        var object = try pod(#"{"containers":[],"priorityClassName":"high","nodeName":"n"}"#)
        try PodAdmission(context).admit(&object, old: nil)
        #expect(object["spec"]?["priority"] == 1000)
        #expect(object["spec"]?["preemptionPolicy"] == "Never")
        #expect(object["metadata"]?["labels"] == ["topology.kubernetes.io/zone": "z"])
        #expect(object["spec"]?.items("tolerations").count == 2)
    }

    @Test(arguments: [
        #"{"priorityClassName":"low"}"#, #"{"priority":5}"#, #"{"priorityClassName":"high","preemptionPolicy":"x"}"#,
        #"{"runtimeClassName":"x"}"#, #"{"overhead":{"cpu":"1"}}"#,
        #"{"runtimeClassName":"r","nodeSelector":{"a":"c"}}"#,
    ])
    func admissionRefuses(spec: String) throws {
        var object = try pod(spec)
        #expect(throws: StatusError.self) { try PodAdmission(context).admit(&object, old: nil) }
    }

    @Test func runtimeClassAddsOverhead() throws {
        var object = try pod(#"{"runtimeClassName":"r"}"#)
        try PodAdmission(context).admit(&object, old: nil)
        #expect(object["spec"]?["overhead"] == ["cpu": "100m"])
        #expect(object["spec"]?["nodeSelector"] == ["a": "b"])
    }

    @Test(
        arguments: [
            (#"[{"key":"node.kubernetes.io/not-ready","operator":"Exists"}]"#, ["node.kubernetes.io/unreachable"]),
            (#"[{"operator":"Exists"}]"#, []),
            (
                #"[{"operator":"Exists","effect":"NoSchedule"}]"#,
                [
                    "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable",
                ]
            ),
        ] as [(String, [String])])
    func tolerationsAreAdded(tolerations: String, added: [String]) throws {
        var object = try pod(#"{"tolerations":\#(tolerations)}"#)
        try PodAdmission(context).admit(&object, old: nil)
        #expect((object["spec"]?.items("tolerations") ?? []).dropFirst().map { $0.text("key") } == added)
    }

    // MARK: Warnings

    @Test(arguments: [
        (#"{"containers":[{"name":"c","image":"i","env":[{"name":"A","value":"1"},{"name":"A","value":"2"}]}]}"#, 1),
        (
            #"{"containers":[{"name":"c","image":"i","env":[{"name":"A","value":"1"},{"name":"A","value":"$(A)2"}]}]}"#,
            0
        ),
        (#"{"containers":[{"name":"c","image":"i","ports":[{"containerPort":1},{"containerPort":1}]}]}"#, 1),
        (
            #"{"nodeSelector":{"beta.kubernetes.io/os":"linux"},"volumes":[{"name":"v","gitRepo":{"repository":"r"}}]}"#,
            2
        ),
        (#"{"imagePullSecrets":[{"name":"a"},{"name":"a"},{}],"hostAliases":[{"ip":"1"},{"ip":"1"}]}"#, 3),
        (#"{"containers":[{"name":"c","image":"i","resources":{"limits":{"memory":"100m"}}}]}"#, 2),
    ])
    func warnings(spec: String, count: Int) throws {
        let texts = PodStrategy().warnings(try pod(spec), old: nil)
        #expect(texts.count == count, "\(texts)")
    }
}
