import DataplaneTesting
import NetworkAddress
import ServiceModel
import TestSupport
import Testing

@testable import IptablesDataplane

/// The way from one table to another in libiptc's steps, carried out on lists of names instead of a kernel.
@Suite struct TableEditTests {
    /// For each chain, what stands for its rules.
    private static func rules(_ image: TableImage) -> [ChainName: [UInt64]] {
        var chains: [ChainName: [UInt64]] = [:]
        for chain in image.chains {
            var rules: [UInt64] = []
            image.forEachEntry(chain) { rules.append(image.identity($0, isExact: true)) }
            chains[chain.name] = Array(rules.dropFirst(chain.isBuiltIn ? 0 : 1).dropLast())
        }
        return chains
    }

    @Test("The steps lead from any table to any other", arguments: IPFamily.allCases)
    func walk(family: IPFamily) throws {
        var walk = RandomServices(seed: 61, family: family)
        for table in Table.programmed {
            var image = try Sample.emptyTable(table, family)
            for _ in 0..<30 {
                for _ in 0..<5 { _ = walk.step() }
                let next = try Sample.table(table, Sample.applied(walk.whole, nil, family))
                var chains = Self.rules(image)
                for edit in image.edits(to: next) {
                    switch edit {
                    case .createChain(let name):
                        #expect(chains.updateValue([], forKey: name) == nil)
                    case .deleteChain(let name): #expect(chains.removeValue(forKey: name) == [])
                    case .deleteRule(let name, let index): chains[name]?.remove(at: index)
                    case .insertRule(let name, let index, let position):
                        chains[name]?.insert(next.identity(position, isExact: true), at: index)
                    }
                }
                #expect(chains == Self.rules(next))
                #expect(next.edits(to: next).isEmpty)
                image = next
            }
        }
    }

    @Test("An endpoint more is one rule more in its chain, and others' shares")
    func steps() throws {
        let ip = Sample.address(.ipv4, 0xAC1E, 1)
        let before = try Sample.table(
            .nat, Sample.applied(Sample.delta([Sample.state("a", ip, Sample.endpoints(3))])))
        let after = try Sample.table(
            .nat, Sample.applied(Sample.delta([Sample.state("a", ip, Sample.endpoints(4))])))
        let edits = before.edits(to: after)
        #expect(edits.count <= 2 * 4 + 1)
        #expect(!edits.contains { if case .createChain = $0 { true } else { false } })
    }
}
