import JSONStream
import Logging
import NetworkAddress
import ObjectStore
import Testing

@testable import APIObjects
@testable import APIServer

@Suite struct KubernetesEndpointsTests {
    private static func server(_ address: String, _ port: Int = 6443) -> ServerLeases.Server {
        ServerLeases.Server(address: IPAddress(address) ?? IPAddress(ipv4: 0), port: port)
    }

    private static func plan(_ servers: ServerLeases.Server...) -> KubernetesEndpointsPlan {
        KubernetesEndpointsPlan(Set(servers), family: .ipv4, port: 6443)
    }

    private static func addresses(_ slice: JSONValue) -> [String] {
        slice.items("endpoints").flatMap { $0["addresses"]?.arrayValue?.compactMap(\.stringValue) ?? [] }
    }

    @Test("All servers are endpoints, whoever makes the plan and in whatever order they came")
    func allServers() {
        let plan = Self.plan(Self.server("10.0.0.3"), Self.server("10.0.0.1"), Self.server("10.0.0.2"))
        #expect(plan.slices.count == 1)
        #expect(plan.slices.map { $0["metadata"]?.text("name") } == ["kubernetes"])
        #expect(Self.addresses(plan.slices[0]) == ["10.0.0.1", "10.0.0.2", "10.0.0.3"])
        #expect(
            plan.endpoints["subsets"] == [
                [
                    "addresses": [["ip": "10.0.0.1"], ["ip": "10.0.0.2"], ["ip": "10.0.0.3"]],
                    "ports": [["name": "https", "port": 6443, "protocol": "TCP"]],
                ]
            ])
    }

    @Test("Servers of other ports and the other family have slices and subsets of their own")
    func groups() {
        let plan = Self.plan(Self.server("10.0.0.1"), Self.server("10.0.0.1", 7443), Self.server("fd00::1"))
        #expect(
            plan.slices.map { $0["metadata"]?.text("name") } == [
                "kubernetes", "kubernetes-ipv4-7443", "kubernetes-ipv6-6443",
            ])
        #expect(plan.slices.map { $0.text("addressType") } == ["IPv4", "IPv4", "IPv6"])
        #expect(plan.slices.map { $0.items("ports")[0]["port"] } == [6443, 7443, 6443])
        #expect(plan.endpoints.items("subsets").count == 3)
    }

    @Test("Without a server there is an empty slice and no subset")
    func nobody() {
        let plan = Self.plan()
        #expect(plan.slices.map(Self.addresses) == [[]] && plan.endpoints["subsets"] == nil)
    }

    @Test("A lease says who lives, until it is given up")
    func leases() async throws {
        let store = MemoryStore()
        let leases = ServerLeases(store: store)
        func renew(_ server: ServerLeases.Server, _ authority: String = "a") async throws {
            try await leases.renew(.init(server: server, authority: authority))
        }
        try await renew(Self.server("10.0.0.2"))
        try await renew(Self.server("10.0.0.1"), "b")
        try await renew(Self.server("10.0.0.2"))
        try await renew(Self.server("fd00::1", 7443))
        _ = try await store.put(ServerLeases.prefix + "strange", [1], expecting: .absent)
        #expect(
            try await leases.living().map(\.server) == [
                Self.server("10.0.0.1"), Self.server("10.0.0.2"), Self.server("fd00::1", 7443),
            ])
        #expect(try await leases.living().map(\.authority) == ["b", "a", "a"])
        try await leases.remove(Self.server("10.0.0.2"))
        try await leases.remove(Self.server("10.0.0.2"))
        #expect(try await leases.living().map(\.server) == [Self.server("10.0.0.1"), Self.server("fd00::1", 7443)])
    }
}
