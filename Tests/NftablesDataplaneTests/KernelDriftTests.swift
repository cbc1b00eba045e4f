import Dataplane
import DataplaneTesting
import NetworkAddress
import ServiceModel
import Testing

@testable import NftablesDataplane

extension NftablesKernelTests {
    /// What others do to our table is found and mended; what is theirs stays.
    @Suite(.serialized, .enabled(if: NftCommand.isInstalled, "needs the nft command"))
    struct KernelDriftTests {
        /// In the words of nft, with `T` for our table and `A`, `B` for addresses of the family.
        static let drifts = [
            "delete element T endpoint-counts { A . tcp . 80 . 0x00000000 }",
            "flush map T endpoints",
            "flush set T hairpin; add element T hairpin { B . B }",
            "delete element T endpoint-counts { A . tcp . 80 . 0x00000000 }; "
                + "add element T endpoint-counts { A . tcp . 80 . 0x00000000 : 0x00000000 }",
            "delete element T endpoint-counts { A . tcp . 80 . 0x00000000 }; "
                + "add element T endpoint-counts { A . tcp . 80 . 0x00000000 comment \"no\" : 0x00000005 }",
            "flush map T balancers",
            "delete element T local-balancers { 0x00000000 }",
            "delete element T balancers { 0x00000005 }; add element T balancers { 0x00000005 : goto endpoints-4 }",
            "add element T node-port-balancers { 0x00007fff : drop }",
            "delete element T endpoints { A . tcp . 80 . 0x00000001 }; "
                + "add element T endpoints { A . tcp . 80 . 0x00000001 : B . 99 }",
            "add element T cluster-ips { B }",
            "flush set T service-cidrs",
            "add element T service-cidrs { B }",
            "add rule T services counter drop",
            "insert rule T mark-for-masquerade return",
            "add rule T endpoints-5 drop",
            "flush chain T services",
            "flush chain T nat-prerouting",
            "flush ruleset",
            "delete table T",
            "add chain T foreign; add rule T foreign counter; add rule T services jump foreign",
            "add set T foreign-set { type inet_service; elements = { 1, 2 }; }",
            "add map T foreign-map { type inet_service : verdict; }; add chain T foreign; "
                + "add element T foreign-map { 1 : jump foreign }; add rule T services tcp dport vmap @foreign-map",
            "add chain T foreign-base { type filter hook input priority 0; policy drop; }",
            "delete chain T filter-input; add chain T filter-input { type filter hook input priority 7; }",
            "flush chain T filter-forward; delete chain T filter-forward; add chain T filter-forward",
            "add chain T nat-prerouting { policy drop; }",
            "add table T { flags dormant; }",
            "flush chain T filter-input; flush chain T filter-forward; flush chain T filter-output-post-dnat; "
                + "delete chain T service-endpoints-check",
            "flush chain T firewall-check; delete set T source-ranges; "
                + "add set T source-ranges { type ipv4_addr; flags interval; }",
        ]

        @Test("Drift is repaired by the next verification", arguments: drifts, IPFamily.allCases)
        func repair(drift: String, family: IPFamily) async throws {
            let delta = try Sample.whole(family)
            let script = Self.script(drift, family)
            try await Kernel.withDataplane("viaduct-test", family) { dataplane in
                _ = try await dataplane.apply(delta)
                let table = "list table \(family == .ipv4 ? "ip" : "ip6") viaduct-test"
                let before = Self.sorted(try NftCommand.run(table))
                try NftCommand.run(script)
                let drifted = Self.sorted(try NftCommand.attempt(table) ?? "")
                #expect(drifted != before)
                _ = try await dataplane.verify()
                #expect(Self.sorted(try NftCommand.run(table)) == before)
                #expect(try await dataplane.verify() == ApplyReport())
                let second = try Kernel.dataplane("viaduct-test", family)
                #expect(try await second.apply(delta) == ApplyReport())
            }
        }

        @Test("A commit that fails since others wrote heals in the same call", arguments: drifts, IPFamily.allCases)
        func healing(drift: String, family: IPFamily) async throws {
            let delta = try Sample.whole(family)
            try await Kernel.withDataplane("viaduct-test", family) { dataplane in
                _ = try await dataplane.apply(delta)
                try NftCommand.run(Self.script(drift, family))
                var states = delta.updated
                let name = Sample.name("plain")
                states[name]?.clusterEndpoints.removeLast()
                _ = try await dataplane.apply(FamilyDelta(updated: states.filter { $0.key == name }))
                // A drift that did not stand in the way is left to the verification.
                _ = try await dataplane.verify()
                let second = try Kernel.dataplane("viaduct-test", family)
                #expect(try await second.apply(FamilyDelta(updated: states, node: delta.node)) == ApplyReport())
            }
        }

