import NetworkAddress
import ServiceModel
import Testing

@testable import ProxyConfiguration

/// The words of KEP-6032, and who serves node ports on localhost.
@Suite struct NodePortAddressesTests {
    private static func network(_ text: String) throws -> IPNetwork { try #require(IPNetwork(text)) }

    @Test func wordsAndTheirMixtures() throws {
        let loopback = [try Self.network("127.0.0.0/8"), try Self.network("::1/128")]
        let range = try Self.network("10.0.0.0/8")
        let cases: [(String, ServiceModelConfiguration.NodePortAddresses)] = [
            ("[]", .primary), ("[primary]", .primary), ("[all]", .all), ("[primary, all]", .all),
            ("[localhost]", .chosen(loopback, primary: false)),
            ("[primary, localhost]", .chosen(loopback, primary: true)),
            ("[10.0.0.0/8, primary]", .chosen([range], primary: true)),
            ("[localhost, 10.0.0.0/8]", .chosen([range] + loopback, primary: false)),
            ("[10.0.0.0/8]", .networks([range])),
        ]
        for (entries, expected) in cases {
            #expect(try settings("mode: nftables\nnodePortAddresses: \(entries)").nodePortAddresses == expected)
        }
        #expect(try settings("mode: iptables").nodePortAddresses == .all)
    }

    @Test(arguments: [
        ("mode: nftables\nnodePortAddresses: [primary, localhost]", [IPFamily.ipv4, .ipv6]),
        (
            "mode: nftables\nnodePortAddresses: [localhost]\nfeatureGates: {KubeProxyNFTablesLocalhostNodePorts: true}",
            [.ipv4, .ipv6]
        ),
        ("mode: nftables\nnodePortAddresses: [127.0.0.0/8]", []),
        (
            "mode: nftables\nnodePortAddresses: [127.0.0.0/8, 10.0.0.0/8, fd00::/8]\n"
                + "featureGates: {KubeProxyNFTablesLocalhostNodePorts: true}", [.ipv4]
        ),
        ("mode: nftables\nnodePortAddresses: [all]", []),
        ("mode: nftables\nnodePortAddresses: [all]\nfeatureGates: {AllAlpha: true}", [.ipv4, .ipv6]),
        ("mode: nftables", []),
        (
            "mode: nftables\nnodePortAddresses: [localhost]\nfeatureGates: {KubeProxyNFTablesLocalhostNodePorts: false}",
            []
        ),
        ("mode: ipvs\nnodePortAddresses: [localhost]", [.ipv4, .ipv6]),
        ("mode: iptables\nnodePortAddresses: [localhost]", [.ipv6]),
        ("mode: iptables\niptables: {localhostNodePorts: false}\nnodePortAddresses: [localhost]", [.ipv4, .ipv6]),
        ("mode: userspace\nnodePortAddresses: [localhost]", []),
    ])
    func relayedFamilies(lines: String, families: [IPFamily]) throws {
        #expect(try settings(lines).relayedLocalhostFamilies == Set(families))
    }

    @Test func theModelKnowsNoLoopbackAddressOfTheRelay() throws {
        var model = ServiceModel(
            configuration: ServiceModelConfiguration(
                nodeName: "n",
                nodePortAddresses: .chosen(
                    [try Self.network("127.0.0.0/8"), try Self.network("10.0.0.0/8")], primary: true),
                relaysNodePortsOnLoopback: true, nodeIPOverride: IPAddress("192.0.2.1")))
        model.setLocalAddresses(["127.0.0.1", "::1", "10.1.1.1", "192.0.2.1"].compactMap { IPAddress($0) })
        let (delta, problems) = model.takeDelta()
        #expect(problems.isEmpty)
        #expect(
            delta.families[.ipv4]?.node?.nodePortAddresses?.map(\.description) == ["10.1.1.1", "192.0.2.1"])
        #expect(delta.families[.ipv6]?.node?.nodePortAddresses == [])
    }
}
