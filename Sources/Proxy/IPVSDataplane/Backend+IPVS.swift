public import Dataplane
internal import LinuxSystem
internal import NetworkAddress
internal import NftablesServices
internal import ServiceModel

extension Backend {
    public static let ipvs = Backend(
        name: "ipvs", section: .ipvs, capabilities: [.netfilter, .weights, .takesAtInput],
        traces: [
            .table("viaduct-ipvs"), .device(IPVSConfiguration.device, orRoutes: 198), .virtualServers,
        ],
        annotations: [SchedulerAnnotations.scheduler, SchedulerAnnotations.flags],
        figures: [.drainingEndpoints, .drainingConnections],
        strays: .refuse,
        evidence: { settings, question throws(DataplaneError) in
            try DataplaneError.wrapping { () throws(SystemError) in
                try IPVSEvidence.collect(IPVSConfiguration(settings, question.family), question)
            }
        },
        chainWords: { chain in
            [
                "firewall-check": "drops whom the source ranges of load balancers do not admit",
                "services": "marks the packet, so that IPVS finds its virtual server",
                "node-ports": "the same for node ports",
                "cluster-ip": "IPVS knows cluster IPs by their address; marks whose source has to change",
                "masquerading": "gives the packet this node's address as its source, where it is marked so",
                "service-ips-check": "refuses what IPVS left alone on addresses of Services",
                "clear-marks": "takes our marks away again",
                "retired": "connections of before another mode was in force go on; no new ones are taken",
                "empty-node-ports": "lets the node's own packets to node ports without endpoints come back in",
            ][chain]
        },
        faults: { options in
            var faults: [(field: String, text: String)] = []
            _ = IPVSConfiguration(.ipv4, options) { faults.append(($0, $1)) }
            return faults
        },
        hostSettings: { settings, release in
            IPVSHostSettings.needed(strictARP: settings.options.flag("strictARP"), release: release)
        },
        watch: .ruleset(tables: ["viaduct-ipvs"]), probePeriod: .seconds(1),
        make: { settings, family, logger throws(DataplaneError) in
            try IPVSDataplane(configuration: IPVSConfiguration(settings, family), logger: logger)
        },
        retire: { settings, family, logger, isFirst, successor async throws(DataplaneError) in
            try IPVSDataplane.retire(
                IPVSConfiguration(settings, family), isFirst: isFirst,
                passing: !successor.capabilities.contains(.netfilter),
                logger: logger)
        },
        ownConnections: { family throws(DataplaneError) in
            try DataplaneError.wrapping { () throws(SystemError) in try IPVSConnections.read(.udp, family) }
        },
        removeLeftovers: { settings, family, logger async throws(DataplaneError) in
            try IPVSDataplane.removeAll(IPVSConfiguration(settings, family), logger: logger)
        })
}

extension IPVSConfiguration {
    fileprivate init(_ settings: BackendSettings, _ family: IPFamily) {
        self.init(family, settings.options)
        masqueradeMark = settings.masqueradeMark
        if settings.drainTimeout > .zero { drainTimeout = settings.drainTimeout }
    }

    /// Reads the section `ipvs`.
    ///
    /// - Parameter report: takes a field and what is wrong with it; the default counts then.
    init(_ family: IPFamily, _ options: BackendSettings.Options, report: (String, String) -> Void = { _, _ in }) {
        self.init(family: family)
        if !options.text("scheduler").isEmpty {
            do throws(IPVSScheduling.Invalid) {
                scheduling = try IPVSScheduling(parsing: options.text("scheduler"))
            } catch {
                report("scheduler", "\(error)")
            }
        }
        for (index, text) in options.texts("excludeCIDRs").enumerated() {
            if let network = IPNetwork(text) {
                excludedNetworks.append(network)
            } else {
                report("excludeCIDRs[\(index)]", "\"\(text)\" must be a CIDR such as 10.100.0.0/16")
            }
        }
        func seconds(_ field: String) -> UInt32 { UInt32(clamping: options.duration(field).components.seconds) }
        timeouts = Timeouts(
            tcp: seconds("tcpTimeout"), tcpFin: seconds("tcpFinTimeout"), udp: seconds("udpTimeout"))
    }
}
