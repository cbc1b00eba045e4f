import SocketBalancing
import Testing

@testable import ProxyConfiguration

@Suite struct SocketBalancingOptionsTests {
    private func options(_ arguments: [String], file: String? = nil) throws -> ProxyOptions {
        try ProxyOptions(flags: try ProxyFlags(arguments: arguments)) { _ in Array((file ?? "").utf8) }
    }

    @Test("Flags and fields say the same") func settings() throws {
        var wanted = SocketBalancingSettings()
        #expect(try options([]).settings.socketBalancing == wanted)
        wanted.isEnabled = true
        wanted.fallsBack = true
        wanted.isOnlyNode = true
        wanted.cgroup = "/sys/fs/cgroup/kubepods"
        let flags = try options([
            "--socket-balancing", "--socket-balancing-fallback", "--socket-balancing-node-only",
            "--socket-balancing-cgroup=/sys/fs/cgroup/kubepods",
        ])
        #expect(flags.settings.socketBalancing == wanted)
        let head = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n"
        let section =
            "socketBalancing: {enabled: true, fallback: true, nodeOnly: true, cgroup: /sys/fs/cgroup/kubepods}\n"
        for mode in ["nftables", "iptables"] {
            let file = try options(["--config=c.yaml"], file: head + "mode: \(mode)\n" + section)
            #expect(file.settings.socketBalancing == wanted)
        }
    }

    @Test("Other modes, and paths that are none, are refused with a cure", arguments: ["ipvs", "userspace"])
    func refusals(mode: String) {
        let problem = #expect(throws: ConfigurationError.self) {
            try options(["--proxy-mode=\(mode)", "--socket-balancing", "--socket-balancing-cgroup=kubepods"])
        }
        let text = problem.map { "\($0)" } ?? ""
        #expect(text.contains("socketBalancing.enabled") && text.contains("nftables or iptables"), "\(text)")
        #expect(text.contains("socketBalancing.cgroup") && text.contains("absolute"), "\(text)")
    }
}
