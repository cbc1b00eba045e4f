import Dataplane
import IPVSDataplane
import Nftables
import ProxyConfiguration
import ProxyServer

/// Other programs that have rules in the kernel: firewalld, Docker, ufw, and kube-proxy with its leftovers.
enum ProgramFindings {
    /// The names by which their processes are found.
    static let processes: Set = ["firewalld", "dockerd", "kube-proxy"]

    static func all(_ facts: HostFacts) -> [Finding] {
        let traces = HostTraces(facts)
        return firewalld(facts, traces) + docker(facts, traces) + ufw(facts, traces) + kubeProxy(facts, traces)
            + leftovers(facts, traces)
    }

    /// A process of this name that is in this network namespace as far as is known.
    private static func process(_ name: String, _ facts: HostFacts) -> [Finding.Evidence] {
        (facts.programs.value ?? []).filter { $0.name == name && $0.isHere != false }.prefix(1).map {
            Finding.Evidence(
                "/proc/\($0.process)/comm", $0.isHere == nil ? "\(name), perhaps in another network namespace" : name)
        }
    }

    private static func tables(_ names: [String]) -> [Finding.Evidence] {
        names.map { Finding.Evidence("nft list table \($0)", "table \($0)") }
    }

    private static func firewalld(_ facts: HostFacts, _ traces: HostTraces) -> [Finding] {
        let evidence = process("firewalld", facts) + tables(traces.hasTable("firewalld"))
        guard !evidence.isEmpty else { return [] }
        return [
            Finding(
                "firewalld", .warning,
                "firewalld decides about forwarded packets and node ports, too: what none of its zones accepts is "
                    + "rejected",
                modes: Backend.allCases, evidence: evidence,
                cures: [
                    "firewall-cmd --permanent --zone=trusted --add-source=PODCIDR && firewall-cmd --reload, and open "
                        + "the node ports (--add-port=30000-32767/tcp)",
                    "systemctl disable --now firewalld",
                ])
        ]
    }

    private static func docker(_ facts: HostFacts, _ traces: HostTraces) -> [Finding] {
        func isDockers(_ chain: String) -> Bool { chain == "DOCKER" || chain.hasPrefix("DOCKER-") }
        let evidence =
            process("dockerd", facts) + traces.legacy(isDockers) + traces.compatible(isDockers)
            + tables(traces.hasTable("docker-bridges"))
            + (traces.hasDevice("docker0") ? [Finding.Evidence("ip link show", "device docker0")] : [])
        guard !evidence.isEmpty else { return [] }
        return [
            Finding(
                "docker", .note,
                "Docker has rules about forwarded packets here; where it switches ip_forward on itself, it also sets "
                    + "the policy of FORWARD to drop",
                modes: .netfilter, evidence: evidence,
                cures: [
                    #""ip-forward-no-drop": true in /etc/docker/daemon.json (Docker 28 and later)"#,
                    "iptables -I DOCKER-USER -j ACCEPT",
                ])
        ]
    }

    private static func ufw(_ facts: HostFacts, _ traces: HostTraces) -> [Finding] {
        func isUfws(_ chain: String) -> Bool { chain.hasPrefix("ufw-") || chain.hasPrefix("ufw6-") }
        let evidence = traces.legacy(isUfws) + traces.compatible(isUfws)
        guard !evidence.isEmpty else { return [] }
        return [
            Finding(
                "ufw", .warning,
                "ufw has rules about forwarded packets here: unless it is told otherwise, connections to endpoints in "
                    + "pods and on other hosts are dropped", modes: .netfilter, evidence: evidence,
                cures: ["ufw default allow routed", "ufw route allow to PODCIDR", "ufw disable"])
        ]
    }

    private static func kubeProxy(_ facts: HostFacts, _ traces: HostTraces) -> [Finding] {
        let evidence = process("kube-proxy", facts)
        guard !evidence.isEmpty else { return [] }
        return [
            Finding(
                "kube-proxy", .warning,
                "kube-proxy runs here: two proxies for the same Services work against each other", evidence: evidence,
                cures: ["stop kube-proxy on this node, then run kube-proxy --cleanup"])
        ]
    }

    // MARK: What kube-proxy leaves

    private static func leftovers(_ facts: HostFacts, _ traces: HostTraces) -> [Finding] {
        var found: [Finding] = []
        func add(
            _ id: String, _ severity: Severity, _ message: String, _ evidence: [Finding.Evidence], _ cures: [String]
        ) {
            guard !evidence.isEmpty else { return }
            found.append(Finding(id, severity, message, evidence: evidence, cures: cures))
        }
        add(
            "kube-proxy-iptables", .note,
            "chains of kube-proxy are in the legacy tables: viaduct proxy takes them over in iptables mode, and "
                + "removes them in any other when its own rules are in force", traces.legacy(HostTraces.isKubeProxys),
            ["kube-proxy --cleanup", "viaduct proxy --cleanup"])
        add(
            "kube-proxy-iptables-nft", .warning,
            "chains of a service proxy are in nf_tables, made by iptables-nft: they take connections before ours do, "
                + "and iptables mode refuses to start", traces.compatible { $0 == "KUBE-SERVICES" },
            ["kube-proxy --cleanup"])
        let tables = traces.hasTable("kube-proxy")
        add(
            "kube-proxy-nftables", .warning,
            "kube-proxy's tables are in nf_tables: they translate connections, too, to endpoints that nobody keeps up "
                + "to date when it has stopped", Self.tables(tables),
            ["kube-proxy --cleanup", tables.map { "nft delete table \($0)" }.joined(separator: " && ")])
        let servers = facts.virtualServers.value ?? HostFacts.VirtualServers()
        if traces.hasDevice(IPVSConfiguration.device), servers.byAddress > 0, facts.ruleset.value != nil,
            traces.hasTable("viaduct-ipvs").isEmpty
        {
            add(
                "kube-proxy-ipvs", .warning,
                "virtual servers and \(IPVSConfiguration.device) are here without Viaduct's table, as kube-proxy's "
                    + "ipvs mode leaves them: they take connections to addresses of Services",
                [
                    Finding.Evidence("/proc/net/ip_vs", "\(servers.byAddress) virtual servers with an address"),
                    Finding.Evidence("ip link show", "device \(IPVSConfiguration.device)"),
                ], ["kube-proxy --cleanup", "ipvsadm -C && ip link del \(IPVSConfiguration.device)"])
        }
        return found
    }
}
