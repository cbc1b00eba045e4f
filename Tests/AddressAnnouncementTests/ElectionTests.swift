import KubeAPI
import NetworkAddress
import Testing

@testable import AddressAnnouncement

@Suite struct ElectionTests {
    private static let addresses = (0..<1000).map { IPAddress(ipv4: 0x0A00_0000 + UInt32($0)) }
    private static let nodes = ["n1", "n2", "n3", "n4"]

    @Test("A node that goes moves only what it had, and all have about as many")
    func minimalMoves() throws {
        let before = Self.addresses.map { AnnouncementElection.winner(of: $0, among: Self.nodes) }
        let after = Self.addresses.map {
            AnnouncementElection.winner(of: $0, among: Self.nodes.filter { $0 != "n2" }.reversed())
        }
        for (old, new) in zip(before, after) where old != "n2" { #expect(old == new) }
        for node in Self.nodes { #expect((180...320).contains(before.filter { $0 == node }.count)) }
        #expect(AnnouncementElection.winner(of: Self.addresses[0], among: [String]()) == nil)
    }

    private static func service(_ name: String, _ ip: String, local: Bool = false, mode: String? = nil) -> Service {
        var service = Service(metadata: ObjectMeta(name: name, namespace: "t"))
        service.spec.type = "LoadBalancer"
        service.spec.externalTrafficPolicy = local ? "Local" : "Cluster"
        service.loadBalancerIngress = [.init(ip: ip, ipMode: mode)]
        return service
    }

    @Test("With externalTrafficPolicy Local only nodes with ready endpoints announce")
    func local() throws {
        let address = try #require(IPAddress("10.0.0.1"))
        let service = Self.service("a", "10.0.0.1", local: true)
        for node in Self.nodes {
            let found = AnnouncedAddresses.addresses([service], localNodes: [service.metadata.key: [node]])
            for other in Self.nodes {
                let own = AnnouncedAddresses.own(found, live: Set(Self.nodes), node: other)
                #expect(own == (other == node ? [address] : []))
            }
        }
        let none = AnnouncedAddresses.addresses([service], localNodes: [:])
        #expect(Self.nodes.allSatisfy { AnnouncedAddresses.own(none, live: Set(Self.nodes), node: $0).isEmpty })
    }

    @Test("Exactly one live node has each address; addresses of proxies and of other kinds of Services are nobody's")
    func one() throws {
        var other = Self.service("c", "10.0.0.3")
        other.spec.type = "ClusterIP"
        let found = AnnouncedAddresses.addresses(
            [Self.service("a", "10.0.0.1"), Self.service("b", "10.0.0.2", mode: "Proxy"), other], localNodes: [:])
        #expect(found.count == 1)
        for live in [["n1"], ["n1", "n3"], Self.nodes] {
            let owners = live.filter { !AnnouncedAddresses.own(found, live: Set(live), node: $0).isEmpty }
            #expect(owners.count == 1)
        }
    }

    @Test("Who renews lives; who is silent for longer than the patience does not")
    func leases() {
        var live = LiveAnnouncers()
        #expect(live.isStale(now: .zero))
        live.look(["a": "1", "b": "1"], now: .zero)
        #expect(live.nodes(now: .zero) == ["a", "b"])
        for step in 1...4 {
            live.look(["a": "\(step + 1)", "b": "1"], now: .milliseconds(500 * step))
        }
        #expect(live.nodes(now: .milliseconds(2000)) == ["a"])
        live.look(["a": "6"], now: .milliseconds(2500))
        #expect(live.nodes(now: .milliseconds(2500)) == ["a"])
    }

    @Test("An API server that was away is no reason to give anybody up")
    func outage() {
        var live = LiveAnnouncers()
        live.look(["a": "1", "b": "1"], now: .zero)
        #expect(live.nodes(now: .seconds(60)) == ["a", "b"])
        #expect(live.isStale(now: .seconds(60)))
        live.look(["a": "1", "b": "1"], now: .seconds(60))
        #expect(live.nodes(now: .seconds(60)) == ["a", "b"])
        live.look(["a": "2", "b": "1"], now: .seconds(61))
        live.look(["a": "3", "b": "1"], now: .seconds(62))
        #expect(live.nodes(now: .seconds(62)) == ["a"])
    }
}
