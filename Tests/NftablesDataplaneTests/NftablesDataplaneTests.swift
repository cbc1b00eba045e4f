import Dataplane
import DataplaneTesting
import LinuxSystem
import NetworkAddress
import ServiceModel
import Testing

@testable import NftablesDataplane

/// Everything against the real kernel, one test after another: the ruleset's generation is one for all.
@Suite(.serialized, .enabled(if: Kernel.isUsable, "needs \(Kernel.missing ?? "")"))
struct NftablesKernelTests {}

extension NftablesKernelTests {
    @Suite(.serialized) struct NftablesDataplaneTests {
        @Test("A second start with the same objects sends nothing", arguments: IPFamily.allCases)
        func adoption(family: IPFamily) async throws {
            let delta = try Sample.whole(family)
            try await Kernel.withDataplane("viaduct-test", family) { first in
                let report = try await first.apply(delta)
                #expect(report.messages > 0)
                #expect(report.added > 100)
                #expect(!report.repaired)
                let second = try Kernel.dataplane("viaduct-test", family)
                #expect(try await second.apply(delta) == ApplyReport())
                #expect(try await second.verify() == ApplyReport())
            }
        }

        @Test(
            "A second start sends nothing, however local traffic is told",
            arguments: [
                LocalTrafficDetector.none, .nodeCIDR, .bridgeInterface("br0"), .interfaceNamePrefix("veth"),
                .clusterCIDR([IPNetwork("10.0.0.0/8"), IPNetwork("fd00::/13")].compactMap { $0 }),
                .clusterCIDR([IPNetwork("0.0.0.0/0"), IPNetwork("::/0")].compactMap { $0 }),
                .clusterCIDR([IPNetwork("10.64.0.0/11"), IPNetwork("fd00:1::/64")].compactMap { $0 }),
                .clusterCIDR([IPNetwork("10.1.2.3/32"), IPNetwork("fd00::1/128")].compactMap { $0 }),
            ], IPFamily.allCases)
        func adoption(localTraffic: LocalTrafficDetector, family: IPFamily) async throws {
            var delta = try Sample.whole(family)
            delta.node?.nodePortAddresses = nil
            let podCIDR = try #require(IPNetwork(family == .ipv4 ? "10.1.128.0/17" : "fd00:a::/56"))
            delta.node = delta.node?.telling(localTraffic, family, podCIDRs: [podCIDR])
            try await Kernel.withDataplane("viaduct-test", family) { _ in
                let first = try Kernel.dataplane("viaduct-test", family)
                _ = try await first.apply(delta)
                let second = try Kernel.dataplane("viaduct-test", family)
                #expect(try await second.apply(delta) == ApplyReport())
                if NftCommand.isInstalled { try NftCommand.run("list ruleset") }
            }
        }

        @Test(
            "A table as older versions made it, with verdicts in the maps of services, is replaced",
            .enabled(if: NftCommand.isInstalled, "needs the nft command"), arguments: IPFamily.allCases)
        func olderShape(family: IPFamily) async throws {
            let (table, type, address) =
                family == .ipv4
                ? ("ip viaduct-test", "ipv4_addr", "172.30.0.1") : ("ip6 viaduct-test", "ipv6_addr", "fd00::ac1e:1")
            try await Kernel.withDataplane("viaduct-test", family) { dataplane in
                try NftCommand.run(
                    """
                    table \(table) {
                        map endpoint-counts {
                            type \(type) . inet_proto . inet_service . mark : verdict
                            elements = { \(address) . tcp . 80 . 0 comment "test/plain:p" : goto endpoints-5 }
                        }
                        map no-endpoints {
                            type \(type) . inet_proto . inet_service : verdict
                            elements = { \(address) . udp . 80 : goto reject-chain }
                        }
                        chain reject-chain { reject; }
                        chain endpoints-5 { drop; }
                        chain services { meta l4proto vmap { tcp : goto endpoints-5, udp : goto reject-chain }; }
                        chain nat-output { type nat hook output priority -100; jump services; }
                    }
                    """)
                let delta = try Sample.whole(family)
                #expect(try await dataplane.apply(delta).repaired)
                #expect(try await dataplane.verify() == ApplyReport())
                let replaced = try NftCommand.run("list table \(table)")
                #expect(!replaced.contains("reject-chain"))
                #expect(replaced.contains("0x00000005 : goto endpoints-5"))
                let second = try Kernel.dataplane("viaduct-test", family)
                #expect(try await second.apply(delta) == ApplyReport())
            }
        }

