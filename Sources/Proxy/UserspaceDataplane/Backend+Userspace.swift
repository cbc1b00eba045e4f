public import Dataplane
internal import LinuxSystem
public import NetworkAddress

extension Backend {
    public static let userspace = Backend(
        name: "userspace", section: .iptables, capabilities: [.loopback, .takesAtInput, .weights],
        traces: [.localRoutes(199), .sockets],
        figures: [.unservedFrontends],
        strays: .refuse,
        evidence: { _, question throws(DataplaneError) in
            try DataplaneError.wrapping { () throws(SystemError) in try UserspaceEvidence.collect(question) }
        },
        make: { settings, family, logger throws(DataplaneError) in
            try UserspaceDataplane(configuration: UserspaceConfiguration(settings, family), logger: logger)
        },
        retire: { _, family, _, _, _ async throws(DataplaneError) in try UserspaceDataplane.retire(family) },
        carriedConnections: { family throws(DataplaneError) in try UserspaceDataplane.connections(family) },
        removeLeftovers: { _, family, _ async throws(DataplaneError) in try UserspaceDataplane.removeAll(family) })
}

extension UserspaceConfiguration {
    public init(_ settings: BackendSettings, _ family: IPFamily) {
        self.init(family: family)
        // What the kernel would do for us in other modes.
        if settings.udpIdleTimeout > .zero { udpIdleTimeout = settings.udpIdleTimeout }
    }
}
