import HostInspection
import IPVSDataplane
import Insight
import NetworkAddress
import Nftables
import NftablesDataplane
import ProxyConfiguration
import ProxyServer
import Testing
import UserspaceDataplane

/// A host on which nothing is wrong and every feature works.
func goodHost() -> HostFacts {
    var facts = HostFacts()
    facts.release = "6.1.0-test"
    facts.privileges = Privileges(effective: .max)
    for (path, value) in goodSettings { facts.settings[path] = .seen(value) }
    for feature in FeatureCatalog.all { facts.features[feature] = .works }
    facts.devices = .seen([
        NetworkDevice(index: 1, name: "lo", mtu: 65536, isLoopback: true),
        NetworkDevice(index: 2, name: "eth0", mtu: 1500),
        NetworkDevice(index: 3, name: "cni0", mtu: 1500, kind: "bridge"),
        NetworkDevice(index: 4, name: "veth1", mtu: 1500, kind: "veth", master: 3),
    ])
    facts.defaultRoutes = .seen([HostFacts.DefaultRoute(.ipv4, "eth0")])
    facts.legacyTables = [.ipv4: .seen([]), .ipv6: .seen([])]
    facts.ruleset = .seen(Ruleset())
    facts.serviceRoutes = .seen([:])
    facts.listeners = .seen([])
    facts.programs = .seen([])
    facts.clock = .seen(SystemClock(isSynchronized: true, largestError: 5000))
    facts.fileLimit = .seen(1 << 20)
    facts.neighbours = .seen(10)
    facts.conntrackStatistics = .seen(["drop": 0, "early_drop": 0])
    return facts
}

private let goodSettings = [
    "/proc/sys/net/ipv4/ip_forward": "1", "/proc/sys/net/ipv6/conf/all/forwarding": "1",
    "/proc/sys/net/ipv4/conf/all/rp_filter": "0", "/proc/sys/net/ipv4/conf/eth0/rp_filter": "0",
    "/proc/sys/net/ipv4/conf/eth0/forwarding": "1", "/proc/sys/net/ipv4/conf/cni0/forwarding": "1",
    "/proc/sys/net/bridge/bridge-nf-call-iptables": "1", "/proc/sys/net/bridge/bridge-nf-call-ip6tables": "1",
    "/proc/sys/net/netfilter/nf_conntrack_count": "100", "/proc/sys/net/netfilter/nf_conntrack_max": "262144",
    "/proc/sys/net/netfilter/nf_conntrack_buckets": "65536", "/proc/sys/net/netfilter/nf_conntrack_acct": "1",
    "/proc/sys/net/netfilter/nf_conntrack_tcp_be_liberal": "0",
    "/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established": "86400",
    "/proc/sys/net/netfilter/nf_conntrack_udp_timeout": "30",
    "/proc/sys/net/netfilter/nf_conntrack_udp_timeout_stream": "120", "/proc/sys/net/core/somaxconn": "4096",
    "/proc/sys/net/ipv4/ip_local_port_range": "32768\t60999", "/proc/sys/net/ipv4/ip_local_reserved_ports": "",
    "/proc/sys/net/ipv4/neigh/default/gc_thresh3": "1024",
]

/// The findings about a good host that was changed.
func findings(_ change: (inout HostFacts) -> Void) -> [Finding] { findings(DoctorOptions(), change) }

func findings(_ options: DoctorOptions, _ change: (inout HostFacts) -> Void) -> [Finding] {
    var facts = goodHost()
    change(&facts)
    return Examination.report(facts, options).findings
}

@Suite struct DoctorTests {
    @Test("Nothing is said about a host on which nothing is wrong")
    func nothing() {
        let report = Examination.report(goodHost(), DoctorOptions())
        #expect(report.findings.isEmpty, "\(report.findings)")
        #expect(report.gaps.isEmpty, "\(report.gaps)")
        #expect(report.modes.allSatisfy { $0.state == .works })
        #expect(report.status == 0)
    }

