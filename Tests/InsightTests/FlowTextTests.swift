import Insight
import NetworkAddress
import ServiceModel
import Testing

@Suite struct FlowTextTests {
    @Test func sources() throws {
        #expect(try FlowSource(parsing: "node") == .node)
        #expect(try FlowSource(parsing: "outside") == .outside)
        #expect(try FlowSource(parsing: "pod/web-1") == .pod(namespace: nil, name: "web-1"))
        #expect(try FlowSource(parsing: "pod/shop/web-1") == .pod(namespace: "shop", name: "web-1"))
        #expect(try FlowSource(parsing: "10.0.0.1") == .address(try #require(IPAddress("10.0.0.1"))))
        #expect(try FlowSource(parsing: "fd00::1") == .address(try #require(IPAddress("fd00::1"))))
        #expect(try FlowSource(parsing: "[fd00::1]") == .address(try #require(IPAddress("fd00::1"))))
    }

    @Test(arguments: ["", "web-1", "pod/", "pod//web", "pod/a/b/c", "service/db", "10.0.0"])
    func notSources(_ text: String) {
        #expect(throws: ExplainError.self) { try FlowSource(parsing: text) }
    }

    @Test func targets() throws {
        #expect(try FlowTarget(parsing: ["service/db"]) == FlowTarget(.service(namespace: nil, name: "db")))
        #expect(
            try FlowTarget(parsing: ["svc/shop/db:postgres"])
                == FlowTarget(.service(namespace: "shop", name: "db"), port: "postgres"))
        #expect(
            try FlowTarget(parsing: ["service/dns:53/udp"])
                == FlowTarget(.service(namespace: nil, name: "dns"), port: "53", transport: .udp))
        let address = try #require(IPAddress("10.96.0.10"))
        #expect(try FlowTarget(parsing: ["10.96.0.10"]) == FlowTarget(.address(address)))
        #expect(
            try FlowTarget(parsing: ["10.96.0.10:53/UDP"])
                == FlowTarget(.address(address), port: "53", transport: .udp))
        let ipv6 = try #require(IPAddress("fd00::a"))
        #expect(try FlowTarget(parsing: ["[fd00::a]:80"]) == FlowTarget(.address(ipv6), port: "80"))
        #expect(try FlowTarget(parsing: ["fd00::a"]) == FlowTarget(.address(ipv6)))
        #expect(try FlowTarget(parsing: ["fd00::a/udp"]) == FlowTarget(.address(ipv6), transport: .udp))
        #expect(try FlowTarget(parsing: ["node-port", "30080"]) == FlowTarget(.nodePort, port: "30080"))
        #expect(
            try FlowTarget(parsing: ["node-port", "30080/sctp"])
                == FlowTarget(.nodePort, port: "30080", transport: .sctp))
    }

    @Test(arguments: [
        [], ["node-port"], ["node-port", "0"], ["node-port", "x"], ["10.0.0.1:0"], ["10.0.0.1:70000"], ["10.0.0.1:x"],
        ["example.org:80"], ["[fd00::a]80"], ["service/"], ["service/a", "80"],
    ])
    func notTargets(_ words: [String]) {
        #expect(throws: ExplainError.self) { try FlowTarget(parsing: words) }
    }
}
