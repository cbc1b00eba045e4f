import Dataplane
import IPVSDataplane
import NftablesDataplane

/// The proxy mode and the section of the file that belongs to it.
extension ConfigurationValidator {
    private static let remedy = "set mode: nftables (or --proxy-mode=nftables without --config)"

    mutating func mode() -> Backend {
        switch configuration.mode {
        case "":
            notices.append("no proxy mode is configured, using nftables (kube-proxy itself would use iptables)")
        case "kernelspace":
            problems.add("mode", "proxy mode \"kernelspace\" exists on Windows only; \(Self.remedy)")
        case let name:
            guard let mode = Backend.named(name) else {
                problems.add("mode", "unknown proxy mode \"\(name)\"; \(Self.remedy)")
                break
            }
            if mode == .ipvs, !gates.isOn(FeatureGates.ipvs) {
                problems.add("mode", "ipvs is switched off by featureGates.\(FeatureGates.ipvs); \(Self.remedy)")
            }
            return mode
        }
        return .nftables
    }

    /// The mode's own section. Those of other modes are only read when their mode is; what upstream checks in every
    /// mode is checked.
    mutating func modeSection(_ settings: inout ProxySettings) {
        let (iptables, ipvs, nftables) = (configuration.iptables, configuration.ipvs, configuration.nftables)
        masqueradeBit("iptables", iptables.masqueradeBit)
        // Upstream's ipvs mode masquerades as the iptables section says.
        settings.masqueradeBit = Int(iptables.masqueradeBit)
        settings.masqueradeAll = iptables.masqueradeAll
        settings.localhostNodePorts = iptables.localhostNodePorts
        let section = settings.mode.section
        switch section {
        case .iptables:
            periods(section.rawValue, iptables.syncPeriod, iptables.minSyncPeriod, &settings)
            settings.options = iptables.options
        case .ipvs:
            periods(section.rawValue, ipvs.syncPeriod, ipvs.minSyncPeriod, &settings)
            timeouts(ipvs)
            settings.options = ipvs.options
        case .nftables:
            masqueradeBit(section.rawValue, nftables.masqueradeBit)
            settings.masqueradeBit = Int(nftables.masqueradeBit)
            settings.masqueradeAll = nftables.masqueradeAll
            periods(section.rawValue, nftables.syncPeriod, nftables.minSyncPeriod, &settings)
        }
        for (field, text) in settings.mode.faults(settings.options) {
            problems.add("\(section.rawValue).\(field)", text)
        }
    }

    private mutating func timeouts(_ section: KubeProxyConfiguration.IPVS) {
        let timeouts = [
            ("tcpTimeout", section.tcpTimeout), ("tcpFinTimeout", section.tcpFinTimeout),
            ("udpTimeout", section.udpTimeout),
        ]
        for (name, value) in timeouts where value < .zero {
            problems.add("ipvs.\(name)", "\(GoDuration.format(value)) must be at least 0s")
        }
    }

    private mutating func masqueradeBit(_ section: String, _ bit: Int32) {
        if !(0...31).contains(bit) {
            problems.add("\(section).masqueradeBit", "\(bit) must be within the range [0, 31]")
        }
    }

    private mutating func periods(
        _ section: String, _ sync: Duration, _ minimum: Duration, _ settings: inout ProxySettings
    ) {
        period("\(section).syncPeriod", sync)
        if minimum < .zero {
            problems.add("\(section).minSyncPeriod", "\(GoDuration.format(minimum)) must be at least 0s")
        }
        if sync > .zero, minimum > sync {
            problems.add(
                "\(section).syncPeriod",
                "\(GoDuration.format(sync)) must be at least \(section).minSyncPeriod (\(GoDuration.format(minimum)))")
        }
        settings.syncPeriod = sync
        settings.minSyncPeriod = minimum
    }

    mutating func period(_ field: String, _ value: Duration) {
        if value <= .zero { problems.add(field, "\(GoDuration.format(value)) must be greater than 0s") }
    }
}
