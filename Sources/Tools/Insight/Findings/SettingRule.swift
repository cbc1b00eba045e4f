import Dataplane
import IptablesDataplane
import NftablesDataplane
import ProxyConfiguration
import ProxyServer
import UserspaceDataplane

/// The desired value of a kernel setting, and the effect on Services of another value.
struct SettingRule: Sendable {
    var id: String
    var path: String
    var good: ClosedRange<Int>
    /// What the cure sets.
    var cure: Int
    var severity: Severity
    var modes: [Backend] = .netfilter
    var message: String

    /// None where the setting is as it should be, is not there or could not be seen.
    func findings(_ facts: HostFacts) -> [Finding] {
        guard let value = facts.number(path), !good.contains(value) else { return [] }
        return [
            Finding(
                id, severity, message, modes: modes, evidence: [facts.evidence(path)],
                cures: [facts.setting(path, cure)])
        ]
    }

    private static let netfilter = "/proc/sys/net/netfilter/"
    private static let ipv4 = "/proc/sys/net/ipv4/"

    static let all = [
        SettingRule(
            // In ipvs mode the proxy sets it.
            id: "ip-forward", path: ipv4 + "ip_forward", good: 1...Int.max, cure: 1, severity: .error,
            modes: [.nftables, .iptables],
            message:
                "IPv4 packets are not forwarded: endpoints in pods and on other hosts are not reached from outside, "
                + "nor are Services from pods"),
        SettingRule(
            id: "conntrack-established-timeout", path: netfilter + "nf_conntrack_tcp_timeout_established",
            good: 7800...Int.max, cure: 86400, severity: .warning,
            message: "connections that are silent for longer than this break, and TCP's own keepalives begin after two "
                + "hours only (the proxy sets 86400 at its start by default)"),
        SettingRule(
            id: "conntrack-udp-timeout", path: netfilter + "nf_conntrack_udp_timeout", good: 5...Int.max, cure: 30,
            severity: .warning, message: "slow answers over UDP come after their translation is forgotten, and are lost"
        ),
        SettingRule(
            id: "conntrack-udp-stream-timeout", path: netfilter + "nf_conntrack_udp_timeout_stream", good: 30...Int.max,
            cure: 120, severity: .warning,
            message: "UDP flows that pause for longer than this may go to another endpoint"),
        SettingRule(
            id: "conntrack-acct", path: netfilter + "nf_conntrack_acct", good: 1...Int.max, cure: 1, severity: .note,
            message: "bytes of connections are not counted, so that no figures of them can be shown"),
        SettingRule(
            id: "conntrack-liberal", path: netfilter + "nf_conntrack_tcp_be_liberal", good: 0...0, cure: 0,
            severity: .note,
            message:
                "packets outside a connection's window count as valid: iptables mode does not drop invalid ones then"),
        SettingRule(
            id: "tw-recycle", path: ipv4 + "tcp_tw_recycle", good: 0...0, cure: 0, severity: .error,
            modes: Backend.allCases,
            message: "connections of clients behind one address are refused at random (tcp_tw_recycle)"),
        SettingRule(
            id: "somaxconn", path: "/proc/sys/net/core/somaxconn", good: 128...Int.max, cure: 4096, severity: .warning,
            modes: [.userspace], message: "few connections may wait to be taken: more at a time are lost"),
    ]
}