        @Test("A table that vanishes is there again after the next change", arguments: IPFamily.allCases)
        func vanished(family: IPFamily) async throws {
            let delta = try Sample.whole(family)
            try await Kernel.withDataplane("viaduct-test", family) { dataplane in
                _ = try await dataplane.apply(delta)
                try NftCommand.run(Self.script("delete table T", family))
                let report = try await dataplane.apply(FamilyDelta(removed: [Sample.name("plain")]))
                #expect(report.added > 100)
                #expect(try await dataplane.verify() == ApplyReport())
            }
        }

        @Test("Chains that are made ahead are no repair, whoever else commits", arguments: IPFamily.allCases)
        func ownWork(family: IPFamily) async throws {
            let delta = try Sample.whole(family)
            let other = "table inet viaduct-test-growth"
            try NftCommand.run("add \(other)\ndelete \(other)\nadd \(other)")
            try await Kernel.withDataplane("viaduct-test", family) { dataplane in
                _ = try await dataplane.apply(delta)
                let name = Sample.name("plain")
                var state = try #require(delta.updated[name])
                let first = try #require(state.clusterEndpoints.first)
                for count in [20, 60, 3] {
                    state.clusterEndpoints = (1...UInt16(count)).map { EndpointAddress(first.ip, $0) }
                    #expect(!(try await dataplane.apply(FamilyDelta(updated: [name: state])).repaired))
                    try NftCommand.run("add chain inet viaduct-test-growth c\(count)")
                    let report = try await dataplane.verify()
                    #expect(!report.repaired, "\(count)")
                    #expect(try await dataplane.verify() == ApplyReport())
                }
            }
            try NftCommand.run("delete \(other)")
        }

        @Test("Foreign commits in other tables between ours are survived, and their tables stay")
        func foreignTables() async throws {
            let delta = try Sample.whole(.ipv4)
            let other = "table inet viaduct-test-other"
            try NftCommand.run("add \(other)\ndelete \(other)\nadd \(other)\nadd chain inet viaduct-test-other c")
            try await Kernel.withDataplane("viaduct-test") { dataplane in
                _ = try await dataplane.apply(delta)
                for round in 0..<3 {
                    try NftCommand.run("add rule inet viaduct-test-other c counter comment \"\(round)\"")
                    let before = try NftCommand.run("list \(other)", json: true)
                    let removed = delta.updated.keys.sorted()[round]
                    let report = try await dataplane.apply(FamilyDelta(removed: [removed]))
                    #expect(report.messages <= 8)
                    #expect(!report.repaired)
                    _ = try await dataplane.verify()
                    #expect(try await dataplane.verify() == ApplyReport())
                    #expect(try NftCommand.run("list \(other)", json: true) == before)
                    let left = delta.updated.filter { !delta.updated.keys.sorted()[...round].contains($0.key) }
                    let second = try Kernel.dataplane("viaduct-test")
                    #expect(
                        try await second.apply(FamilyDelta(updated: left, node: delta.node)) == ApplyReport())
                }
            }
            try NftCommand.run("delete \(other)")
        }

        private static func script(_ drift: String, _ family: IPFamily) -> String {
            let isIPv4 = family == .ipv4
            return drift.split(separator: " ", omittingEmptySubsequences: false).map { word in
                switch word {
                case "T": isIPv4 ? "ip viaduct-test" : "ip6 viaduct-test"
                case "A": isIPv4 ? "172.30.0.1" : "fd00::ac1e:1"
                case "B": isIPv4 ? "198.51.100.7" : "fd00::c633:6407"
                default: String(word)
                }
            }.joined(separator: " ")
        }

        /// Without the order of lines, of elements and of chains, which listings do not promise.
        private static func sorted(_ text: String) -> [String] {
            text.split { $0 == "\n" || $0 == "," }
                .map { line in String(line.drop { $0 == " " || $0 == "\t" }).replacing("elements = { ", with: "") }
                .map { $0.hasSuffix(" }") ? String($0.dropLast(2)) : $0 }
                .sorted()
        }
    }
}
