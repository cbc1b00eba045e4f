import Dataplane
import IPVSDataplane
import Logging
import NetworkAddress
import NftablesDataplane

/// Makes the backend for a proxy mode from the settings.
struct DataplaneFactory {
    let settings: ProxySettings
    let logger: Logger

    /// Opens a backend's kernel handle. Fails with a message fit for the user if the kernel lacks what the mode needs.
    func make(_ mode: ProxyMode, _ family: IPFamily) throws(DataplaneError) -> any Dataplane {
        switch mode {
        case .nftables:
            try NftablesDataplane(
                configuration: NftablesConfiguration(
                    family: family, masqueradeAll: settings.masqueradeAll, masqueradeMark: settings.masqueradeMark,
                    localTraffic: settings.detectLocal), logger: logger)
        case .ipvs: try ipvs(family)
        case .iptables, .userspace:
            throw DataplaneError(
                operation: "proxy mode \(mode.rawValue)", message: "not available in this version; use nftables")
        }
    }

    private func ipvs(_ family: IPFamily) throws(DataplaneError) -> any Dataplane {
        func seconds(_ timeout: Duration) -> UInt32 { UInt32(clamping: timeout.components.seconds) }
        let ipvs = settings.ipvs
        return try IPVSDataplane(
            configuration: IPVSConfiguration(
                family: family, masqueradeAll: settings.masqueradeAll, masqueradeMark: settings.masqueradeMark,
                localTraffic: settings.detectLocal, scheduling: ipvs.scheduling,
                excludedNetworks: ipvs.excludedNetworks,
                timeouts: IPVSConfiguration.Timeouts(
                    tcp: seconds(ipvs.tcpTimeout), tcpFin: seconds(ipvs.tcpFinTimeout),
                    udp: seconds(ipvs.udpTimeout))), logger: logger)
    }
}