        @Test("A set that was made with a size outgrows it, and a later start takes it over")
        func outgrownSize() async throws {
            func delta(_ count: Int) throws -> FamilyDelta {
                let endpoints = (0..<count).map { EndpointAddress(IPAddress(ipv4: UInt32(0x0A00_0000 + $0)), 80) }
                return Sample.delta(
                    [
                        try Sample.state("s", clusterIP: "172.30.0.1", endpoints: endpoints) {
                            $0.nodePort = 30080
                            $0.externalIPs = [try Sample.address("192.0.2.1")]
                        }
                    ], node: NodeFacts())
            }
            try await Kernel.withDataplane("viaduct-test") { first in
                _ = try await first.apply(try delta(2_000))
                let grown = try delta(30_000)
                let report = try await first.apply(grown)
                #expect(report.added > 80_000)
                #expect(!report.repaired)
                // Spare chains wait for it.
                #expect(!(try await first.verify().repaired))
                let second = try Kernel.dataplane("viaduct-test")
                #expect(try await second.apply(grown) == ApplyReport())
            }
        }

        @Test(
            "A limit that somebody gave a set of ours is found, and the table replaced",
            .enabled(if: NftCommand.isInstalled, "needs the nft command"),
            .enabled(if: KernelRelease.current.map { $0 >= KernelRelease(6, 5) } ?? false, "needs Linux 6.5"),
            arguments: IPFamily.allCases)
        func foreignLimit(family: IPFamily) async throws {
            let (table, type) =
                family == .ipv4 ? ("ip viaduct-test", "ipv4_addr") : ("ip6 viaduct-test", "ipv6_addr")
            let delta = try Sample.whole(family)
            try await Kernel.withDataplane("viaduct-test", family) { dataplane in
                _ = try await dataplane.apply(delta)
                try NftCommand.run("add set \(table) hairpin { type \(type) . \(type); size 10; }")
                #expect(try NftCommand.run("list set \(table) hairpin").contains("size 10"))
                #expect(try await dataplane.verify().repaired)
                #expect(!(try NftCommand.run("list set \(table) hairpin").contains("size")))
                let second = try Kernel.dataplane("viaduct-test", family)
                #expect(try await second.apply(delta) == ApplyReport())
            }
        }

        @Test("A verification without foreign writes sends nothing", arguments: IPFamily.allCases)
        func quietVerification(family: IPFamily) async throws {
            try await Kernel.withDataplane("viaduct-test", family) { dataplane in
                _ = try await dataplane.apply(try Sample.whole(family))
                #expect(try await dataplane.verify() == ApplyReport())
                _ = try await dataplane.apply(
                    FamilyDelta(removed: [Sample.name("plain"), Sample.name("local")]))
                // Pairs of @hairpin wait for the verification; no listing is needed to know them.
                let report = try await dataplane.verify()
                #expect(!report.repaired)
                #expect(report.added == 0)
                #expect(try await dataplane.verify() == ApplyReport())
            }
        }

        @Test("Removal takes our table and no other", .enabled(if: NftCommand.isInstalled, "needs the nft command"))
        func removal() async throws {
            let other = "table ip viaduct-test-other"
            try NftCommand.run(
                """
                add \(other)
                delete \(other)
                \(other) { set s { type ipv4_addr; elements = { 1.2.3.4 } }; chain c { counter; }; }
                """)
            let before = try NftCommand.run("list \(other)", json: true)
            let dataplane = try Kernel.dataplane("viaduct-test")
            let dataplane6 = try Kernel.dataplane("viaduct-test", .ipv6)
            _ = try await dataplane.apply(try Sample.whole(.ipv4))
            _ = try await dataplane6.apply(try Sample.whole(.ipv6))
            #expect(try NftCommand.run("list tables").contains("table ip viaduct-test\n"))
            try await dataplane.removeAll()
            #expect(!(try NftCommand.run("list tables").contains("table ip viaduct-test\n")))
            #expect(try NftCommand.run("list tables").contains("table ip6 viaduct-test\n"))
            try await dataplane.removeAll()
            try await dataplane6.removeAll()
            #expect(try NftCommand.run("list \(other)", json: true) == before)
            try NftCommand.run("delete \(other)")
        }

        @Test(
            "nft lists the table and shows the services' names", .enabled(if: NftCommand.isInstalled, "needs nft"),
            arguments: IPFamily.allCases)
        func listing(family: IPFamily) async throws {
            try await Kernel.withDataplane("viaduct-test", family) { dataplane in
                _ = try await dataplane.apply(try Sample.whole(family))
                let text = try NftCommand.run("list table \(family == .ipv4 ? "ip" : "ip6") viaduct-test")
                for state in try Sample.variety() { #expect(text.contains("\"\(state.service.name)\"")) }
                #expect(text.contains("comment \"service rules of viaduct proxy\""))
                _ = try NftCommand.run("list table \(family == .ipv4 ? "ip" : "ip6") viaduct-test", json: true)
            }
        }
    }
}
