import JSONStream
import KubeAPI
import Testing

@testable import NodeAgent

@Suite struct PodAdmissionTests {
    private static let allocatable = ["cpu": "2", "memory": "1Gi", "pods": "3"]

    private static func pod(_ name: String, _ spec: JSONValue) throws -> BoundPod {
        try BoundPod([
            "metadata": ["name": .string(name), "namespace": "t", "uid": .string(name)], "spec": spec,
        ])
    }

    private static func container(cpu: String, port: Int64? = nil, limits: Bool = false) -> JSONValue {
        var container: JSONValue = ["name": "c", "resources": [limits ? "limits" : "requests": ["cpu": .string(cpu)]]]
        if let port { container["ports"] = [["containerPort": 80, "hostPort": .integer(port)]] }
        return container
    }

    private static func problem(_ spec: JSONValue, beside others: [JSONValue] = []) throws -> StatusProblem? {
        let others = try others.enumerated().map { try pod("o\($0)", $1) }
        return PodAdmission.problem(try pod("p", spec), beside: others, allocatable: allocatable)
    }

    @Test("What the node does not have is told in kubelet's words")
    func resources() throws {
        let half: JSONValue = ["containers": [Self.container(cpu: "500m")]]
        #expect(try Self.problem(half, beside: [half, half]) == nil)
        let much: JSONValue = ["containers": [Self.container(cpu: "1500m", limits: true)]]
        let found = try Self.problem(much, beside: [half, half])
        #expect(found?.reason == "OutOfcpu")
        #expect(
            found?.message
                == "Node didn't have enough resource: cpu, requested: 1500, used: 1000, capacity: 2000")
        #expect(try Self.problem(half, beside: [half, [:], [:]])?.reason == "OutOfpods")
        let unknown: JSONValue = ["containers": [["name": "c", "resources": ["requests": ["a.b/gpu": "1"]]]]]
        #expect(try Self.problem(unknown)?.reason == "OutOfa.b/gpu")
    }

    @Test("Init containers count by the greediest, sidecars beside the others")
    func requests() throws {
        var sidecar = Self.container(cpu: "100m")
        sidecar["restartPolicy"] = "Always"
        let spec = PodDefinition([
            "overhead": ["cpu": "10m"],
            "initContainers": [Self.container(cpu: "300m"), sidecar, Self.container(cpu: "700m")],
            "containers": [Self.container(cpu: "200m"), Self.container(cpu: "100m")],
        ])
        #expect(PodAdmission.requests(spec)["cpu"] == ResourceAmount(milli: 810))
    }

    @Test func hostPorts() throws {
        let one: JSONValue = ["containers": [Self.container(cpu: "1m", port: 80)]]
        let other: JSONValue = ["containers": [Self.container(cpu: "1m", port: 81)]]
        #expect(try Self.problem(one, beside: [other]) == nil)
        #expect(try Self.problem(one, beside: [one])?.reason == "NodePorts")
    }

    @Test func sysctls() throws {
        func spec(_ name: String) -> JSONValue {
            ["securityContext": ["sysctls": [["name": .string(name), "value": "1"]]]]
        }
        #expect(try Self.problem(spec("net.ipv4.ip_unprivileged_port_start")) == nil)
        #expect(try Self.problem(spec("net/ipv4/tcp_syncookies")) == nil)
        #expect(try Self.problem(spec("kernel.msgmax"))?.reason == "SysctlForbidden")
    }
}
