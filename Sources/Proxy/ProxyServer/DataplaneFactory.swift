public import Dataplane
import IPVSDataplane
import IptablesDataplane
public import Logging
public import NetworkAddress
import NftablesDataplane
import UserspaceDataplane

/// Makes the backend for a proxy mode from the settings.
public struct DataplaneFactory {
    let settings: ProxySettings
    let logger: Logger

    public init(settings: ProxySettings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    /// Opens the backends of all families. A family that this kernel has not got is left out as long as there is another
    /// one, as upstream goes on with a single stack.
    ///
    /// - Throws: why there is none at all; or any other failure, such as missing privileges.
    static func make(
        _ families: [IPFamily], logger: Logger, _ make: (IPFamily) throws(DataplaneError) -> any Dataplane
    ) throws(DataplaneError) -> [any Dataplane] {
        var made: [any Dataplane] = []
        var missing: [(IPFamily, DataplaneError)] = []
        for family in families {
            do throws(DataplaneError) {
                made.append(try make(family))
            } catch  where error.isMissingSupport {
                missing.append((family, error))
            }
        }
        if made.isEmpty, let first = missing.first?.1 { throw first }
        for (family, error) in missing {
            logger.warning(
                "no Service of this family is served, as this kernel cannot",
                metadata: ["family": "\(family.rawValue)", "error": "\(error)"])
        }
        return made
    }

    /// Opens the kernel handle of the configured mode's backend, with what stands beside it.
    func makeServing(_ family: IPFamily) throws(DataplaneError) -> any Dataplane {
        let backend = try make(settings.mode, family)
        guard settings.relayedLocalhostFamilies.contains(family) else { return backend }
        var configuration = userspaceConfiguration(family)
        configuration.scope = .localhostNodePorts
        configuration.threads = 1
        return LocalhostNodePorts(backend, relay: try UserspaceDataplane(configuration: configuration, logger: logger))
    }

    /// Opens a backend's kernel handle. Fails with a message fit for the user if the kernel lacks what the mode needs.
    public func make(_ mode: ProxyMode, _ family: IPFamily) throws(DataplaneError) -> any Dataplane {
        switch mode {
        case .nftables:
            try NftablesDataplane(
                configuration: NftablesConfiguration(
                    family: family, masqueradeAll: settings.masqueradeAll, masqueradeMark: settings.masqueradeMark,
                    localTraffic: settings.detectLocal), logger: logger)
        case .iptables:
            try IptablesDataplane(
                configuration: IptablesConfiguration(
                    family: family, masqueradeAll: settings.masqueradeAll, masqueradeMark: settings.masqueradeMark,
                    localTraffic: settings.detectLocal, localhostNodePorts: settings.servesNodePortsOnLoopback,
                    dropsInvalid: !isLiberal, engine: settings.iptablesEngine), logger: logger)
        case .ipvs: try IPVSDataplane(configuration: ipvs(family), logger: logger)
        case .userspace: try userspace(family)
        }
    }

    private func ipvs(_ family: IPFamily) -> IPVSConfiguration {
        func seconds(_ timeout: Duration) -> UInt32 { UInt32(clamping: timeout.components.seconds) }
        let ipvs = settings.ipvs
        return IPVSConfiguration(
            family: family, masqueradeAll: settings.masqueradeAll, masqueradeMark: settings.masqueradeMark,
            localTraffic: settings.detectLocal, scheduling: ipvs.scheduling,
            excludedNetworks: ipvs.excludedNetworks,
            timeouts: IPVSConfiguration.Timeouts(
                tcp: seconds(ipvs.tcpTimeout), tcpFin: seconds(ipvs.tcpFinTimeout), udp: seconds(ipvs.udpTimeout)))
    }

    private func userspace(_ family: IPFamily) throws(DataplaneError) -> any Dataplane {
        try UserspaceDataplane(configuration: userspaceConfiguration(family), logger: logger)
    }

    private func userspaceConfiguration(_ family: IPFamily) -> UserspaceConfiguration {
        var configuration = UserspaceConfiguration(family: family, localTraffic: settings.detectLocal)
        // What the kernel would do for us in other modes.
        if settings.conntrack.udpTimeout > .zero { configuration.udpIdleTimeout = settings.conntrack.udpTimeout }
        return configuration
    }

    /// Whether connection tracking takes packets outside the window for valid ones, by our settings or the host's.
    private var isLiberal: Bool {
        let current = SystemFiles.host.integer(ConntrackSysctls.directory + "nf_conntrack_tcp_be_liberal") ?? 0
        return settings.conntrack.tcpBeLiberal || current != 0
    }

    /// Removes what a mode left in the kernel. A kernel that lacks what the mode needs has nothing of it.
    func removeAll(_ mode: ProxyMode, _ family: IPFamily) async throws(DataplaneError) {
        switch mode {
        case .nftables: try await make(mode, family).removeAll()
        case .iptables:
            if try IptablesDataplane.removeAll(family) {
                logger.info("removed the chains of iptables mode", metadata: ["family": "\(family.rawValue)"])
            }
        case .ipvs:
            if try IPVSDataplane.removeAll(ipvs(family), logger: logger) {
                logger.info("removed what ipvs mode left", metadata: ["family": "\(family.rawValue)"])
            }
        case .userspace:
            if try UserspaceDataplane.removeAll(family) {
                logger.info("removed the service addresses on lo", metadata: ["family": "\(family.rawValue)"])
            }
        }
    }

    /// Removes what other modes left. For when this one is in force: until then their rules serve.
    func removeOtherModes(_ family: IPFamily) async {
        for mode in ProxyMode.allCases where mode != settings.mode {
            do throws(DataplaneError) {
                try await removeAll(mode, family)
            } catch {
                logger.debug(
                    "could not look for rules of another mode",
                    metadata: ["mode": "\(mode.rawValue)", "family": "\(family.rawValue)", "error": "\(error)"])
            }
        }
    }
}
