import Dataplane
import DataplaneTesting
import Foundation
import Glibc
import Logging
import NetworkAddress
import ServiceModel
import TestSupport
import Testing

@testable import IptablesDataplane

/// Against the kernel's tables in this network namespace, which are the suite's alone: run it in one of its own.
@Suite(.serialized, .enabled(if: IptablesKernel.isUsable, "\(IptablesKernel.missing ?? "")"))
struct KernelTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// How many times as many steps as in CI the long tests take.
    private static let depth = max(1, Int(ProcessInfo.processInfo.environment["VIADUCT_TEST_DEPTH"] ?? "") ?? 1)

    private static func dataplane(
        _ family: IPFamily = .ipv4, _ engine: TableEngine = .blob, localhostNodePorts: Bool = true
    ) throws -> IptablesDataplane {
        try IptablesDataplane(
            configuration: IptablesConfiguration(
                family: family, localhostNodePorts: localhostNodePorts, engine: engine), logger: logger)
    }

    private static func clear(_ family: IPFamily) throws {
        for table in ["nat", "filter", "mangle"] {
            try LegacyCommand.run(family, "-t \(table) -F")
            try LegacyCommand.run(family, "-t \(table) -X")
        }
    }

    private static func saved(_ family: IPFamily) throws -> [String] {
        try Table.programmed.flatMap { try LegacyCommand.save(family, $0.rawValue) }
    }

    /// Without counters.
    private static func rules(_ family: IPFamily) throws -> [String] {
        try saved(family).map { line in
            line.hasPrefix("[") ? String(line.drop { $0 != "]" }.dropFirst(2)) : line
        }
    }

    @Test(
        "libiptc reads what we write, and it reads as iptables-save would write it", arguments: IPFamily.allCases,
        TableEngine.allCases)
    func text(family: IPFamily, engine: TableEngine) async throws {
        try Self.clear(family)
        let delta = try Sample.variety(family)
        let dataplane = try Self.dataplane(family, engine)
        _ = try await dataplane.apply(delta)
        let state = Sample.applied(
            delta,
            IptablesConfiguration(family: family, localhostNodePorts: true))
        let lines = try Self.rules(family)
        for table in Table.programmed {
            let missing = state.text(table).map { Self.asSaved($0, family) }.filter { !lines.contains($0) }
            #expect(missing.isEmpty)
        }
        for service in ["plain", "none", "node-port", "load-balancer", "local", "affine"] {
            #expect(lines.contains { $0.contains("test/\(service):p") }, "\(service) is not named")
        }
        // Another program's commit, which libiptc checks as a whole.
        try LegacyCommand.run(family, "-t nat -A POSTROUTING -m comment --comment other")
        #expect(try await dataplane.verify() == ApplyReport())
        try await dataplane.removeAll()
        try LegacyCommand.run(family, "-t nat -F POSTROUTING")
        let rest = try Self.rules(family).filter { $0.contains("KUBE-") && !$0.contains("KUBE-FIREWALL") }
        #expect(rest.isEmpty, "\(rest)")
    }

    /// With what iptables-save writes besides: defaults in full.
    private static func asSaved(_ line: String, _ family: IPFamily) -> String {
        let reason = family == .ipv4 ? "icmp-port-unreachable" : "icmp6-port-unreachable"
        let mask = family == .ipv4 ? "255.255.255.255" : "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
        return line.replacing("-j REJECT", with: "-j REJECT --reject-with \(reason)")
            .replacing("--rsource", with: "--mask \(mask) --rsource")
    }

    @Test(
        "Random changes add up to what a new start wants", arguments: IPFamily.allCases, TableEngine.allCases)
    func walk(family: IPFamily, engine: TableEngine) async throws {
        try Self.clear(family)
        var walk = RandomServices(seed: family == .ipv4 ? 31 : 32, family: family)
        let first = try Self.dataplane(family, engine)
        _ = try await first.apply(walk.step())
        for step in 1...100 {
            // Repair would hide edits that the kernel refused.
            let report = try await first.apply(walk.step())
            #expect(!report.repaired, "step \(step)")
            guard step % 20 == 0 else { continue }
            #expect(try await first.verify() == ApplyReport(), "step \(step)")
            let second = try Self.dataplane(family, engine)
            #expect(try await second.apply(walk.whole) == ApplyReport(), "step \(step)")
        }
        try Self.clear(family)
        #expect(try await first.verify().repaired)
        #expect(try await first.verify() == ApplyReport())
        try await first.removeAll()
    }

    @Test(
        "What others write during many syncs stays, with counters and order", arguments: IPFamily.allCases,
        TableEngine.allCases)
    func foreignProgram(family: IPFamily, engine: TableEngine) async throws {
        try Self.clear(family)
        var walk = RandomServices(seed: 41, family: family)
        let dataplane = try Self.dataplane(family, engine)
        _ = try await dataplane.apply(walk.step())
        var program = ForeignProgram(family)
        try program.start()
        // libiptc takes several times as long.
        for step in 1...(engine == .blob ? 300 : 100) * Self.depth {
            if step % 25 == 0 { try program.step() }
            #expect(!(try await dataplane.apply(walk.step()).repaired), "ours is as we left it, step \(step)")
            if step % 100 == 0 {
                let lines = try Self.saved(family)
                #expect(lines.filter { $0.contains("OTHER") } == program.wanted, "step \(step)")
            }
        }
        #expect(try await dataplane.verify() == ApplyReport())
        try await dataplane.removeAll()
        let rest = try Self.saved(family)
        #expect(rest.filter { $0.contains("OTHER") } == program.wanted)
        try Self.clear(family)
    }

    @Test("Writers at the same moment lose nothing", arguments: TableEngine.allCases)
    func contention(engine: TableEngine) async throws {
        try Self.clear(.ipv4)
        let dataplane = try Self.dataplane(.ipv4, engine)
        _ = try await dataplane.apply(Sample.many(50, endpoints: 3))
        let other = Task.detached {
            for number in 1...60 {
                try LegacyCommand.run(.ipv4, "-t nat -N OTHER-\(number)")
                try LegacyCommand.run(.ipv4, "-t nat -A OTHER-\(number) -s 192.0.2.\(number) -j RETURN")
            }
        }
        for number in 0..<120 {
            let state = Sample.state("s0", Sample.address(.ipv4, 0xAC1E, 0), Sample.endpoints(1 + number % 5))
            _ = try await dataplane.apply(Sample.delta([state], node: nil))
        }
        try await other.value
        let lines = try Self.rules(.ipv4)
        for number in 1...60 {
            #expect(lines.contains("-A OTHER-\(number) -s 192.0.2.\(number)/32 -j RETURN"))
        }
        #expect(try await dataplane.verify() == ApplyReport())
        try await dataplane.removeAll()
        try Self.clear(.ipv4)
    }

    @Test("Our own counters survive a change of other endpoints", arguments: TableEngine.allCases)
    func ownCounters(engine: TableEngine) async throws {
        try Self.clear(.ipv4)
        let dataplane = try Self.dataplane(.ipv4, engine)
        let ip = Sample.address(.ipv4, 0xAC1E, 0)
        _ = try await dataplane.apply(Sample.delta([Sample.state("s", ip, Sample.endpoints(4))]))
        // Somebody sets them; packets would as well.
        let marked = try LegacyCommand.save(.ipv4, "nat").filter { $0.contains("-A KUBE-SVC-") }.enumerated().map {
            "[\($0.offset + 1):\($0.offset + 100)]" + $0.element.drop { $0 != " " }
        }
        let chains = Set(marked.compactMap { $0.split(separator: " ").dropFirst(2).first.map(String.init) })
        try LegacyCommand.restore(.ipv4, ["*nat"] + chains.map { ":\($0) - [0:0]" } + marked + ["COMMIT"])
        _ = try await dataplane.apply(
            Sample.delta([Sample.state("s", ip, Array(Sample.endpoints(4).dropLast()))], node: nil))
        let after = try LegacyCommand.save(.ipv4, "nat")
        for endpoint in Sample.endpoints(3) {
            let before = try #require(marked.first { $0.contains("\(endpoint)") }?.prefix { $0 != "]" })
            #expect(after.first { $0.contains("\(endpoint)") }?.hasPrefix(before) == true, "\(endpoint)")
        }
        try await dataplane.removeAll()
    }

    @Test("Each engine takes over what the other one left, and finds nothing to do", arguments: IPFamily.allCases)
    func engines(family: IPFamily) async throws {
        try Self.clear(family)
        var walk = RandomServices(seed: 51, family: family)
        for _ in 0..<20 { _ = walk.step() }
        for engine in [TableEngine.libiptc, .blob, .libiptc] {
            let dataplane = try Self.dataplane(family, engine)
            let report = try await dataplane.apply(walk.whole)
            let isFirst = try await Self.dataplane(family).apply(walk.whole) == ApplyReport()
            #expect(isFirst)
            if engine == .blob { #expect(report == ApplyReport()) }
        }
        try await Self.dataplane(family).removeAll()
    }

    @Test("A chain of ours that others jump to stays, empty, when everything goes")
    func referencedChain() async throws {
        try Self.clear(.ipv4)
        let dataplane = try Self.dataplane(localhostNodePorts: false)
        _ = try await dataplane.apply(Sample.many(1, endpoints: 1))
        try LegacyCommand.run(.ipv4, "-t nat -N OTHER")
        try LegacyCommand.run(.ipv4, "-t nat -A OTHER -j KUBE-MARK-MASQ")
        try await dataplane.removeAll()
        let rules = try Self.rules(.ipv4).filter { $0.contains("KUBE-") }
        #expect(rules == [":KUBE-MARK-MASQ - [0:0]", "-A OTHER -j KUBE-MARK-MASQ"])
        try Self.clear(.ipv4)
    }
}

/// Whether the tables can be programmed here.
enum IptablesKernel {
    static let isUsable = missing == nil

    /// nil if nothing is missing.
    static let missing: String? = {
        guard geteuid() == 0 else { return "CAP_NET_ADMIN" }
        guard LegacyCommand.isInstalled else { return "the program iptables-legacy" }
        // Never in the namespace of a host whose rules matter.
        let test = "test \"$(readlink /proc/self/ns/net)\" != \"$(readlink /proc/1/ns/net)\""
        guard (try? LegacyCommand.shell(test)) != nil else { return "a network namespace of its own" }
        do throws(DataplaneError) {
            _ = try IptablesDataplane(
                configuration: IptablesConfiguration(family: .ipv4),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            return nil
        } catch {
            return "legacy iptables tables: \(error)"
        }
    }()
}
