import NetworkAddress
import ServiceModel
import Testing

@testable import IptablesDataplane

@Suite struct EndpointChooserTests {
    private static func chains(
        _ count: Int, affinity: UInt32? = nil, weight: (Int) -> UInt16 = { _ in 1 }
    ) -> [ChainName: [Rule]] {
        var service = ServicePort(name: Sample.name("s"), clusterIP: Sample.address(.ipv4, 0xAC1E, 1), port: 80)
        service.affinityTimeout = affinity
        let names = ServiceChainNames(service.name)
        var chooser = EndpointChooser(service, names)
        chooser.add(
            names.chain(.cluster), Sample.endpoints(count).enumerated().map { Endpoint($1, weight: weight($0)) })
        return Dictionary(uniqueKeysWithValues: chooser.chains)
    }

    /// How likely each endpoint is, and the most rules that a packet meets on the way.
    private static func shares(
        _ chains: [ChainName: [Rule]], _ chain: ChainName, _ share: Double = 1, _ met: Int = 0
    ) -> (shares: [EndpointAddress: Double], met: Int) {
        var result: [EndpointAddress: Double] = [:]
        var rest = share
        var most = met
        for (index, rule) in (chains[chain] ?? []).enumerated() {
            var part = rest
            for case .random(let probability) in rule.matches { part = rest * Double(probability) / 0x8000_0000 }
            rest -= part
            most = max(most, met + index + 1)
            switch rule.target {
            case .dnat(let endpoint): result[endpoint, default: 0] += part
            case .jump(let group):
                let below = shares(chains, group, part, met + index + 1)
                result.merge(below.shares) { $0 + $1 }
                most = max(most, below.met)
            default: break
            }
        }
        return (result, most)
    }

    @Test("Each endpoint is as likely as the others", arguments: [1, 2, 3, 5, 32, 33, 100, 999, 5000])
    func fair(count: Int) {
        let chains = Self.chains(count)
        let (shares, met) = Self.shares(chains, ServiceChainNames(Sample.name("s")).chain(.cluster))
        #expect(shares.count == count)
        for (endpoint, share) in shares {
            #expect(abs(share * Double(count) - 1) < 0.001, "\(endpoint)")
        }
        #expect(met <= (count <= 1000 ? 80 : 110), "\(met) rules")
        #expect(chains.keys.allSatisfy { "\($0)".utf8.count <= ChainName.maximumLength })
        // About one rule an endpoint: chains and their ends are what is more.
        let entries = chains.values.reduce(0) { $0 + $1.count + 2 }
        #expect(entries <= count + 3 + (count > 32 ? count / 3 + 8 : 0))
    }

    @Test("Each endpoint is as likely as its weight says", arguments: [2, 3, 32, 33, 999])
    func weights(count: Int) {
        func weight(_ index: Int) -> UInt16 { UInt16(index * 65535 / count + 1) }
        let chains = Self.chains(count, weight: weight)
        let (shares, _) = Self.shares(chains, ServiceChainNames(Sample.name("s")).chain(.cluster))
        let total = (0..<count).reduce(0) { $0 + Double(weight($1)) }
        for (index, endpoint) in Sample.endpoints(count).enumerated() {
            let expected = Double(weight(index)) / total
            #expect(abs((shares[endpoint] ?? 0) - expected) < 0.001 * expected + 1e-8, "\(index)")
        }
    }

    @Test("With affinity a remembered client is looked for first, by upstream's list names")
    func affinity() throws {
        let rules = try #require(Self.chains(2, affinity: 600)[ServiceChainNames(Sample.name("s")).chain(.cluster)])
        let lists = Sample.endpoints(2).map { ServiceChainNames(Sample.name("s")).clientList($0) }
        #expect(
            rules.map(\.iptablesText) == [
                "-p tcp -m recent --update --seconds 600 --reap --name \(lists[0]) --rsource "
                    + "-j DNAT --to-destination 10.1.0.0:8080",
                "-p tcp -m recent --update --seconds 600 --reap --name \(lists[1]) --rsource "
                    + "-j DNAT --to-destination 10.1.0.1:8080",
                "-p tcp -m statistic --mode random --probability 0.50000000000 "
                    + "-m recent --set --name \(lists[0]) --rsource -j DNAT --to-destination 10.1.0.0:8080",
                "-p tcp -m recent --set --name \(lists[1]) --rsource -j DNAT --to-destination 10.1.0.1:8080",
            ])
    }

    @Test("An endpoint more or less changes its own group and the choice among groups")
    func stableGroups() {
        let before = Self.chains(200)
        let after = Self.chains(201)
        let changed = after.filter { before[$0.key] != $0.value }
        #expect(changed.count == 2)
    }

    /// The names that kube-proxy gives to the service port "ns1/svc1:p80" (its own tests).
    @Test func upstreamNames() {
        let names = ServiceChainNames(ServicePortName(namespace: "ns1", name: "svc1", port: "p80", transport: .tcp))
        #expect("\(names.chain(.cluster))" == "KUBE-SVC-XPGD46QRK7WJZT7O")
        #expect("\(names.external)" == "KUBE-EXT-XPGD46QRK7WJZT7O")
        #expect(names.clientList(EndpointAddress(IPAddress(ipv4: 0x0AB4_0001), 80)) == "KUBE-SEP-SXIVWICOYRO3J4NJ")
    }
}
