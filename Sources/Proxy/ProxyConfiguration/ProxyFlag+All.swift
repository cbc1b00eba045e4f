extension ProxyFlag {
    /// Every flag of kube-proxy v1.36 on Linux, sorted by name.
    static var all: [ProxyFlag] {
        (commands + addresses + client + traffic + kernel + otherModes + logging + outdated)
            .sorted { $0.name < $1.name }
    }

    private static let withoutFile = " Ignored if --config names a file."

    private static var commands: [ProxyFlag] {
        [
            .command("config", "string", "The path of the configuration file."),
            .command(
                "strict-config", "",
                "Refuse a configuration file with unknown or duplicate fields, rather than to warn and leave them out."),
            .command("write-config-to", "string", "Write the configuration that the flags make to this file and exit."),
            .command(
                "cleanup", "",
                "Remove this proxy's rules of all modes, and all KUBE-* chains of the legacy tables, and exit."),
            .command(
                "init-only", "",
                "Do only the steps that need full root privileges (kernel settings), then exit. "
                    + "CAP_NET_ADMIN is enough for a proxy started afterwards."),
            .command(
                "master", "string",
                "The URL of the Kubernetes API server, or of several over one store, separated by commas "
                    + "(wins over the kubeconfig's)."),
            .command("version", "", "Print the version and exit."),
            .command(
                "hostname-override", "string",
                "The name of the Node that the proxy runs on. Without it, the host's name is taken. "
                    + "Wins over the configuration file."),
            .field(
                "feature-gates", "mapStringBool", .bools("", \.featureGates), default: "",
                "Pairs of a feature gate and true or false. Gates of Kubernetes v1.36 and v1.37 are accepted; most have no "
                    + "effect here."
                    + withoutFile),
        ]
    }

    private static var addresses: [ProxyFlag] {
        [
            .field(
                "bind-address", "ip", .string("", \.bindAddress), default: "0.0.0.0",
                "The node's primary IP, if it is not what the Node object says. Nothing listens there." + withoutFile),
            .field(
                "healthz-bind-address", "ipport", .string("", \.healthzBindAddress), default: "0.0.0.0:10256",
                "The IP address and port of the health check server. Empty: no server." + withoutFile),
            .field(
                "metrics-bind-address", "ipport", .string("", \.metricsBindAddress), default: "127.0.0.1:10249",
                "The IP address and port of the metrics server. Empty: no server." + withoutFile),
            .field(
                "bind-address-hard-fail", "", .bool("", \.bindAddressHardFail), default: "false",
                "Exit if a port cannot be listened on." + withoutFile),
            .field(
                "status-socket", "string", .string("", \.statusSocket),
                default: KubeProxyConfiguration.defaultStatusSocket,
                "The path of a socket at which root's commands on this host, such as viaduct services, ask the proxy; "
                    + "none: no socket." + withoutFile),
            .field(
                "endpoint-metrics", "int32", .int32("", \.endpointMetrics), default: "0",
                "Count connections of so many endpoints for /metrics; further ones are counted together. 0: none; "
                    + "viaduct services and viaduct top count while they run." + withoutFile),
            .field(
                "drain-timeout", "duration", .duration("", \.drainTimeout), default: "0s",
                "How long connections go on to an endpoint that is gone or drained; then they are cut. 0: until they end, "
                    + "in ipvs mode for 15 minutes." + withoutFile),
            .field(
                "socket-balancing", "", .bool("", \.socketBalancing.enabled), default: "false",
                "Translate connections of this host's sockets to Services by eBPF when they are made, where that is sure to be "
                    + "right; packet rules translate the rest. For nftables and iptables mode." + withoutFile),
            .field(
                "socket-balancing-fallback", "", .bool("", \.socketBalancing.fallback), default: "false",
                "Go on with packet rules alone where the kernel lacks what --socket-balancing needs." + withoutFile),
            .field(
                "socket-balancing-node-only", "", .bool("", \.socketBalancing.nodeOnly), default: "false",
                "Leave the sockets of pods alone: for service meshes that go by the addresses of Services."
                    + withoutFile),
            .field(
                "socket-balancing-cgroup", "string", .string("", \.socketBalancing.cgroup), default: "",
                "The control group (v2) whose processes' sockets are translated. Empty: the root, with all of this host."
                    + withoutFile),
            .field(
                "profiling", "", .bool("", \.enableProfiling), default: "false",
                "Accepted for compatibility: there are no profiling handlers." + withoutFile),
            .field(
                "show-hidden-metrics-for-version", "string", .string("", \.showHiddenMetricsForVersion), default: "",
                "The previous minor version, whose hidden metrics are to be shown. There are none." + withoutFile),
            .field(
                "nodeport-addresses", "strings", .strings("", \.nodePortAddresses), default: "primary",
                "CIDRs of the local addresses on which node ports are served, and the words 'primary' (the Node object's "
                    + "primary addresses), 'localhost' and 'all'." + withoutFile),
        ]
    }

    private static var client: [ProxyFlag] {
        [
            .field(
                "kubeconfig", "string", .string("", \.clientConnection.kubeconfig), default: "",
                "The path of the kubeconfig file. Without it and without --master the service account of the pod "
                    + "is used." + withoutFile),
            .field(
                "kube-api-content-type", "string", .string("", \.clientConnection.contentType),
                default: "application/vnd.kubernetes.protobuf",
                "Content type of requests to the API server." + withoutFile),
            .field(
                "kube-api-burst", "int32", .int32("", \.clientConnection.burst), default: "10",
                "Requests to the API server that may exceed the rate at once." + withoutFile),
            .field(
                "kube-api-qps", "float", .number("", \.clientConnection.qps), default: "5",
                "Requests a second to the API server." + withoutFile),
            .field(
                "config-sync-period", "duration", .duration("", \.configSyncPeriod), default: "15m0s",
                "Resync period of objects from the API server. Must be greater than 0." + withoutFile),
        ]
    }

    private static var traffic: [ProxyFlag] {
        [
            .field(
                "proxy-mode", "string", .string("", \.mode), default: "nftables",
                "How Services are served: nftables, iptables, ipvs or userspace." + withoutFile),
            .field(
                "detect-local-mode", "string", .string("", \.detectLocalMode), default: "ClusterCIDR",
                "How to recognise traffic of local pods: ClusterCIDR, NodeCIDR, BridgeInterface or InterfaceNamePrefix."
                    + withoutFile),
            .field(
                "cluster-cidr", "string", .string("", \.clusterCIDR), default: "",
                "The CIDR of the cluster's pods, or one of each IP family with a comma between. "
                    + "Used when --detect-local-mode is ClusterCIDR." + withoutFile),
            .field(
                "pod-bridge-interface", "string", .string("", \.detectLocal.bridgeInterface), default: "",
                "The bridge that local pods are on. Used when --detect-local-mode is BridgeInterface." + withoutFile),
            .field(
                "pod-interface-name-prefix", "string", .string("", \.detectLocal.interfaceNamePrefix), default: "",
                "How the names of local pods' interfaces begin. Used when --detect-local-mode is "
                    + "InterfaceNamePrefix." + withoutFile),
            .field(
                "masquerade-all", "", .bool("", \.tableMasqueradeAll), default: "false",
                "Masquerade all traffic to cluster IPs." + withoutFile),
        ]
    }

    private static var kernel: [ProxyFlag] {
        [
            .field(
                "oom-score-adj", "int32", .int32("", \.oomScoreAdj), default: "-999",
                "oom_score_adj of this process, within [-1000, 1000]." + withoutFile),
            .field(
                "conntrack-max-per-core", "int32", .int32("", \.conntrack.maxPerCore), default: "32768",
                "Tracked connections for each CPU core (0 leaves the kernel's limit and ignores --conntrack-min)."
                    + withoutFile),
            .field(
                "conntrack-min", "int32", .int32("", \.conntrack.min), default: "131072",
                "Tracked connections at least, whatever --conntrack-max-per-core makes." + withoutFile),
            .field(
                "conntrack-tcp-timeout-established", "duration", .duration("", \.conntrack.tcpEstablishedTimeout),
                default: "24h0m0s", "Idle timeout of established TCP connections (0 leaves it)." + withoutFile),
            .field(
                "conntrack-tcp-timeout-close-wait", "duration", .duration("", \.conntrack.tcpCloseWaitTimeout),
                default: "1h0m0s", "Timeout of TCP connections in CLOSE_WAIT (0 leaves it)." + withoutFile),
            .field(
                "conntrack-tcp-be-liberal", "", .bool("", \.conntrack.tcpBeLiberal), default: "false",
                "Track TCP packets outside the window, too (nf_conntrack_tcp_be_liberal)." + withoutFile),
            .field(
                "conntrack-udp-timeout", "duration", .duration("", \.conntrack.udpTimeout), default: "0s",
                "Idle timeout of unreplied UDP flows (0 leaves it)." + withoutFile),
            .field(
                "conntrack-udp-timeout-stream", "duration", .duration("", \.conntrack.udpStreamTimeout),
                default: "0s", "Idle timeout of assured UDP flows (0 leaves it)." + withoutFile),
        ]
    }

    /// Upstream's flags for the sync periods are named after iptables and count in nftables mode, too.
    private static var otherModes: [ProxyFlag] {
        [
            .field(
                "iptables-sync-period", "duration", .duration("", \.tableSyncPeriod), default: "30s",
                "How often to verify the kernel's rules. Must be greater than 0." + withoutFile),
            .field(
                "iptables-min-sync-period", "duration", .duration("", \.tableMinSyncPeriod), default: "1s",
                "The shortest time between two updates of the kernel; 0: every change at once." + withoutFile),
            .field(
                "iptables-masquerade-bit", "int32", .int32("", \.iptables.masqueradeBit), default: "14",
                "The bit of the packet mark for masquerading in iptables mode, within [0, 31]." + withoutFile),
            .field(
                "iptables-localhost-nodeports", "", .bool("", \.iptables.localhostNodePorts), default: "true",
                "Serve node ports on localhost in iptables mode." + withoutFile),
            .field(
                "iptables-engine", "string", .string("", \.iptables.engine), default: "blob",
                "How iptables mode writes its tables: blob, or libiptc, which is slower." + withoutFile),
            .field(
                "ipvs-sync-period", "duration", .duration("", \.ipvs.syncPeriod), default: "30s",
                "As --iptables-sync-period, for ipvs mode." + withoutFile),
            .field(
                "ipvs-min-sync-period", "duration", .duration("", \.ipvs.minSyncPeriod), default: "0s",
                "As --iptables-min-sync-period, for ipvs mode." + withoutFile),
            .field(
                "ipvs-scheduler", "string", .string("", \.ipvs.scheduler), default: "",
                "The scheduler in ipvs mode." + withoutFile),
            .field(
                "ipvs-exclude-cidrs", "strings", .strings("", \.ipvs.excludeCIDRs), default: "",
                "CIDRs of virtual servers that are not touched in ipvs mode." + withoutFile),
            .field(
                "ipvs-strict-arp", "", .bool("", \.ipvs.strictARP), default: "false",
                "Set arp_ignore to 1 and arp_announce to 2 in ipvs mode." + withoutFile),
            .field(
                "ipvs-tcp-timeout", "duration", .duration("", \.ipvs.tcpTimeout), default: "0s",
                "Idle timeout of TCP connections in ipvs mode (0 leaves it)." + withoutFile),
            .field(
                "ipvs-tcpfin-timeout", "duration", .duration("", \.ipvs.tcpFinTimeout), default: "0s",
                "Timeout of TCP connections after a FIN in ipvs mode (0 leaves it)." + withoutFile),
            .field(
                "ipvs-udp-timeout", "duration", .duration("", \.ipvs.udpTimeout), default: "0s",
                "Timeout of UDP packets in ipvs mode (0 leaves it)." + withoutFile),
        ]
    }

    private static var logging: [ProxyFlag] {
        [
            .field(
                "v", "int32", .int32("", \.logging.verbosity), default: "0", scope: .overridesFile,
                "Verbosity of the log: 0 is normal, 4 is for debugging."),
            .field(
                "logging-format", "string", .string("", \.logging.format), default: "text", scope: .overridesFile,
                "Form of the log lines: text or json."),
            .field(
                "log-flush-frequency", "duration", .duration("", \.logging.flushFrequency), default: "5s",
                scope: .overridesFile, "Accepted for compatibility: log lines are never held back."),
            .field(
                "log-text-split-stream", "", .bool("", \.logging.options.text.splitStream), default: "false",
                scope: .overridesFile, "Accepted for compatibility: all lines go to standard error."),
            .field(
                "log-text-info-buffer-size", "quantity", .quantity("", \.logging.options.text.infoBufferSize),
                default: "0", scope: .overridesFile, "Accepted for compatibility: log lines are never held back."),
            .field(
                "log-json-split-stream", "", .bool("", \.logging.options.json.splitStream), default: "false",
                scope: .overridesFile, "Accepted for compatibility: all lines go to standard error."),
            .field(
                "log-json-info-buffer-size", "quantity", .quantity("", \.logging.options.json.infoBufferSize),
                default: "0", scope: .overridesFile, "Accepted for compatibility: log lines are never held back."),
            .command(
                "vmodule", "pattern=N,...",
                "Accepted for compatibility: there are no levels for single source files; use -v."),
        ]
    }

    private static var outdated: [ProxyFlag] {
        [
            .deprecated("healthz-port", "int32", "use --healthz-bind-address instead"),
            .deprecated("metrics-port", "int32", "use --metrics-bind-address instead"),
            .deprecated("boot-id-file", "string", "it has no effect"),
            .deprecated("machine-id-file", "string", "it has no effect"),
        ]
    }
}

/// Upstream has one flag for fields that the file has for each of these modes.
extension KubeProxyConfiguration {
    fileprivate var tableSyncPeriod: Duration {
        get { nftables.syncPeriod }
        set { (nftables.syncPeriod, iptables.syncPeriod) = (newValue, newValue) }
    }

    fileprivate var tableMinSyncPeriod: Duration {
        get { nftables.minSyncPeriod }
        set { (nftables.minSyncPeriod, iptables.minSyncPeriod) = (newValue, newValue) }
    }

    fileprivate var tableMasqueradeAll: Bool {
        get { nftables.masqueradeAll }
        set { (nftables.masqueradeAll, iptables.masqueradeAll) = (newValue, newValue) }
    }
}
