import Dataplane
import HostInspection
import IPVSDataplane
import Insight
import IptablesDataplane
import NetworkAddress
import Nftables
import NftablesDataplane
import ProxyConfiguration
import ProxyServer
import ServiceModel
import Testing

@Suite struct ModeTests {
    private static func feature(_ probe: Feature.Probe) throws -> Feature {
        try #require(FeatureCatalog.all.first { $0.probe == probe })
    }

    private static func report(
        _ options: DoctorOptions = DoctorOptions(), _ change: (inout HostFacts) throws -> Void
    ) rethrows -> DoctorReport {
        var facts = goodHost()
        try change(&facts)
        return Examination.report(facts, options)
    }

    private static func state(_ report: DoctorReport, _ mode: Backend) -> ModeVerdict.State? {
        report.modes.first { $0.mode == mode.name }?.state
    }

    @Test("A missing feature fails the modes that need it and no others; the cure names module and option")
    func missing() throws {
        let report = try Self.report { facts in
            facts.modules = KernelModules(loaded: ["nf_tables"], installed: [])
            facts.features[try Self.feature(.nftables(.randomNumbers, .ipv4))] = .missing("No such file or directory")
        }
        #expect(Self.state(report, .nftables) == .fails)
        #expect(Self.state(report, .ipvs) == .works)
        #expect(Self.state(report, .iptables) == .works)
        let finding = try #require(report.findings.first)
        #expect(finding.id == "mode-nftables")
        // Others work, and nothing of this one is in force.
        #expect(finding.severity == .note)
        #expect(finding.cures == ["install the kernel's module nft_numgen, or use a kernel with CONFIG_NFT_NUMGEN"])
    }

    @Test("A mode that fails is an error where it is asked for, in force, or none is left")
    func severity() throws {
        let feature = try Self.feature(.nftables(.tables, .ipv4))
        func severities(_ options: DoctorOptions = DoctorOptions(), _ change: (inout HostFacts) -> Void = { _ in })
            -> [Severity]
        {
            Self.report(options) { facts in
                facts.features[feature] = .missing("Operation not supported")
                change(&facts)
            }.findings.map(\.severity)
        }
        #expect(severities() == [.note, .note])
        #expect(severities(DoctorOptions(mode: .nftables)) == [.error])
        #expect(
            severities {
                $0.ruleset = .seen(Ruleset(tables: [Ruleset.Table(family: .ip, name: "viaduct")]))
            }.first == .error)
    }

    @Test("What a missing feature is the base of is not counted up")
    func base() {
        let report = Self.report { facts in
            for feature in FeatureCatalog.all {
                switch feature.probe {
                case .ipvs, .scheduler: facts.features[feature] = .missing("Operation not supported")
                default: break
                }
            }
        }
        #expect(report.modes.first { $0.mode == "ipvs" }?.reasons == ["IPVS: Operation not supported"])
    }

    @Test("A feature that a mode can do without limits it")
    func limited() throws {
        let report = try Self.report {
            $0.features[try Self.feature(.scheduler(.leastConnection))] = .missing("No such file or directory")
        }
        #expect(Self.state(report, .ipvs) == .limited)
        #expect(report.findings.map(\.severity) == [.note])
    }

    @Test("Modules that load when they are needed do; those of the legacy tables have to be loaded by hand")
    func loadable() throws {
        let report = try Self.report { facts in
            facts.modules = KernelModules(installed: ["ip_vs", "ip_tables", "iptable_nat"])
            facts.features[try Self.feature(.ipvs)] = .loadable("ip_vs")
            facts.features[try Self.feature(.legacyTable("nat", .ipv4))] = .loadable("ip_tables")
        }
        #expect(Self.state(report, .ipvs) == .works)
        let verdict = try #require(report.modes.first { $0.mode == "iptables" })
        #expect(verdict.state == .fails)
        #expect(verdict.cures == ["modprobe iptable_nat"])
    }

    @Test("What was not looked at is unknown, never good or bad")
    func unknown() throws {
        let report = try Self.report {
            $0.features[try Self.feature(.nftables(.tables, .ipv4))] = .hidden("needs CAP_NET_ADMIN: run it as root")
        }
        #expect(Self.state(report, .nftables) == .unknown)
        #expect(report.findings.isEmpty)
        #expect(report.status == 3)
        #expect(Self.report { $0.features = [:] }.modes.first?.state == .unknown)
    }

    @Test("Without IPv6 its features are not missed")
    func withoutIPv6() throws {
        let report = try Self.report {
            $0.hasIPv6 = false
            $0.features[try Self.feature(.legacyTable("nat", .ipv6))] = .missing("Protocol not available")
        }
        #expect(Self.state(report, .iptables) == .works)
    }

    @Test("ipvs mode fails where settings that it needs cannot be written, unless it is our own privileges that lack")
    func settings() {
        func state(_ privileges: Privileges) -> ModeVerdict.State? {
            Self.state(
                Self.report { facts in
                    facts.privileges = privileges
                    facts.settings["/proc/sys/net/ipv4/vs/conntrack"] = .seen("0")
                    facts.unwritable = ["/proc/sys/net/ipv4/vs/conntrack"]
                }, .ipvs)
        }
        #expect(state(Privileges(effective: .max)) == .fails)
        let cured = findings(DoctorOptions(mode: .nftables)) { facts in
            facts.settings["/proc/sys/net/ipv4/ip_forward"] = .seen("0")
            facts.unwritable = ["/proc/sys/net/ipv4/ip_forward"]
        }
        #expect(
            cured.first?.cures == ["sysctl -w net.ipv4.ip_forward=1  # on the host: it cannot be written from here"])
        #expect(state(Privileges()) == .works)
    }

    @Test("A switch tells what goes, what comes, what refuses and what differs")
    func modeSwitch() throws {
        let feature = try Self.feature(.device(kind: "dummy"))
        let plan = try #require(
            Self.report(DoctorOptions(mode: .ipvs, asksForSwitch: true)) { facts in
                facts.features[feature] = .missing("Operation not supported")
                facts.ruleset = .seen(Ruleset(tables: [Ruleset.Table(family: .ip, name: "viaduct")]))
                facts.serviceRoutes = .seen([199: 12, 198: 0])
            }.modeSwitch)
        #expect(plan.from == ["nftables", "userspace"])
        #expect(plan.goes.contains { $0.hasPrefix("nftables: table ip viaduct") })
        #expect(plan.goes.contains { $0.hasPrefix("userspace: 12 local routes") })
        #expect(plan.comes.contains { $0.contains("proto 198") && $0.contains("no dummy devices") })
        #expect(!plan.comes.contains { $0.contains("kube-ipvs0") })
        #expect(plan.refusals.isEmpty)
        #expect(plan.differences.contains { $0.contains("scheduler chooses") })
        #expect(plan.differences.contains { $0.hasPrefix("the kernel translates") })
    }

    @Test("A switch to the same mode changes nothing, and one between any two differs in something")
    func differences() {
        for mode in Backend.allCases {
            for other in Backend.allCases {
                let differences = ModeDifference.between([mode], other)
                #expect(differences.isEmpty == (mode == other), "\(mode) \(other)")
                #expect(Set(differences).count == differences.count)
            }
        }
    }
}
