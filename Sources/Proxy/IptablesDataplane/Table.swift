/// A table of the kernel in which a service proxy has chains.
enum Table: String, CaseIterable, Sendable {
    case filter
    case nat
    /// Only kube-proxy uses it: its canary chain, by which it notices that tables were flushed.
    case mangle

    /// Those that are programmed.
    static let programmed: [Table] = [.filter, .nat]

    var kernelName: StaticString {
        switch self {
        case .filter: "filter"
        case .nat: "nat"
        case .mangle: "mangle"
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
        case .mangle: ["KUBE-PROXY-CANARY"]
        }
    }

    static let ownPrefixes: [ChainName] = ["KUBE-SVC-", "KUBE-SVL-", "KUBE-SEP-", "KUBE-FW-", "KUBE-EXT-"]

    /// Whether a chain is a service proxy's, ours or kube-proxy's.
    func owns(_ chain: ChainName) -> Bool {
        ownChains.contains(chain) || self != .mangle && Self.ownPrefixes.contains { chain.hasPrefix($0) }
    }
}
