import HostInspection
import Insight
import NetworkAddress
import Nftables
import ProxyServer
import Testing

@Suite struct ProgramFindingsTests {
    private static func chains(_ names: [String], table: String = "nat") -> (inout HostFacts) -> Void {
        { facts in
            facts.legacyTables[.ipv4] = .seen([
                LegacyTable(name: table, family: .ipv4, chains: names.map { LegacyTable.Chain(name: $0) })
            ])
        }
    }

    private static func compatible(_ names: [String], table: String = "nat") -> (inout HostFacts) -> Void {
        { facts in
            facts.ruleset = .seen(
                Ruleset(
                    tables: [Ruleset.Table(family: .ip, name: table)],
                    chains: names.map { Ruleset.Chain(family: .ip, table: table, name: $0) }))
        }
    }

    private static func tables(_ names: [String]) -> (inout HostFacts) -> Void {
        { facts in facts.ruleset = .seen(Ruleset(tables: names.map { Ruleset.Table(family: .inet, name: $0) })) }
    }

    @Test("Firewalls are known by their tables and chains, in the legacy tables and in those of iptables-nft")
    func firewalls() {
        #expect(findings(Self.tables(["firewalld"])).map(\.id) == ["firewalld"])
        #expect(findings(Self.chains(["DOCKER-USER"])).map(\.id) == ["docker"])
        #expect(findings(Self.compatible(["DOCKER"])).map(\.id) == ["docker"])
        #expect(findings(Self.chains(["ufw-before-forward"], table: "filter")).map(\.id) == ["ufw"])
        #expect(findings(Self.compatible(["ufw6-user-forward"], table: "filter")).map(\.id) == ["ufw"])
        // Somebody's table of another name is nobody's business.
        #expect(findings(Self.compatible(["DOCKER"], table: "mine")).isEmpty)
        #expect(findings(Self.chains(["DOCKERFILE", "KUBE-FIREWALL", "KUBE-KUBELET-CANARY"])).isEmpty)
    }

    @Test("kube-proxy's chains are told from ours")
    func kubeProxy() {
        #expect(findings(Self.chains(["KUBE-SEP-ABCDEFGHIJKLMNOP"])).map(\.id) == ["kube-proxy-iptables"])
        #expect(findings(Self.chains(["KUBE-PROXY-CANARY"], table: "mangle")).map(\.id) == ["kube-proxy-iptables"])
        #expect(findings(Self.chains(["KUBE-SERVICES", "KUBE-SVC-MASQ", "KUBE-SEP-HAIRPIN"])).isEmpty)
        #expect(findings(Self.tables(["kube-proxy"])).map(\.id) == ["kube-proxy-nftables"])
        #expect(findings(Self.compatible(["KUBE-SERVICES"])).map(\.id).contains("kube-proxy-iptables-nft"))
    }

    @Test("A process counts where it is in this network namespace, or may be")
    func processes() {
        func found(_ isHere: Bool?) -> [Finding] {
            findings { $0.programs = .seen([HostFacts.Program("kube-proxy", 7, isHere: isHere)]) }
        }
        #expect(found(true).map(\.id) == ["kube-proxy"])
        #expect(found(nil).first?.evidence.first?.value == "kube-proxy, perhaps in another network namespace")
        #expect(found(false).isEmpty)
    }

    @Test("Virtual servers beside kube-ipvs0 are kube-proxy's unless our table stands beside them")
    func virtualServers() {
        func found(_ table: String?) -> [String] {
            findings { facts in
                facts.virtualServers = .seen(HostFacts.VirtualServers(byAddress: 3))
                facts.devices = facts.devices.map { $0 + [NetworkDevice(index: 9, name: "kube-ipvs0", mtu: 1500)] }
                if let table { Self.tables([table])(&facts) }
            }.map(\.id)
        }
        #expect(found(nil) == ["kube-proxy-ipvs"])
        #expect(found("viaduct-ipvs").isEmpty)
    }
}
