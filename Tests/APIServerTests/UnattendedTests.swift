import JSONStream
import KubeAPI
import Testing

@testable import APIObjects
@testable import APIPods
@testable import APIResources

@Suite struct UnattendedTests {
    private static let job: JSONValue = [
        "metadata": ["name": "j"],
        "spec": [
            "schedule": "* * * * *",
            "jobTemplate": [
                "spec": [
                    "template": [
                        "spec": ["restartPolicy": "Never", "containers": [["name": "c", "image": "i"]]]
                    ]
                ]
            ],
        ],
    ]

    @Test("Who creates what nobody runs is warned, once")
    func warning() async throws {
        try await TestServer.with { server in
            let jobs = "/apis/batch/v1/namespaces/default/cronjobs"
            let made = try await server.send("POST", jobs, Self.job)
            #expect(made.status == 201)
            #expect(made.headers["warning"] == #"299 - "nothing in this cluster runs CronJobs""#)
            #expect(try await server.send("PUT", "\(jobs)/j", made.json).headers["warning"] == nil)
            let map = try await server.send(
                "POST", "/api/v1/namespaces/default/configmaps", ["metadata": ["name": "a"]])
            #expect(map.headers["warning"] == nil)
        }
    }

    @Test("A controller manager at work runs some kinds, and enforces no policies")
    func runners() {
        let now = Timestamp(microseconds: 1_000_000_000_000_000)
        let lease: JSONValue = [
            "spec": [
                "holderIdentity": "a", "leaseDurationSeconds": 15,
                "renewTime": .string(Timestamp(microseconds: now.microseconds - 5_000_000).text(microseconds: true)),
            ]
        ]
        let later = Timestamp(microseconds: now.microseconds + 20_000_000)
        func warnings(_ definition: ResourceDefinition, _ now: Timestamp, _ lease: JSONValue?) -> Int {
            Unattended.warnings(definition, now: now) { $0 == "kube-controller-manager" ? lease : nil }.count
        }
        for kind in [ResourceDefinition.statefulSets, .daemonSets, .jobs, .cronJobs] {
            #expect(warnings(kind, now, nil) == 1)
            #expect(warnings(kind, now, lease) == 0)
            #expect(warnings(kind, later, lease) == 1)
        }
        for kind in [ResourceDefinition.ingresses, .networkPolicies] { #expect(warnings(kind, now, lease) == 1) }
        for kind in [ResourceDefinition.deployments, .replicaSets, .services, .pods] {
            #expect(warnings(kind, now, nil) == 0)
        }
    }
}
