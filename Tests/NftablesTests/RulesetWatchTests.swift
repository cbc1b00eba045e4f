import Glibc
import LinuxSystem
import Logging
import NetworkAddress
import Synchronization
import Testing

@testable import Nftables

/// Real commits in a network namespace, ours and those of nft.
@Suite(.enabled(if: (try? NetworkNamespace()) != nil, "CAP_SYS_ADMIN")) struct RulesetWatchTests {
    private final class Heard: Sendable {
        let notices = Mutex<[RulesetWatch.Notice]>([])
        var all: [RulesetWatch.Notice] { notices.withLock { $0 } }
    }

    private static func nft(_ words: String...) throws {
        let program = try ChildProcess("/usr/sbin/nft", words)
        _ = program.wait(within: .seconds(30))
    }

    private static func wait(_ heard: Heard, for count: Int) {
        for _ in 0..<60_000 where heard.all.count < count { usleep(5_000) }
    }

    @Test("Foreign changes of our table are heard, with their author; ours, large ones too, are not")
    func hears() throws {
        let heard = Heard()
        let failure = try NetworkNamespace().run { () -> String? in
            do {
                let watch = try RulesetWatch(tables: [RulesetTable(.ipv4, "vt-watch")]) { notice in
                    heard.notices.withLock { $0.append(notice) }
                }
                var table = try NftablesTable(
                    family: .ipv4, name: "vt-watch", layout: SampleTable.layout,
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
                _ = try table.verify(catchUp: { Plan() }) { (kernel) throws(SystemError) in
                    var plan = Plan()
                    plan.addsTable = true
                    // More than is told of: nobody listens meanwhile.
                    plan.addedChains = (0..<4000).map { ChainDefinition(name: "chain-\($0)", rules: []) }
                    return (plan, [])
                }
                var plan = Plan()
                plan.addedChains = [ChainDefinition(name: "small", rules: [])]
                _ = try table.apply(plan) { (_) throws(SystemError) in (Plan(), []) }
                try Self.nft("add", "table", "ip", "other")
                try Self.nft("add", "table", "ip6", "vt-watch")
                try Self.nft("flush", "ruleset")
                Self.wait(heard, for: 1)
                withExtendedLifetime(watch) {}
                return nil
            } catch {
                return "\(error)"
            }
        }
        #expect(failure == nil)
        guard case .commit(let commit) = heard.all.first else {
            Issue.record("nothing was heard, or not who did it: \(heard.all)")
            return
        }
        #expect(heard.all.count == 1)
        #expect(commit.program == "nft")
        #expect(commit.process > 0)
        #expect(commit.tables == [RulesetTable(.ipv4, "vt-watch")])
    }
}
