public import Dataplane
internal import LinuxSystem
internal import NetworkAddress

extension Backend {
    public static let iptables = Backend(
        name: "iptables", section: .iptables,
        capabilities: [.netfilter, .localhostNodePorts, .passesOwnToExternal, .weights, .socketBalancing],
        traces: [.legacyChains],
        failedSyncs: Counter(
            "kubeproxy_sync_proxy_rules_iptables_restore_failures_total",
            "Cumulative proxy iptables restore failures"),
        evidence: { settings, question throws(DataplaneError) in
            try DataplaneError.wrapping { () throws(SystemError) in
                try IptablesEvidence.collect(IptablesConfiguration(settings, question.family), question)
            }
        },
        faults: { options in
            guard TableEngine(option: options.text("engine")) == nil else { return [] }
            let known = TableEngine.allCases.map(\.rawValue).joined(separator: " or ")
            return [("engine", "unknown engine \"\(options.text("engine"))\"; set it to \(known)")]
        },
        hostSettings: { settings, _ in
            settings.localhostNodePorts ? [HostSetting("/proc/sys/net/ipv4/conf/all/route_localnet", 1)] : []
        },
        probePeriod: .seconds(1),
        make: { settings, family, logger throws(DataplaneError) in
            try IptablesDataplane(configuration: IptablesConfiguration(settings, family), logger: logger)
        },
        removeLeftovers: { _, family, _ async throws(DataplaneError) in try IptablesDataplane.removeAll(family) })
}

extension IptablesConfiguration {
    fileprivate init(_ settings: BackendSettings, _ family: IPFamily) {
        self.init(
            family: family, masqueradeMark: settings.masqueradeMark, localhostNodePorts: settings.localhostNodePorts,
            dropsInvalid: !settings.isConntrackLiberal,
            engine: TableEngine(option: settings.options.text("engine")) ?? .blob)
    }
}

extension TableEngine {
    /// Empty: the default.
    init?(option: String) {
        if option.isEmpty { self = .blob } else { self.init(rawValue: option) }
    }
}
