import Glibc
import LinuxSystem
import Logging
import NetworkAddress
import Testing

@testable import Nftables

/// Two tables of one process in a network namespace of their own.
@Suite(.enabled(if: (try? NetworkNamespace()) != nil, "CAP_SYS_ADMIN")) struct RulesetCommitsTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func open(_ family: IPFamily) throws(SystemError) -> NftablesTable {
        try NftablesTable(family: family, name: "vt-owner", layout: SampleTable.layout, logger: logger)
    }

    private static func creation(_ kernel: KernelTable) throws(SystemError) -> (plan: Plan, tidying: [Plan]) {
        var plan = Plan()
        if !kernel.exists {
            plan.addsTable = true
            plan.addedSets = [SampleTable.set(SampleTable.addresses)]
        }
        return (plan, [])
    }

    private static func addition(_ family: IPFamily, _ number: Int) -> Plan {
        var plan = Plan()
        plan.addedChains = [ChainDefinition(name: "c\(number)", rules: [])]
        return plan
    }

    @Test("A commit to one family's table does not have the other one read again; somebody else's does")
    func reads() throws {
        let counts = try NetworkNamespace().run { () -> Result<[Int], SystemError> in
            Result { () throws(SystemError) in
                var first = try Self.open(.ipv4)
                var second = try Self.open(.ipv6)
                _ = try first.verify(catchUp: { Plan() }, orElse: Self.creation)
                _ = try second.verify(catchUp: { Plan() }, orElse: Self.creation)
                for number in 0..<10 {
                    _ = try first.apply(Self.addition(.ipv4, number), orElse: Self.creation)
                    _ = try second.apply(Self.addition(.ipv6, number), orElse: Self.creation)
                    _ = try first.verify(catchUp: { Plan() }, orElse: Self.creation)
                    _ = try second.verify(catchUp: { Plan() }, orElse: Self.creation)
                }
                let quiet = [first.readCount, second.readCount]
                Self.writeAsSomebodyElse()
                _ = try first.verify(catchUp: { Plan() }, orElse: Self.creation)
                _ = try second.verify(catchUp: { Plan() }, orElse: Self.creation)
                return quiet + [first.readCount, second.readCount]
            }
        }
        #expect(try counts.get() == [1, 1, 2, 2])
    }

    private static func writeAsSomebodyElse() {
        let program = try? ChildProcess("/usr/sbin/nft", ["add", "table", "ip", "other"])
        _ = program?.wait(within: .seconds(30))
    }
}
