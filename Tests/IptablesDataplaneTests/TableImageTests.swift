import Dataplane
import DataplaneTesting
import NetworkAddress
import ServiceModel
import TestSupport
import Testing

@testable import IptablesDataplane

@Suite struct TableImageTests {
    private static let detector = IptablesConfiguration(family: .ipv4, localhostNodePorts: true)

    @Test("What is put together is understood again", arguments: IPFamily.allCases)
    func roundTrip(family: IPFamily) throws {
        var walk = RandomServices(seed: 3, family: family)
        for _ in 0..<30 { _ = walk.step() }
        let state = Sample.applied(walk.whole, nil, family)
        for table in Table.programmed {
            let image = try Sample.table(table, state)
            let again = try TableImage(
                parsing: RawTable(hooks: image.hooks, entryCount: image.entryCount, bytes: image.bytes), family: family)
            #expect(again.chains == image.chains && again.jumps == image.jumps)
            let names = image.chains.filter { !$0.isBuiltIn }.map(\.name)
            #expect(names == names.sorted(), "libiptc wants chains in order")
        }
    }

    @Test("Edits lead to the same table as a new start", arguments: IPFamily.allCases, [21, 22, 23] as [UInt64])
    func edits(family: IPFamily, seed: UInt64) throws {
        var walk = RandomServices(seed: seed, family: family)
        var state = IptablesState(configuration: IptablesConfiguration(family: family))
        var images = try Dictionary(
            uniqueKeysWithValues: Table.programmed.map { ($0, try Sample.emptyTable($0, family)) })
        for step in 1...120 {
            let delta = walk.step()
            // As with the kernel, the first change finds nothing and puts everything in place.
            let edits = state.apply(delta).flatMap { step == 1 ? nil : $0 }
            for table in Table.programmed {
                let wanted = edits.map { ($0[table] ?? ChainEdits()).wanted(family) } ?? state.wanted(table)
                images[table] = try TableAssembly.assemble(table, try #require(images[table]), wanted).image
            }
            let rest = state.finish().wanted(family)
            images[.filter] = try TableAssembly.assemble(.filter, try #require(images[.filter]), rest).image
            guard step % 5 == 0 else { continue }
            for table in Table.programmed {
                let fresh = try Sample.table(table, Sample.applied(walk.whole, nil, family))
                let mine = try #require(images[table])
                let isSame = mine.hasSameRules(as: fresh.raw)
                #expect(isSame, "step \(step), \(table)")
            }
        }
    }

    @Test("At no time a frontend is neither translated nor refused")
    func order() throws {
        let ip = Sample.address(.ipv4, 0xAC1E, 1)
        var state = Sample.applied(Sample.delta([Sample.state("a", ip, [])]))
        let refused =
            "-A KUBE-SERVICES -d \(ip)/32 -p tcp -m comment --comment \"test/a:p has no endpoints\" "
            + "-m tcp --dport 80 -j REJECT"
        func refusals(_ edits: ChainEdits?) -> [String] { Sample.text((edits?.changed ?? [:]).map { ($0, $1) }) }
        // Endpoints come: the refusal is there until the nat table leads to them.
        let coming = state.apply(Sample.delta([Sample.state("a", ip, Sample.endpoints(1))], node: nil))
        let come = try #require(coming)
        #expect(come[.filter]?.isEmpty ?? true)
        #expect(come[.nat]?.isEmpty == false)
        let finished = state.finish()
        #expect(finished.changed["KUBE-SERVICES"] == [])
        // They go: the refusal is there before.
        let going = state.apply(Sample.delta([Sample.state("a", ip, [])], node: nil))
        let gone = try #require(going)
        #expect(refusals(gone[.filter]) == [refused])
        let rest = state.finish()
        #expect(rest.isEmpty)
    }

    @Test(
        "The size of the tables",
        arguments: [(10, 116, 28_056), (1_000, 8_273, 2_045_976), (10_000, 82_409, 20_387_736)])
    func size(services: Int, entries: Int, bytes: Int) throws {
        var delta = Sample.many(services, endpoints: 5)
        delta.node = NodeFacts().telling(.clusterCIDR([try #require(IPNetwork("10.0.0.0/8"))]), .ipv4)
        let state = Sample.applied(delta, Self.detector)
        let nat = try Sample.table(.nat, state)
        #expect(nat.entryCount == entries)
        #expect(nat.bytes.count - EntryLayout.replaceHeader == bytes)
        #expect(try Sample.table(.filter, state).entryCount == 37)
    }

    @Test("Mutated tables are refused or understood, never a crash", arguments: IPFamily.allCases)
    func fuzz(family: IPFamily) throws {
        let image = try Sample.table(.nat, Sample.applied(Sample.many(4, endpoints: 2, family), nil, family))
        let wanted = Sample.applied(Sample.many(3, endpoints: 2, family), nil, family).wanted(.nat)
        var random = SeededGenerator(seed: 5)
        var refused = 0
        for _ in 0..<1500 {
            var raw = image.raw
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: EntryLayout.replaceHeader..<raw.bytes.count, using: &random)
                raw.bytes[place] = UInt8.random(in: 0...255, using: &random)
            }
            if random.oneIn(4) { raw.bytes.removeLast(Int.random(in: 1...raw.bytes.count - 100, using: &random)) }
            if random.oneIn(8) { raw.hooks.entries[0] = UInt32.random(in: 0...9000, using: &random) }
            if random.oneIn(8) { raw.hooks.policies[3] = UInt32.random(in: 0...9000, using: &random) }
            if random.oneIn(8) { raw.hooks.valid = UInt32.random(in: 0...255, using: &random) }
            do throws(TableFormatError) {
                let parsed = try TableImage(parsing: raw, family: family)
                let built = try TableAssembly.assemble(.nat, parsed, wanted)
                _ = TableDifferences(.nat, parsed, wanted.chains)
                #expect(built.image.entryCount == built.origins.count)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 200)
    }
}
