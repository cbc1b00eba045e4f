public import Dataplane
internal import LinuxSystem
internal import NetworkAddress
internal import NftablesServices

extension Backend {
    public static let nftables = Backend(
        name: "nftables", section: .nftables,
        capabilities: [.netfilter, .primaryNodePorts, .weights, .socketBalancing],
        traces: [.table("viaduct")],
        failedSyncs: Counter(
            "kubeproxy_sync_proxy_rules_nftables_sync_failures_total", "Cumulative proxy nftables sync failures"),
        failedCleanups: Counter(
            "kubeproxy_sync_proxy_rules_nftables_cleanup_failures_total", "Cumulative proxy nftables cleanup failures"),
        strays: .guardClusterIPs,
        evidence: { settings, question throws(DataplaneError) in
            try DataplaneError.wrapping { () throws(SystemError) in
                try NftablesEvidence.collect(
                    NftablesConfiguration(family: question.family, masqueradeMark: settings.masqueradeMark), question)
            }
        },
        chainWords: { ChainWords.of($0) },
        watch: .ruleset(tables: ["viaduct"]),
        make: { settings, family, logger throws(DataplaneError) in
            try NftablesDataplane(
                configuration: NftablesConfiguration(family: family, masqueradeMark: settings.masqueradeMark),
                logger: logger)
        },
        removeLeftovers: { _, family, logger async throws(DataplaneError) in
            try await NftablesDataplane(configuration: NftablesConfiguration(family: family), logger: logger)
                .removeTable()
        })
}
