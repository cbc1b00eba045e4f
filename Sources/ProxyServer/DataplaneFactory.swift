import Dataplane
import IptablesDataplane
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
        case .iptables:
            try IptablesDataplane(
                configuration: IptablesConfiguration(
                    family: family, masqueradeAll: settings.masqueradeAll, masqueradeMark: settings.masqueradeMark,
                    localTraffic: settings.detectLocal, localhostNodePorts: settings.servesNodePortsOnLoopback,
                    dropsInvalid: !settings.conntrack.tcpBeLiberal), logger: logger)
        case .ipvs, .userspace:
            throw DataplaneError(
                operation: "proxy mode \(mode.rawValue)", message: "not available in this version; use nftables")
        }
    }
}
