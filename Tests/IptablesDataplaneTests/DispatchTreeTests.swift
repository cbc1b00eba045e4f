import NetworkAddress
import ServiceModel
import TestSupport
import Testing

@testable import IptablesDataplane

@Suite struct DispatchTreeTests {
    private typealias Tree = DispatchTree<Destination>

    private static func destination(_ key: FrontendKey) -> Destination {
        Destination(target: .jump(ChainName("T-\(key.port)")), service: Sample.name("s"), note: .clusterIP)
    }

    private static func tree(_ keys: some Sequence<FrontendKey>) -> Tree {
        var tree = Tree()
        _ = tree.update(Dictionary(keys.map { ($0, .some(destination($0))) }) { $1 })
        return tree
    }

    /// Keys as they come: neighbours, far apart, many ports of one address, node ports.
    private static func keys(_ family: IPFamily, _ count: Int, _ random: inout SeededGenerator) -> [FrontendKey] {
        (0..<count).map { index in
            let transport = TransportProtocol.allCases[index % 3]
            let port = UInt16.random(in: 1...(.max), using: &random)
            switch index % 5 {
            case 0: return FrontendKey(Sample.address(family, 0xAC1E, index), 80, .tcp)
            case 1: return FrontendKey(Sample.address(family, 0xAC1F, 7), port, transport)
            case 2: return .nodePort(port, transport, family)
            default:
                let width = UInt128(family.bitWidth)
                let value = UInt128.random(in: 0..<(width == 32 ? 1 << 32 : .max), using: &random)
                return FrontendKey(IPAddress(family: family, value: value), port, .tcp)
            }
        }
    }

    /// What the rules make of a packet, and how many it meets.
    private static func walk(_ chains: [ChainName: [Rule]], _ chain: ChainName, _ key: FrontendKey) -> (Rule?, Int) {
        var met = 0
        for rule in chains[chain] ?? [] {
            met += 1
            if let destination = rule.destination {
                guard !key.isNodePort, destination.network.contains(key.ip) else { continue }
            }
            if let transport = rule.transport, transport != key.transport { continue }
            let ports = rule.matches.compactMap { if case .destinationPort(let ports) = $0 { ports } else { nil } }
            guard ports.allSatisfy({ $0.contains(key.port) }) else { continue }
            guard case .jump(let target) = rule.target, chains[target] != nil else { return (rule, met) }
            let (found, more) = walk(chains, target, key)
            met += more
            if let found { return (found, met) }
        }
        return (nil, met)
    }

    @Test("Every key is found, no other is, and few rules are met", arguments: IPFamily.allCases)
    func finds(family: IPFamily) {
        var random = SeededGenerator(seed: 1)
        for count in [0, 1, 16, 17, 300, 4000] {
            let keys = Set(Self.keys(family, count, &random))
            // A tree has either addresses or node ports.
            for part in [keys.filter { !$0.isNodePort }, keys.filter(\.isNodePort)] {
                var chains: [ChainName: [Rule]] = [:]
                Self.tree(part).forEachChain(.externalIPs) { name, rules in
                    #expect(chains[name] == nil, "\(name) twice")
                    #expect(rules.count <= 16, "\(name)")
                    #expect("\(name)".utf8.count <= ChainName.maximumLength)
                    chains[name] = rules
                }
                for key in part.prefix(500) {
                    let (rule, met) = Self.walk(chains, Dispatch.externalIPs.root, key)
                    #expect(rule?.target == .jump(ChainName("T-\(key.port)")), "\(key)")
                    #expect(met <= 96, "\(key): \(met) rules")
                    let other = FrontendKey(key.ip, key.port ^ 1, key.transport)
                    guard !part.contains(other) else { continue }
                    #expect(Self.walk(chains, Dispatch.externalIPs.root, other).0 == nil, "\(other)")
                }
            }
        }
    }

    @Test("Changes lead to the tree that a new one would be", arguments: IPFamily.allCases)
    func changes(family: IPFamily) {
        var random = SeededGenerator(seed: 2)
        var tree = Tree()
        var keys: Set<FrontendKey> = []
        var chains: [ChainName: [Rule]] = [Dispatch.clusterIPs.root: []]
        for _ in 0..<60 {
            let fresh = Self.keys(family, Int.random(in: 0...40, using: &random), &random).filter { !$0.isNodePort }
            let gone = keys.filter { _ in random.oneIn(3) }
            var update: [FrontendKey: Destination?] = [:]
            for key in gone { update[key] = .some(nil) }
            for key in fresh { update[key] = Self.destination(key) }
            keys = keys.subtracting(gone).union(fresh)
            let old = tree
            _ = tree.update(update)
            let (changed, removed) = tree.changes(.clusterIPs, since: old)
            for name in removed {
                let old = chains.removeValue(forKey: name)
                #expect(old != nil, "\(name) was not there")
            }
            for (name, rules) in changed {
                #expect(chains[name] != rules, "\(name) did not change")
                chains[name] = rules
            }
            var wanted: [ChainName: [Rule]] = [:]
            Self.tree(keys).forEachChain(.clusterIPs) { wanted[$0] = $1 }
            #expect(chains == wanted)
        }
    }

    @Test("One more service among 10,000 changes two chains at most")
    func smallChange() {
        var tree = Self.tree(
            (0..<10_000).map { FrontendKey(Sample.address(.ipv4, 0xAC1E, $0 * 3), 80, .tcp) })
        let old = tree
        let key = FrontendKey(Sample.address(.ipv4, 0xAC1E, 3 * 5000 + 1), 80, .tcp)
        let isChange = tree.update([key: Self.destination(key)])
        #expect(isChange)
        let (changed, removed) = tree.changes(.clusterIPs, since: old)
        #expect(changed.count <= 2 && removed.isEmpty)
        let isChangeAgain = tree.update([key: Self.destination(key)])
        #expect(!isChangeAgain)
    }
}
