import APITesting
import JSONStream
import Testing

@testable import APIObjects
@testable import APIPods
@testable import APIResources

@Suite struct ConfigurationTests {
    @Test(
        arguments: [
            (
                ResourceDefinition.configMaps, #"{"data":{"..":"","a/b":"","x":""},"binaryData":{"x":""}}"#,
                [
                    "Invalid data[..]", "Invalid data[a/b]", "Invalid data[x]",
                ]
            ),
            (.secrets, #"{"type":"kubernetes.io/tls"}"#, ["Required data[tls.crt]", "Required data[tls.key]"]),
            (
                .secrets, #"{"type":"kubernetes.io/basic-auth"}"#,
                ["Required data[username]", "Required data[password]"]
            ),
            (.secrets, #"{"type":"kubernetes.io/basic-auth","stringData":{"username":""}}"#, []),
            (
                .secrets, #"{"type":"kubernetes.io/dockerconfigjson","stringData":{".dockerconfigjson":"x"}}"#,
                [
                    "Invalid data[.dockerconfigjson]"
                ]
            ),
            (
                .secrets, #"{"type":"kubernetes.io/service-account-token"}"#,
                [
                    "Required metadata.annotations[kubernetes.io/service-account.name]"
                ]
            ),
            (.secrets, #"{"type":"my/own"}"#, []),
            (
                .endpoints,
                #"{"subsets":[{},{"addresses":[{"ip":"127.0.0.1"}],"ports":[{"port":0},{"name":"a","port":1}]}]}"#,
                [
                    "Required subsets[0]", "Invalid subsets[1].addresses[0].ip", "Required subsets[1].ports[0].name",
                    "Invalid subsets[1].ports[0].port",
                ]
            ),
            (.priorityClasses, #"{"metadata":{"name":"system-x"},"value":5}"#, ["Forbidden metadata.name"]),
            (
                .priorityClasses, #"{"value":1000000001,"preemptionPolicy":"X"}"#,
                [
                    "Forbidden value", "NotSupported preemptionPolicy",
                ]
            ),
            (
                .persistentVolumeClaims, #"{"spec":{}}"#,
                ["Required spec.accessModes", "Required spec.resources[storage]"]
            ),
            (
                .persistentVolumes,
                #"{"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"],"local":{"path":"/a"}}}"#,
                [
                    "Required metadata.annotations"
                ]
            ),
            (.storageClasses, #"{"provisioner":""}"#, ["Required provisioner"]),
            (
                .networkPolicies, #"{"spec":{"ingress":[{"from":[{}],"ports":[{"protocol":"X","endPort":5}]}]}}"#,
                [
                    "NotSupported spec.ingress[0].ports[0].protocol", "Required spec.ingress[0].ports[0].port",
                    "Required spec.ingress[0].from[0]",
                ]
            ),
            (
                .ingresses,
                #"{"spec":{"rules":[{"http":{"paths":[{"backend":{"service":{"name":"a"}}},{"pathType":"Exact","path":"x","backend":{}}]}}]}}"#,
                [
                    "Required spec.rules[0].http.paths[0].pathType",
                    "Invalid spec.rules[0].http.paths[1].path",
                    "Required spec.rules[0].http.paths[1].backend",
                ]
            ),
            (.ipAddresses, #"{"metadata":{"name":"10.0.0.1"},"spec":{}}"#, ["Required spec.parentRef"]),
            (
                .resourceQuotas, #"{"spec":{"hard":{"pods":"1500m","cpu":"-1"}}}"#,
                [
                    "Invalid spec.hard[cpu]", "Invalid spec.hard[pods]",
                ]
            ),
        ] as [(ResourceDefinition, String, [String])])
    func validation(definition: ResourceDefinition, object: String, expected: [String]) throws {
        let object = try decoded(object, definition)
        #expect(brief(definition.strategy.validateCreate(object, dualStack)) == expected)
    }

    @Test(
        arguments: [
            (
                ResourceDefinition.configMaps, #"{"immutable":true,"data":{"a":"b"}}"#, #"{"data":{"a":"c"}}"#,
                [
                    "Forbidden immutable", "Forbidden data",
                ]
            ),
            (.configMaps, #"{"data":{"a":"b"}}"#, #"{"data":{"a":"c"}}"#, []),
            (.secrets, #"{"type":"a"}"#, #"{"type":"b"}"#, ["Invalid type"]),
            (.secrets, #"{"immutable":true,"stringData":{"a":"b"}}"#, #"{"immutable":true}"#, ["Forbidden data"]),
            (.priorityClasses, #"{"value":1}"#, #"{"value":2}"#, ["Forbidden value"]),
            (.storageClasses, #"{"provisioner":"p"}"#, #"{"provisioner":"q"}"#, ["Invalid provisioner"]),
            (.controllerRevisions, #"{"data":{"a":1}}"#, #"{"data":{"a":2}}"#, ["Invalid data"]),
            (
                .persistentVolumeClaims,
                #"{"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1"}}}}"#,
                #"{"spec":{"accessModes":["ReadWriteMany"],"resources":{"requests":{"storage":"1"}}}}"#,
                ["Forbidden spec"]
            ),
        ] as [(ResourceDefinition, String, String, [String])])
    func updates(definition: ResourceDefinition, old: String, new: String, expected: [String]) throws {
        let (old, new) = (try decoded(old, definition), try decoded(new, definition))
        #expect(brief(definition.strategy.validateUpdate(new, old: old, dualStack)) == expected)
    }

    @Test func secretTextBecomesData() throws {
        let secret = try decoded(#"{"data":{"a":"eA==","b":"eA=="},"stringData":{"b":"y"}}"#, .secrets)
        #expect(secret["data"] == ["a": "eA==", "b": "eQ=="])
        #expect(secret["stringData"] == nil)
        #expect(secret["type"] == "Opaque")
    }

    @Test func dataMustBeBase64() {
        #expect(throws: StatusError.self) { _ = try decoded(#"{"data":{"a":"?"}}"#, .secrets) }
    }

    @Test func protectionAndDefaultClass() throws {
        let context = AdmissionContext(
            ipFamilies: [],
            objects: { _, _ in
                [["metadata": ["name": "s", "annotations": ["storageclass.kubernetes.io/is-default-class": "true"]]]]
            })
        var claim = try decoded(#"{"spec":{}}"#, .persistentVolumeClaims)
        try PersistentVolumeClaimStrategy().admit(&claim, old: nil, context)
        #expect(claim["spec"]?["storageClassName"] == "s")
        #expect(claim["metadata"]?["finalizers"] == ["kubernetes.io/pvc-protection"])
    }

    @Test func limitRangeDefaults() throws {
        let range = try decoded(
            #"{"spec":{"limits":[{"type":"Container","max":{"cpu":"2"},"min":{"memory":"1"}}]}}"#, .limitRanges)
        let item = range["spec"]?.items("limits").first ?? [:]
        #expect(item["default"] == ["cpu": "2"])
        #expect(item["defaultRequest"] == ["cpu": "2", "memory": "1"])
    }
}
