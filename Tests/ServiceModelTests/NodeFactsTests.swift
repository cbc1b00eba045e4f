import DataplaneTesting
import KubeAPI
import NetworkAddress
import ServiceModel
import Testing

@Suite struct NodeFactsTests {
    private func networks(_ texts: String...) -> [IPNetwork] { texts.compactMap { IPNetwork($0) } }

    private func facts(
        _ addresses: ServiceModelConfiguration.NodePortAddresses, override: String? = nil
    ) -> AccumulatedState {
        var fixture = ModelFixture(
            ServiceModelConfiguration(
                nodeName: "node1", nodePortAddresses: addresses, nodeIPOverride: override.map(ip)))
        fixture.model.setLocalAddresses([
            ip("127.0.0.1"), ip("192.168.0.2"), ip("192.168.1.2"), ip("::1"), ip("fd02::2"), ip("192.168.0.2"),
        ])
        fixture.sync()
        return fixture.state
    }

    @Test func firstDeltaHasFactsOfEveryFamily() {
        var fixture = ModelFixture()
        fixture.model.setNode(nil)
        #expect(fixture.model.hasPendingChanges)
        fixture.sync()
        #expect(fixture.state.facts == [.ipv4: NodeFacts(), .ipv6: NodeFacts()])
        #expect(!fixture.model.hasPendingChanges)
    }

    @Test func primary() {
        let state = facts(.primary)
        #expect(state.facts[.ipv4]?.nodePortAddresses == [ip("192.168.0.2")])
        #expect(state.facts[.ipv6]?.nodePortAddresses == [ip("fd02::2")])
        let overridden = facts(.primary, override: "192.168.1.2")
        #expect(overridden.facts[.ipv4]?.nodePortAddresses == [ip("192.168.1.2")])
        #expect(overridden.facts[.ipv6]?.nodePortAddresses == [ip("fd02::2")])
        let loopback = facts(.primary, override: "127.0.0.1")
        #expect(loopback.facts[.ipv4]?.nodePortAddresses == .some(nil), "loopback is no address for node ports")
    }

    @Test func chosenNetworks() {
        let state = facts(.networks(networks("192.168.0.0/24", "127.0.0.0/8")))
        #expect(state.facts[.ipv4]?.nodePortAddresses == [ip("192.168.0.2")])
        #expect(state.facts[.ipv6]?.nodePortAddresses == .some(nil), "a family without a range: all addresses")
        #expect(facts(.networks(networks("192.168.0.0/16", "0.0.0.0/0"))).facts[.ipv4]?.nodePortAddresses == .some(nil))
        #expect(facts(.networks(networks("10.0.0.0/8"))).facts[.ipv4]?.nodePortAddresses == [])
        #expect(facts(.networks(networks("::1/128"))).facts[.ipv6]?.nodePortAddresses == [])
        #expect(facts(.all).facts[.ipv4]?.nodePortAddresses == .some(nil))
    }

    @Test func loopbackNetworkIsToldOfOnce() {
        var fixture = ModelFixture(
            ServiceModelConfiguration(
                nodeName: "node1", nodePortAddresses: .networks(networks("192.168.0.0/24", "127.0.0.0/8"))))
        fixture.sync()
        fixture.model.setNode(nil)
        fixture.sync()
        #expect(
            fixture.messages == [
                "Node node1: nodePortAddresses: 127.0.0.0/8 is loopback, where node ports do not work; ignored"
            ])
    }

    @Test func nodeObject() {
        var fixture = ModelFixture(ServiceModelConfiguration(nodeName: "node1", localTraffic: .nodeCIDR))
        var node = Node.make("node1", podCIDRs: ["10.180.0.0/24", "fd00:10:180::/64", "x"])
        node.addresses = [
            .init(type: "Hostname", address: "node1"), .init(type: "ExternalIP", address: "5.5.5.5"),
            .init(type: "ExternalIP", address: "2001:db8::5"), .init(type: "InternalIP", address: "bad"),
            .init(type: "InternalIP", address: "192.168.0.2"), .init(type: "InternalIP", address: "192.168.0.3"),
        ]
        fixture.model.setNode(node)
        fixture.model.setServiceCIDRs(networks("10.96.0.0/16", "fd00:96::/112", "10.97.0.0/16", "10.96.0.0/16"))
        fixture.sync()
        #expect(fixture.state.facts[.ipv4]?.nodePortAddresses == [ip("192.168.0.2")])
        #expect(fixture.state.facts[.ipv6]?.nodePortAddresses == [ip("2001:db8::5")])
        #expect(fixture.state.facts[.ipv4]?.localPods.networks == networks("10.180.0.0/24"))
        #expect(fixture.state.facts[.ipv6]?.localPods.networks == networks("fd00:10:180::/64"))
        #expect(fixture.state.facts[.ipv4]?.serviceCIDRs == networks("10.96.0.0/16", "10.97.0.0/16"))
        #expect(fixture.state.facts[.ipv6]?.serviceCIDRs == networks("fd00:96::/112"))
        #expect(fixture.messages == ["Node node1: spec.podCIDRs: \"x\" is not a CIDR; ignored"])
        fixture.model.setNode(node)
        #expect(!fixture.model.hasPendingChanges)
        #expect(fixture.problems.count == 1)
    }

    @Test func onlyChangedFacts() {
        var fixture = ModelFixture()
        fixture.sync()
        fixture.model.setServiceCIDRs(networks("10.96.0.0/16"))
        #expect(fixture.sync() == [])
        #expect(fixture.delta.families[.ipv4]?.node?.serviceCIDRs == networks("10.96.0.0/16"))
        #expect(fixture.delta.families[.ipv6]?.node == nil)
    }
}
