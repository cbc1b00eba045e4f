import JSONStream
import NetworkAddress
import ObjectStore
import Testing

@testable import APIObjects

@Suite struct AllocationTests {
    private static let services = "/api/v1/namespaces/default/services"

    private static func service(_ name: String, _ spec: JSONValue) -> JSONValue {
        var spec = spec
        if spec["ports"] == nil { spec["ports"] = [["port": 80]] }
        return ["apiVersion": "v1", "kind": "Service", "metadata": ["name": .string(name)], "spec": spec]
    }

    @Test func aFullRangeIsRefusedAndDeletionFreesIt() async throws {
        // 14 addresses without the first and last of 16; the kubernetes Service has one.
        try await TestServer.with(cidrs: ["10.0.0.0/28"]) { (server: TestServer) async throws -> Void in
            for index in 0..<13 {
                let answer = try await server.send("POST", Self.services, Self.service("s\(index)", [:]))
                #expect(answer.status == 201)
            }
            #expect(try await server.send("POST", Self.services, Self.service("full", [:])).status == 422)
            #expect(try await server.send("DELETE", "\(Self.services)/s3").status == 200)
            #expect(try await server.send("POST", Self.services, Self.service("again", [:])).status == 201)
        }
    }

    @Test func failedAndDryRequestsTakeNothing() async throws {
        try await TestServer.with { (server: TestServer) async throws -> Void in
            let wanted: JSONValue = [
                "clusterIP": "10.96.9.9", "type": "NodePort", "ports": [["port": 80, "nodePort": 30001]],
            ]
            #expect(
                try await server.send("POST", Self.services + "?dryRun=All", Self.service("a", wanted)).status == 201)
            var bad = wanted
            bad["sessionAffinity"] = "Cookie"
            #expect(try await server.send("POST", Self.services, Self.service("a", bad)).status == 422)
            #expect(try await server.send("POST", Self.services, Self.service("a", wanted)).status == 201)
            #expect(try await server.send("POST", Self.services, Self.service("b", wanted)).status == 422)
        }
    }

    @Test func changingTheTypeFreesAndTakesNodePorts() async throws {
        try await TestServer.with(nodePorts: 31000...31001) { (server: TestServer) async throws -> Void in
            let both: JSONValue = [
                "type": "NodePort",
                "ports": [
                    ["name": "t", "port": 53, "protocol": "TCP"], ["name": "u", "port": 53, "protocol": "UDP"],
                ],
            ]
            let shared = try await server.send("POST", Self.services, Self.service("dns", both)).json
            let ports = Set(shared["spec"]?.items("ports").compactMap { $0["nodePort"]?.integerValue } ?? [])
            #expect(ports.count == 1)
            let local: JSONValue = ["type": "LoadBalancer", "externalTrafficPolicy": "Local"]
            #expect(try await server.send("POST", Self.services, Self.service("lb", local)).status == 500)
            let patched = try await server.send(
                "PATCH", "\(Self.services)/dns", ["spec": ["type": "ClusterIP"]], type: "application/merge-patch+json")
            #expect(patched.json["spec"]?.items("ports").allSatisfy { $0["nodePort"] == nil } == true)
            let balanced = try await server.send("POST", Self.services, Self.service("lb", local)).json
            #expect(balanced["spec"]?["healthCheckNodePort"] != nil)
        }
    }

    @Test func aSecondServerKnowsWhatIsTaken() async throws {
        let store = MemoryStore()
        let wanted: JSONValue = [
            "clusterIP": "10.96.9.9", "type": "NodePort", "ports": [["port": 80, "nodePort": 30001]],
        ]
        try await TestServer.with(store: store) { (server: TestServer) async throws -> Void in
            #expect(try await server.send("POST", Self.services, Self.service("a", wanted)).status == 201)
        }
        try await TestServer.with(store: store) { (server: TestServer) async throws -> Void in
            #expect(try await server.send("POST", Self.services, Self.service("b", wanted)).status == 422)
            #expect(try await server.send("DELETE", "\(Self.services)/a").status == 200)
            #expect(try await server.send("POST", Self.services, Self.service("b", wanted)).status == 201)
        }
    }

    @Test func dualStackServicesComeAndGo() async throws {
        try await TestServer.with(cidrs: ["10.96.0.0/12", "fd00:10::/108"]) {
            (server: TestServer) async throws -> Void in
            let dual = try await server.send(
                "POST", Self.services, Self.service("d", ["ipFamilyPolicy": "RequireDualStack"])
            ).json
            #expect(dual["spec"]?["ipFamilies"] == ["IPv4", "IPv6"])
            #expect(dual["spec"]?.items("clusterIPs").count == 2)
            let single = try await server.send(
                "PATCH", "\(Self.services)/d", ["spec": ["ipFamilyPolicy": "SingleStack"]],
                type: "application/merge-patch+json"
            ).json
            #expect(single["spec"]?["ipFamilies"] == ["IPv4"])
            #expect(single["spec"]?["clusterIP"] == dual["spec"]?["clusterIP"])
            #expect(single["spec"]?.items("clusterIPs").count == 1)
            let six = try await server.send("POST", Self.services, Self.service("s", ["ipFamilies": ["IPv6"]])).json
            #expect(six["spec"]?.text("clusterIP").hasPrefix("fd00:10::") == true)
        }
    }

    @Test func aDeletedNamespaceWaitsForWhoeverEmptiesIt() async throws {
        try await TestServer.with { (server: TestServer) async throws -> Void in
            let namespace: JSONValue = ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "n"]]
            _ = try await server.send("POST", "/api/v1/namespaces", namespace)
            let path = "/api/v1/namespaces/n"
            _ = try await server.send(
                "POST", path + "/services", Self.service("held", ["clusterIP": "10.96.9.9"]))
            let deleted = try await server.send("DELETE", path).json
            #expect(deleted["status"]?["phase"] == "Terminating")
            #expect(try await server.send("GET", path + "/services/held").status == 200)
            let refused = try await server.send("POST", path + "/services", Self.service("new", [:]))
            #expect(refused.status == 403 && refused.json["details"]?.text("name") == "new")
            #expect(try await server.send("DELETE", path).json["status"]?["phase"] == "Terminating")
            #expect(try await server.send("DELETE", path + "/services/held").status == 200)
            var final = namespace
            final["spec"] = ["finalizers": ["not qualified"]]
            #expect(try await server.send("PUT", path + "/finalize", final).status == 422)
            final["spec"] = ["finalizers": ["example.com/x"]]
            #expect(try await server.send("PUT", path + "/finalize", final).status == 200)
            #expect(try await server.send("GET", path).status == 200)
            final["spec"] = ["finalizers": []]
            #expect(try await server.send("PUT", path + "/finalize", final).status == 200)
            #expect(try await server.send("GET", path).status == 404)
            #expect(
                try await server.send("POST", Self.services, Self.service("heir", ["clusterIP": "10.96.9.9"])).status
                    == 201)
        }
    }
}