    @Test(
        "A setting that hurts is found, with its cure",
        arguments: [
            ("net/ipv4/ip_forward", "0", "ip-forward", Severity.error, "sysctl -w net.ipv4.ip_forward=1"),
            ("net/ipv4/tcp_tw_recycle", "1", "tw-recycle", .error, "sysctl -w net.ipv4.tcp_tw_recycle=0"),
            (
                "net/netfilter/nf_conntrack_tcp_timeout_established", "300", "conntrack-established-timeout", .warning,
                "sysctl -w net.netfilter.nf_conntrack_tcp_timeout_established=86400"
            ),
            (
                "net/netfilter/nf_conntrack_udp_timeout", "1", "conntrack-udp-timeout", .warning,
                "sysctl -w net.netfilter.nf_conntrack_udp_timeout=30"
            ),
            (
                "net/netfilter/nf_conntrack_acct", "0", "conntrack-acct", .note,
                "sysctl -w net.netfilter.nf_conntrack_acct=1"
            ),
            ("net/core/somaxconn", "16", "somaxconn", .warning, "sysctl -w net.core.somaxconn=4096"),
            ("net/ipv6/conf/all/forwarding", "0", "ipv6-forwarding", .note, "sysctl -w net.ipv6.conf.all.forwarding=1"),
            (
                "net/ipv4/conf/eth0/forwarding", "0", "device-forwarding", .warning,
                "sysctl -w net.ipv4.conf.eth0.forwarding=1"
            ),
            ("net/ipv4/conf/eth0/rp_filter", "1", "rp-filter", .warning, "sysctl -w net.ipv4.conf.all.rp_filter=2"),
            ("net/ipv4/conf/all/rp_filter", "1", "rp-filter", .warning, "sysctl -w net.ipv4.conf.all.rp_filter=2"),
            (
                "net/bridge/bridge-nf-call-iptables", "0", "bridge-nf-IPv4", .warning,
                "sysctl -w net.bridge.bridge-nf-call-iptables=1"
            ),
            (
                "net/netfilter/nf_conntrack_count", "262144", "conntrack-full", .error,
                "sysctl -w net.netfilter.nf_conntrack_max=524288"
            ),
            (
                "net/netfilter/nf_conntrack_count", "220000", "conntrack-full", .warning,
                "sysctl -w net.netfilter.nf_conntrack_max=524288"
            ),
            (
                "net/netfilter/nf_conntrack_max", "65536", "conntrack-size", .note,
                "sysctl -w net.netfilter.nf_conntrack_max=131072"
            ),
            (
                "net/netfilter/nf_conntrack_buckets", "1024", "conntrack-buckets", .note,
                "echo 65536 > /sys/module/nf_conntrack/parameters/hashsize"
            ),
            (
                "net/ipv4/ip_local_port_range", "1024 65000", "node-ports-in-local-range", .warning,
                "sysctl -w net.ipv4.ip_local_reserved_ports='30000-32767'"
            ),
        ])
    func setting(path: String, value: String, id: String, severity: Severity, cure: String) throws {
        let found = findings { $0.settings["/proc/sys/\(path)"] = .seen(value) }
        let finding = try #require(found.first { $0.id == id }, "\(found)")
        #expect(found.count == 1, "\(found)")
        #expect(finding.severity == severity)
        #expect(finding.cures.contains(cure), "\(finding.cures)")
        #expect(finding.evidence.contains { $0.source == "/proc/sys/\(path)" && $0.value == value })
    }

    @Test("A setting that is not a number, or too large for one, is no finding and no crash")
    func oddSettings() {
        for value in ["", "x", "-", "99999999999999999999", "-9223372036854775808", "\u{0}"] {
            for path in goodHost().settings.keys { _ = findings { $0.settings[path] = .seen(value) } }
        }
        _ = findings { $0.settings["/proc/sys/net/netfilter/nf_conntrack_max"] = .seen("\(Int.max)") }
    }

    @Test("The exit status goes by the worst finding, and tells of what could not be looked at")
    func status() {
        func status(_ change: (inout HostFacts) -> Void) -> Int32 {
            var facts = goodHost()
            change(&facts)
            return Examination.report(facts, DoctorOptions()).status
        }
        #expect(status { _ in } == 0)
        #expect(status { $0.settings["/proc/sys/net/netfilter/nf_conntrack_acct"] = .seen("0") } == 0)
        #expect(status { $0.clock = .seen(SystemClock(isSynchronized: false, largestError: 1)) } == 1)
        #expect(status { $0.settings["/proc/sys/net/ipv4/ip_forward"] = .seen("0") } == 2)
        #expect(status { $0.ruleset = .hidden("needs CAP_NET_ADMIN") } == 3)
    }

    @Test("Only what concerns the mode is told, and settings that the proxy sets in it are no errors")
    func mode() {
        let forwarding = { (facts: inout HostFacts) in
            facts.settings["/proc/sys/net/ipv4/ip_forward"] = .seen("0")
            facts.settings["/proc/sys/net/core/somaxconn"] = .seen("16")
        }
        #expect(findings(DoctorOptions(mode: .nftables), forwarding).map(\.id) == ["ip-forward"])
        #expect(findings(DoctorOptions(mode: .userspace), forwarding).map(\.id) == ["somaxconn"])
        #expect(findings(DoctorOptions(mode: .ipvs), forwarding).isEmpty)
    }
}
