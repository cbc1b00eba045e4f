/// The tables that are programmed.
enum Table: String, CaseIterable, Sendable {
    case filter
    case nat

    var kernelName: StaticString {
        switch self {
        case .filter: "filter"
        case .nat: "nat"
        }
    }

    /// Chains that are ours alone, besides those of ``ownPrefixes``. The names are kube-proxy's: what it left is taken
    /// over.
    var ownChains: Set<ChainName> {
        switch self {
        case .filter:
            [
                "KUBE-SERVICES", "KUBE-EXTERNAL-SERVICES", "KUBE-FORWARD", "KUBE-NODEPORTS", "KUBE-PROXY-FIREWALL",
                "KUBE-PROXY-CANARY",
            ]
        case .nat:
            ["KUBE-SERVICES", "KUBE-NODEPORTS", "KUBE-POSTROUTING", "KUBE-MARK-MASQ", "KUBE-PROXY-CANARY"]
        }
    }

    static let ownPrefixes: [ChainName] = ["KUBE-SVC-", "KUBE-SVL-", "KUBE-SEP-", "KUBE-FW-", "KUBE-EXT-"]

    /// In which chains, and whether kube-proxy would know them as its own.
    func owns(_ chain: ChainName) -> Bool {
        ownChains.contains(chain) || Self.ownPrefixes.contains { chain.hasPrefix($0) }
    }
}
