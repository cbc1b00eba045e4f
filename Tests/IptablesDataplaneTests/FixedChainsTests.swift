import NetworkAddress
import ServiceModel
import Testing

@testable import IptablesDataplane

@Suite struct FixedChainsTests {
    private func shared(_ family: IPFamily, localhostNodePorts: Bool) -> [ChainName: [String]] {
        let configuration = IptablesConfiguration(family: family, localhostNodePorts: localhostNodePorts)
        let rules = FixedChains(configuration: configuration, node: NodeFacts()).sharedRules(.filter)
        return Dictionary(uniqueKeysWithValues: rules.map { ($0.chain, $0.rules.map(\.iptablesText)) })
    }

    @Test("Node ports on loopback addresses come with a guard for what listens there")
    func loopbackGuard() throws {
        let chains = shared(.ipv4, localhostNodePorts: true)
        let rule = try #require(chains["KUBE-FIREWALL"]?.first)
        #expect(chains["KUBE-FIREWALL"]?.count == 1)
        #expect(rule.hasPrefix("! -s 127.0.0.0/8 -d 127.0.0.0/8 "))
        #expect(rule.contains("! --ctstate RELATED,ESTABLISHED,DNAT") && rule.hasSuffix("-j DROP"))
        for hook: ChainName in ["INPUT", "OUTPUT"] { #expect(chains[hook]?.first == "-j KUBE-FIREWALL") }
    }

    @Test("Without them, and with IPv6, there is none", arguments: [(IPFamily.ipv4, false), (.ipv6, true)])
    func noGuard(family: IPFamily, localhostNodePorts: Bool) {
        let chains = shared(family, localhostNodePorts: localhostNodePorts)
        #expect(chains["KUBE-FIREWALL"] == nil)
        #expect(chains["INPUT"]?.contains("-j KUBE-FIREWALL") == false)
    }
}
