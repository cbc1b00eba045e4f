import Dataplane
import HostInspection
import IPVSDataplane
import IptablesDataplane
import NetworkAddress
import Nftables
import NftablesDataplane
import ProxyConfiguration
import ProxyServer
import ServiceModel

/// All probed features, and the modes that need them.
package enum FeatureCatalog {
    package static let all = IPFamily.allCases.flatMap { nftables($0) + iptables($0) } + ipvs + general + bpf

    // MARK: nf_tables

    private struct NftablesRow {
        var feature: NftablesFeature
        var name: String
        var modules: [String] = []
        var option = "CONFIG_NF_TABLES"
        /// Whether ipvs mode has it, too.
        var isIPVS = false
    }

    private static func nftables(_ family: IPFamily) -> [Feature] {
        let number = family == .ipv4 ? "4" : "6"
        let rows = [
            NftablesRow(
                feature: .tables, name: "tables and filter chains", option: "CONFIG_NF_TABLES_IPV\(number)",
                isIPVS: true),
            NftablesRow(
                feature: .natChains, name: "nat chains", modules: ["nft_chain_nat"], option: "CONFIG_NFT_NAT",
                isIPVS: true),
            NftablesRow(
                feature: .connectionState, name: "ct", modules: ["nft_ct"], option: "CONFIG_NFT_CT", isIPVS: true),
            NftablesRow(
                feature: .addressType, name: "fib", modules: ["nft_fib", "nft_fib_ipv\(number)"],
                option: "CONFIG_NFT_FIB_IPV\(number)", isIPVS: true),
            NftablesRow(feature: .randomNumbers, name: "numgen", modules: ["nft_numgen"], option: "CONFIG_NFT_NUMGEN"),
            NftablesRow(
                feature: .reject, name: "reject", modules: ["nft_reject", "nft_reject_ipv\(number)"],
                option: "CONFIG_NFT_REJECT", isIPVS: true),
            NftablesRow(
                feature: .masquerade, name: "masquerade", modules: ["nft_masq", "nft_chain_nat"],
                option: "CONFIG_NFT_MASQ", isIPVS: true),
            NftablesRow(
                feature: .destinationNAT, name: "dnat from a map", modules: ["nft_nat", "nft_chain_nat"],
                option: "CONFIG_NFT_NAT"),
            NftablesRow(feature: .concatenatedKeys, name: "sets of several fields", isIPVS: true),
            NftablesRow(feature: .ranges, name: "sets of ranges"),
            NftablesRow(feature: .concatenatedRanges, name: "sets of several fields with ranges", isIPVS: true),
            NftablesRow(feature: .verdictMaps, name: "verdict maps"),
            NftablesRow(feature: .numberMaps, name: "maps to numbers", isIPVS: true),
            NftablesRow(feature: .learnedMaps, name: "maps that packets fill, with timeouts"),
        ]
        return rows.map { row in
            Feature(
                "nf_tables \(family.rawValue): \(row.name)", .nftables(row.feature, family),
                modules: ["nf_tables"] + row.modules, option: row.option,
                uses: row.isIPVS ? [.nftables: .needed, .ipvs: .needed] : [.nftables: .needed], family: family)
        }
    }

    // MARK: Legacy tables

    private static let xtablesModules = [
        "tcp": "xt_tcpudp", "udp": "xt_tcpudp", "DNAT": "xt_nat", "MARK": "xt_mark",
    ]

    private static func iptables(_ family: IPFamily) -> [Feature] {
        let prefix = family == .ipv4 ? "ip" : "ip6"
        let base = "\(prefix)_tables"
        let tables = ["filter", "nat"].map { table in
            Feature(
                "\(prefix)tables: table \(table)", .legacyTable(table, family),
                modules: [base, "\(prefix)table_\(table)"],
                option: "CONFIG_\(prefix.uppercased())_NF_\(table == "nat" ? "NAT" : "FILTER")",
                uses: [.iptables: .needed], family: family)
        }
        let extensions = (XtablesExtension.needed + [.sctp]).map { wanted in
            let module =
                wanted.name == "REJECT"
                ? "\(prefix == "ip" ? "ipt" : "ip6t")_REJECT" : xtablesModules[wanted.name] ?? "xt_\(wanted.name)"
            let use: Feature.Use = wanted == .sctp ? .optional("SCTP Services") : .needed
            return Feature(
                "\(prefix)tables: \(wanted.isTarget ? "target" : "match") \(wanted.name), revision \(wanted.revision)",
                .xtables(wanted, family), modules: [base, module], option: option(wanted, prefix),
                uses: [.iptables: use], family: family)
        }
        return tables + extensions
    }

    private static func option(_ wanted: XtablesExtension, _ prefix: String) -> String {
        switch wanted.name {
        case "tcp", "udp": "CONFIG_NETFILTER_XTABLES"
        case "REJECT": "CONFIG_\(prefix.uppercased())_NF_TARGET_REJECT"
        case "DNAT": "CONFIG_NETFILTER_XT_NAT"
        case "mark", "MARK": "CONFIG_NETFILTER_XT_MARK"
        default: "CONFIG_NETFILTER_XT_\(wanted.isTarget ? "TARGET" : "MATCH")_\(wanted.name.uppercased())"
        }
    }

    // MARK: IPVS

    private static let ipvs: [Feature] =
        [
            Feature("IPVS", .ipvs, modules: ["ip_vs"], option: "CONFIG_IP_VS", uses: [.ipvs: .needed]),
            Feature(
                "dummy devices", .device(kind: "dummy"), modules: ["dummy"], option: "CONFIG_DUMMY",
                uses: [.ipvs: .optional("the device kube-ipvs0: service addresses are local routes instead")]),
        ]
        + IPVSScheduler.allCases.map { scheduler in
            Feature(
                "IPVS: scheduler \(scheduler.rawValue)", .scheduler(scheduler),
                modules: ["ip_vs", "ip_vs_\(scheduler.rawValue)"],
                option: "CONFIG_IP_VS_\(scheduler.rawValue.uppercased())", uses: [.ipvs: use(scheduler)])
        }

    private static func use(_ scheduler: IPVSScheduler) -> Feature.Use {
        switch scheduler {
        // The default.
        case .roundRobin: .needed
        case .maglevHashing: .optional("session affinity on node ports (mh)")
        default: .optional("the scheduler \(scheduler.rawValue)")
        }
    }

    // MARK: All modes

    private static let general = [
        Feature(
            "connection tracking", .file("/proc/sys/net/netfilter/nf_conntrack_count"), modules: ["nf_conntrack"],
            option: "CONFIG_NF_CONNTRACK",
            uses: [.nftables: .needed, .iptables: .needed, .ipvs: .needed]),
        Feature(
            "ctnetlink", .conntrackNetlink, modules: ["nf_conntrack", "nf_conntrack_netlink"],
            option: "CONFIG_NF_CT_NETLINK",
            uses: Dictionary(
                uniqueKeysWithValues: [Backend].netfilter.map {
                    ($0, .optional("stale UDP flows are not removed when endpoints go"))
                })),
        Feature(
            "bytes of connections (nf_conntrack_acct)", .file("/proc/sys/net/netfilter/nf_conntrack_acct"),
            modules: ["nf_conntrack"], option: "CONFIG_NF_CONNTRACK"),
    ]

    /// What `--socket-balancing` needs, and what nothing has yet.
    private static let bpf = [
        Feature(
            "eBPF: maps", .bpf(.hashMap), modules: [], option: "CONFIG_BPF_SYSCALL", uses: socketBalancing),
        Feature(
            "eBPF: programs at connect()", .bpf(.socketAddressProgram), modules: [], option: "CONFIG_CGROUP_BPF",
            uses: socketBalancing),
        Feature("eBPF: programs at devices", .bpf(.classifierProgram), modules: [], option: "CONFIG_NET_CLS_BPF"),
        Feature(
            "eBPF: types of the kernel (BTF)", .file("/sys/kernel/btf/vmlinux"), modules: [],
            option: "CONFIG_DEBUG_INFO_BTF"),
    ]

    private static let socketBalancing: [Backend: Feature.Use] = Dictionary(
        uniqueKeysWithValues: Backend.allCases.filter { $0.capabilities.contains(.socketBalancing) }.map {
            ($0, .optional("--socket-balancing"))
        })
}
