import IPVSDataplane
import LinuxSystem
import NftablesDataplane
import ProxyServer
import Testing
import UserspaceDataplane

@testable import Bench

@Suite struct BenchPlanTests {
    @Test("Modes with socket balancing have the mode's name and a suffix, where there are such") func names() {
        #expect(Subject.named("nftables+sockets") == .sockets(.nftables))
        #expect(Subject.named("iptables+sockets")?.description == "iptables+sockets")
        #expect(Subject.named("nftables") == .mode(.nftables))
        for name in ["ipvs+sockets", "userspace+sockets", "+sockets", "nftables+"] {
            #expect(Subject.named(name) == nil, "\(name)")
        }
    }

    @Test("Everybody comes first, and in every other place, equally often", arguments: [1, 2, 3, 5, 8])
    func order(count: Int) {
        var places: [[Int]: Int] = [:]
        for turn in 0..<count * 4 {
            let order = BenchPlan.order(count, turn: turn)
            #expect(order.sorted() == Array(0..<count))
            for (place, subject) in order.enumerated() { places[[place, subject], default: 0] += 1 }
        }
        #expect(places.count == count * count)
        #expect(Set(places.values) == [4])
    }

    @Test("A mode that needs more files than there are is left out with its reason, and no other one is")
    func files() throws {
        let files = FileBudget(limit: 20_000)
        #expect(files.reserve == 1024 && files.lasting == 18_976 && files.clients == 5000)
        #expect(FileBudget(limit: 80).lasting == 60)
        func shortage(_ subject: Subject, _ services: Int) -> String? {
            BenchPlan.shortage(of: files, subject, Workload(services: services, endpoints: 5))
        }
        // 64 files of the process itself, and a UDP port for 3 services.
        #expect(shortage(.mode(.userspace), 18_909) == nil)
        let reason = try #require(shortage(.mode(.userspace), 18_910))
        #expect(reason.contains("20001 open files") && reason.contains("the limit is 20000 (ulimit -n)"))
        #expect(shortage(.proxy(.own, .userspace), 50_000) != nil)
        for subject in [Subject.noRules, .mode(.nftables), .mode(.ipvs), .proxy(.own, .nftables), .tool(.nft)] {
            #expect(shortage(subject, 50_000) == nil)
        }
    }

    @Test func followersChange() {
        let first = BenchPlan.order(4, turn: 0)
        let later = BenchPlan.order(4, turn: 4)
        #expect(first == [0, 1, 2, 3] && later == [3, 2, 1, 0])
    }

    @Test("Each position of each subject has its batches, and the subjects follow each other at one position")
    func latency() {
        let steps = BenchPlan.latency(subjects: 4, batches: 3, round: 2)
        var counts: [BenchPlan.Step: Int] = [:]
        for step in steps { counts[step, default: 0] += 1 }
        #expect(counts.count == 12 && Set(counts.values) == [3])
        for start in stride(from: 0, to: steps.count, by: 4) {
            let group = steps[start..<start + 4]
            #expect(Set(group.map(\.position)).count == 1 && Set(group.map(\.subject)).count == 4)
        }
    }

    @Test(arguments: [(100, 4, 25), (300, 12, 25), (10, 1, 10), (1, 1, 1), (30, 1, 30)])
    func batches(connections: Int, count: Int, size: Int) {
        let found = BenchPlan.batches(for: connections)
        #expect(found.count == count && found.size == size)
    }

    @Test func expectedSeconds() throws {
        #expect(BenchPlan.expectedSeconds([], services: 10) == nil)
        #expect(BenchPlan.expectedSeconds([(10, 0.5)], services: 10_000) == nil)
        let linear = try #require(BenchPlan.expectedSeconds([(1000, 2)], services: 10_000))
        #expect(abs(linear - 20) < 1e-9)
        let quadratic = try #require(BenchPlan.expectedSeconds([(100, 0.1), (1000, 10)], services: 10_000))
        #expect(abs(quadratic - 1000) < 1e-6)
        // Rounds with the same number of services say nothing about growth.
        let repeated = try #require(BenchPlan.expectedSeconds([(1000, 2), (1000, 3)], services: 2000))
        #expect(abs(repeated - 6) < 1e-9)
        let wild = try #require(BenchPlan.expectedSeconds([(100, 0.1), (200, 100)], services: 400))
        #expect(abs(wild - 800) < 1e-6)
    }
}
