/// Programs that load rules in the shape that upstream's proxy gives them.
public enum ReferenceTool: String, Codable, CaseIterable, Sendable {
    /// A list of rules, one for each service, and chains for services and endpoints.
    case iptablesRestore = "iptables-restore"
    /// A verdict map, and chains for services and endpoints.
    case nft = "nft -f"
    /// A virtual server for each service.
    case ipvsadm = "ipvsadm -R"

    /// What it stands for in reports: whose rules, and by which program.
    var subject: String {
        switch self {
        case .iptablesRestore, .nft: "kube-proxy's rules by \(rawValue)"
        case .ipvsadm: "kube-proxy's virtual servers by \(rawValue)"
        }
    }

    /// Names of the program, the best first. The legacy tables are meant: `iptables-restore` alone may be the nft variant.
    var programs: [String] {
        switch self {
        case .iptablesRestore: ["iptables-legacy-restore", "iptables-restore"]
        case .nft: ["nft"]
        case .ipvsadm: ["ipvsadm"]
        }
    }

    var arguments: [String] {
        switch self {
        case .iptablesRestore: ["-w", "5", "--noflush", "--counters"]
        case .nft: ["-f", "-"]
        case .ipvsadm: ["-R"]
        }
    }

    var versionArguments: [String] { ["--version"] }

    /// The rules for a workload, as the program reads them.
    func text(for workload: Workload) -> String {
        switch self {
        case .iptablesRestore: LinearIptables(workload).text
        case .nft: UpstreamNftables(workload).text
        case .ipvsadm: VirtualServerList(workload).text
        }
    }
}
