import APITesting
import JSONStream
import KubeAPI
import Testing

@testable import APIObjects
@testable import APIPods
@testable import APIResources

@Suite struct PodTableTests {
    private func cells(_ spec: String, _ status: String, isDeleted: Bool = false) -> [String] {
        var object: JSONValue = ["metadata": ["name": "p", "creationTimestamp": "2026-01-01T00:00:00Z"]]
        if isDeleted { object[path: "metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z" }
        object["spec"] = JSONValue(text: spec)
        object["status"] = JSONValue(text: status)
        let now = Timestamp(microseconds: (1_767_225_600 + 600) * 1_000_000)
        return TableDefinition.pods.cells(object, now).map { $0.stringValue ?? "" }
    }

    private static let two = #"{"containers":[{"name":"a"},{"name":"b"}],"nodeName":"n"}"#
    private static let initial =
        #"{"initContainers":[{"name":"i"},{"name":"s","restartPolicy":"Always"}],"containers":[{"name":"a"}]}"#

    @Test(
        arguments: [
            (two, #"{"phase":"Pending"}"#, ["0/2", "Pending", "0"]),
            (
                two,
                #"{"phase":"Running","containerStatuses":[{"ready":true,"restartCount":1,"state":{"running":{}},"lastState":{"terminated":{"finishedAt":"2026-01-01T00:05:00Z"}}},{"restartCount":2,"state":{"waiting":{"reason":"CrashLoopBackOff"}}}]}"#,
                ["1/2", "CrashLoopBackOff", "3 (5m ago)"]
            ),
            (
                two,
                #"{"phase":"Running","containerStatuses":[{"state":{"terminated":{"reason":"Completed"}}},{"ready":true,"state":{"running":{}}}]}"#,
                ["1/2", "NotReady", "0"]
            ),
            (
                two,
                #"{"phase":"Running","conditions":[{"type":"Ready","status":"True"}],"containerStatuses":[{"state":{"terminated":{"reason":"Completed"}}},{"ready":true,"state":{"running":{}}}]}"#,
                ["1/2", "Running", "0"]
            ),
            (
                two, #"{"phase":"Failed","containerStatuses":[{"state":{"terminated":{"exitCode":3}}}]}"#,
                ["0/2", "ExitCode:3", "0"]
            ),
            (two, #"{"phase":"Failed","reason":"Evicted"}"#, ["0/2", "Evicted", "0"]),
            (
                two,
                #"{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"SchedulingGated"}]}"#,
                ["0/2", "SchedulingGated", "0"]
            ),
            (
                initial, #"{"phase":"Pending","initContainerStatuses":[{"name":"i","state":{"running":{}}}]}"#,
                ["0/2", "Init:0/2", "0"]
            ),
            (
                initial,
                #"{"phase":"Pending","initContainerStatuses":[{"name":"i","restartCount":4,"state":{"waiting":{"reason":"ErrImagePull"}}}]}"#,
                ["0/2", "Init:ErrImagePull", "4"]
            ),
            (
                initial,
                #"{"phase":"Pending","initContainerStatuses":[{"name":"i","state":{"terminated":{"exitCode":1}}}]}"#,
                ["0/2", "Init:ExitCode:1", "0"]
            ),
            (
                initial,
                #"{"phase":"Running","initContainerStatuses":[{"name":"i","restartCount":7,"state":{"terminated":{"exitCode":0}}},{"name":"s","started":true,"ready":true,"restartCount":1,"state":{"running":{}}}],"containerStatuses":[{"ready":true,"state":{"running":{}}}]}"#,
                ["2/2", "Running", "1"]
            ),
        ] as [(String, String, [String])])
    func readyStatusAndRestarts(spec: String, status: String, expected: [String]) {
        #expect(Array(cells(spec, status)[1...3]) == expected)
    }

    @Test func deletionAndWideColumns() {
        let status =
            #"{"phase":"Running","podIPs":[{"ip":"10.0.0.9"}],"nominatedNodeName":"m","conditions":[{"type":"g","status":"True"}]}"#
        let spec = #"{"containers":[{}],"nodeName":"n","readinessGates":[{"conditionType":"g"},{"conditionType":"h"}]}"#
        let found = cells(spec, status, isDeleted: true)
        #expect(found == ["p", "0/1", "Terminating", "0", "10m", "10.0.0.9", "n", "m", "1/2"])
        #expect(cells(spec, #"{"phase":"Failed"}"#, isDeleted: true)[2] == "Failed")
        #expect(cells(spec, #"{"phase":"Running","reason":"NodeLost"}"#, isDeleted: true)[2] == "Unknown")
    }

    @Test(arguments: [
        (
            ResourceDefinition.deployments,
            #"{"metadata":{"name":"d"},"spec":{"replicas":3,"selector":{"matchLabels":{"b":"2"},"matchExpressions":[{"key":"a","operator":"Exists"}]},"template":{"spec":{"containers":[{"name":"c","image":"i"},{"name":"d","image":"j"}]}}},"status":{"readyReplicas":2,"updatedReplicas":1}}"#,
            "d 2/3 1 0 <unknown> c,d i,j a,b=2"
        ),
        (
            .replicaSets, #"{"metadata":{"name":"r"},"spec":{"replicas":3},"status":{"replicas":2,"readyReplicas":1}}"#,
            "r 3 2 1 <unknown>   <none>"
        ),
        (
            .replicationControllers, #"{"metadata":{"name":"r"},"spec":{"replicas":1,"selector":{"a":"b"}}}"#,
            "r 1 0 0 <unknown>   a=b"
        ),
        (
            .daemonSets,
            #"{"metadata":{"name":"d"},"spec":{"template":{"spec":{"nodeSelector":{"x":"y"}}}},"status":{"desiredNumberScheduled":5}}"#,
            "d 5 0 0 0 0 x=y <unknown>   <none>"
        ),
        (.statefulSets, #"{"metadata":{"name":"s"},"spec":{"replicas":2}}"#, "s 0/2 <unknown>  "),
        (
            .podDisruptionBudgets,
            #"{"metadata":{"name":"b"},"spec":{"minAvailable":"50%"},"status":{"disruptionsAllowed":1}}"#,
            "b 50% N/A 1 <unknown>"
        ),
        (.configMaps, #"{"metadata":{"name":"c"},"data":{"a":"b"},"binaryData":{"c":""}}"#, "c 2 <unknown>"),
        (.secrets, #"{"metadata":{"name":"s"},"type":"Opaque","data":{"a":""}}"#, "s Opaque 1 <unknown>"),
        (
            .endpoints,
            #"{"metadata":{"name":"e"},"subsets":[{"addresses":[{"ip":"1.1.1.1"},{"ip":"1.1.1.2"}],"ports":[{"port":80},{"port":81}]}]}"#,
            "e 1.1.1.1:80,1.1.1.2:80,1.1.1.1:81 + 1 more... <unknown>"
        ),
        (.priorityClasses, #"{"metadata":{"name":"p"},"value":7}"#, "p 7 false <unknown> PreemptLowerPriority"),
        (
            .jobs,
            #"{"metadata":{"name":"j"},"spec":{"completions":2},"status":{"succeeded":1,"startTime":"1970-01-01T00:00:00Z","completionTime":"1970-01-01T00:02:05Z","conditions":[{"type":"Complete","status":"True"}]}}"#,
            "j Complete 1/2 2m5s <unknown>   <none>"
        ),
        (
            .persistentVolumeClaims,
            #"{"metadata":{"name":"c"},"spec":{"volumeName":"v","storageClassName":"s","volumeMode":"Block"},"status":{"phase":"Bound","capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"]}}"#,
            "c Bound v 1Gi RWO s <unset> <unknown> Block"
        ),
        (.networkPolicies, #"{"metadata":{"name":"n"},"spec":{"podSelector":{}}}"#, "n <none> <unknown>"),
    ])
    func otherKinds(definition: ResourceDefinition, object: String, expected: String) {
        let table = definition.strategy.table
        let cells = table.cells(JSONValue(text: object), Timestamp(microseconds: 0))
        let texts = cells.map { cell in
            switch cell {
            case .string(let text): text
            default: cell.written
            }
        }
        #expect(texts.joined(separator: " ") == expected)
        #expect(cells.count == table.columns.count)
    }
}
