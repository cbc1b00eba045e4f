import ContainerRuntime
import JSONStream
import KubeAPI
import Testing

@testable import NodeAgent

@Suite struct ContainerRulesTests {
    private func definition(_ resources: JSONValue) -> ContainerDefinition {
        ContainerDefinition(["name": "c", "image": "i", "resources": resources], isInit: false)
    }

    @Test("Limits become the numbers of control groups")
    func numbers() {
        let limits: JSONValue = ["cpu": "250m", "memory": "64Mi"]
        let numbers = ResourceNumbers.resources(definition(["limits": limits]), .guaranteed, nodeMemory: 1 << 30)
        #expect(numbers.cpuQuota == 25_000 && numbers.cpuPeriod == 100_000)
        #expect(numbers.cpuShares == 256)
        #expect(numbers.memoryLimit == 64 << 20)
        #expect(numbers.oomScoreAdjustment == -997)
        let nothing = ResourceNumbers.resources(definition([:]), .bestEffort, nodeMemory: 1 << 30)
        #expect(nothing.cpuShares == 2 && nothing.cpuQuota == 0 && nothing.oomScoreAdjustment == 1000)
        let part = definition(["requests": ["memory": "256Mi"]])
        #expect(ResourceNumbers.resources(part, .burstable, nodeMemory: 1 << 30).oomScoreAdjustment == 750)
        let huge = definition(["limits": ["cpu": "9E", "memory": "9E"]])
        #expect(ResourceNumbers.resources(huge, .burstable, nodeMemory: 0).cpuQuota > 0)
    }

    @Test(
        "Names of images are told from what no runtime would take",
        arguments: [
            ("busybox", true, true), ("busybox:1.35", true, false), ("reg.io:5000/a/b", true, true),
            ("reg.io/a@sha256:00", true, false), ("", false, false), ("a b", false, false), ("A", false, false),
            ("a:b:c", false, false), ("a/", false, false), ("a:latest", true, true),
        ])
    func imageNames(_ text: String, _ isName: Bool, _ isLatest: Bool) {
        let name = ImageName(text)
        #expect((name != nil) == isName)
        #expect((name?.isLatest ?? false) == isLatest)
    }

    @Test("A Service is told by variables as links of Docker told it")
    func serviceVariables() throws {
        var service = Service(metadata: ObjectMeta(name: "my-db", namespace: "shop"))
        service.spec.clusterIP = "10.96.0.9"
        service.spec.ports = [.init(name: "sql", transport: "TCP", port: 5432)]
        let texts = ServiceVariables.of(service).map { "\($0.name)=\($0.value)" }
        #expect(
            texts == [
                "MY_DB_SERVICE_HOST=10.96.0.9", "MY_DB_SERVICE_PORT=5432", "MY_DB_SERVICE_PORT_SQL=5432",
                "MY_DB_PORT=tcp://10.96.0.9:5432", "MY_DB_PORT_5432_TCP=tcp://10.96.0.9:5432",
                "MY_DB_PORT_5432_TCP_PROTO=tcp", "MY_DB_PORT_5432_TCP_PORT=5432", "MY_DB_PORT_5432_TCP_ADDR=10.96.0.9",
            ])
        #expect(ServiceVariables.variables([service], namespace: "other", hasLinks: true).isEmpty)
        #expect(ServiceVariables.variables([service], namespace: "shop", hasLinks: false).isEmpty)
    }

    @Test("A pod resolves names by its policy; what it asks for besides is added")
    func dns() {
        var host = ResolverFile("nameserver 192.0.2.1\nsearch lan.\noptions edns0\n")
        #expect(host.searches == ["lan"])
        let rules = DNSRules(clusterServers: ["10.96.0.10"])
        let cluster = rules.configuration(PodDefinition([:]), namespace: "shop", host: host)
        #expect(cluster.servers == ["10.96.0.10"])
        #expect(cluster.searches == ["shop.svc.cluster.local", "svc.cluster.local", "cluster.local", "lan"])
        #expect(cluster.options == ["ndots:5"])
        let onHost = rules.configuration(PodDefinition(["hostNetwork": true]), namespace: "shop", host: host)
        #expect(onHost.servers == ["192.0.2.1"])
        let own = PodDefinition([
            "dnsPolicy": "None",
            "dnsConfig": ["nameservers": ["198.51.100.1"], "options": [["name": "ndots", "value": "2"]]],
        ])
        let none = rules.configuration(own, namespace: "shop", host: host)
        #expect(none.servers == ["198.51.100.1"] && none.searches.isEmpty && none.options == ["ndots:2"])
        host.servers = ["1", "2", "3", "4"]
        #expect(DNSRules().configuration(PodDefinition([:]), namespace: "a", host: host).servers.count == 3)
    }

    @Test("Lines of logs are told apart from what is none")
    func logLines() {
        let line = LogLine(Array("2026-01-01T00:00:00.000000001Z stderr P a b".utf8))
        #expect(line?.isError == true && line?.isPartial == true && line?.content == Array("a b".utf8))
        #expect(LogLine(Array("2026-01-01T00:00:00Z stdout F ".utf8))?.content.isEmpty == true)
        #expect(LogLine(Array("2026-01-01T00:00:00Z other F x".utf8)) == nil)
        #expect(LogLine(Array("nothing".utf8)) == nil)
    }

    @Test("What is missing is named in the words of kubelet; what is optional is left out")
    func environment() throws {
        let pod = try BoundPod(["metadata": ["name": "p", "namespace": "shop", "uid": "u"], "spec": [:]])
        let fields = DownwardFields(pod: pod, podAddresses: ["10.0.0.1"], hostAddresses: [], allocatable: [:])
        func build(_ env: JSONValue) throws -> [ContainerConfiguration.Variable] {
            let container = ContainerDefinition(["name": "c", "env": env], isInit: false)
            return try EnvironmentBuilder(
                container: container, namespace: "shop", fields: fields, objects: ReferencedObjects(), services: []
            ).variables()
        }
        let reference: JSONValue = ["name": "cm", "key": "k"]
        #expect(throws: StatusProblem("CreateContainerConfigError", "configmap \"cm\" not found")) {
            try build([["name": "A", "valueFrom": ["configMapKeyRef": reference]]])
        }
        let optional: JSONValue = ["name": "cm", "key": "k", "optional": true]
        let built = try build([
            ["name": "A", "valueFrom": ["configMapKeyRef": optional]],
            ["name": "IP", "valueFrom": ["fieldRef": ["fieldPath": "status.podIP"]]],
            ["name": "URL", "value": "http://$(IP)$(LATER)"], ["name": "LATER", "value": "x"],
        ])
        #expect(built.map(\.name) == ["IP", "URL", "LATER"])
        #expect(built[1].value == "http://10.0.0.1$(LATER)")
    }
}
