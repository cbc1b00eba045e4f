import Dataplane
import Testing

@testable import IPVSDataplane

@Suite struct IPVSHostSettingsTests {
    private func names(_ strictARP: Bool = false, release: String) -> [String] {
        IPVSHostSettings.needed(strictARP: strictARP, release: release)
            .map { "\($0.path.dropFirst("/proc/sys/net/ipv4/".count))=\($0.value)" }
    }

    @Test func needed() {
        let always = ["vs/conntrack=1", "vs/expire_nodest_conn=1", "vs/expire_quiescent_template=1", "ip_forward=1"]
        #expect(names(release: "6.1.0-40-amd64") == always)
        #expect(names(true, release: "6.1.0") == always + ["conf/all/arp_ignore=1", "conf/all/arp_announce=2"])
        #expect(names(release: "5.4.0-1") == always + ["vs/conn_reuse_mode=0"])
        #expect(!IPVSHostSettings.needed(strictARP: true, release: "").contains { !$0.isRequired })
    }

    @Test(
        "As upstream: off from Linux 4.1 on, left alone from 5.9 on",
        arguments: [
            ("3.10.0", false), ("4.0.9", false), ("4.1.0", true), ("4.19.0-27-amd64", true), ("5.8.18", true),
            ("5.9.0", false), ("5.10.0-8", false), ("6.18.5", false), ("", false), ("x", false),
        ])
    func connectionReuse(release: String, isOff: Bool) {
        #expect(IPVSHostSettings.reusesConnectionsSlowly(release) == isOff)
    }
}
