import IptablesDataplane
import NetworkAddress
import ServiceModel

/// The proxy mode and the section of the file that belongs to it.
extension ConfigurationValidator {
    private static let remedy = "set mode: nftables (or --proxy-mode=nftables without --config)"

    mutating func mode() -> ProxyMode {
        switch configuration.mode {
        case "":
            notices.append("no proxy mode is configured, using nftables (kube-proxy itself would use iptables)")
        case "kernelspace":
            problems.add("mode", "proxy mode \"kernelspace\" exists on Windows only; \(Self.remedy)")
        case let name:
            guard let mode = ProxyMode(rawValue: name) else {
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
        let iptables = configuration.iptables
        masqueradeBit("iptables", iptables.masqueradeBit)
        settings.masqueradeBit = Int(iptables.masqueradeBit)
        settings.masqueradeAll = iptables.masqueradeAll
        settings.localhostNodePorts = iptables.localhostNodePorts
        if let engine = TableEngine(rawValue: iptables.engine) {
            settings.iptablesEngine = engine
        } else {
            let known = TableEngine.allCases.map(\.rawValue).joined(separator: " or ")
            problems.add("iptables.engine", "unknown engine \"\(iptables.engine)\"; set it to \(known)")
        }
        switch settings.mode {
        case .iptables, .userspace:
            periods("iptables", iptables.syncPeriod, iptables.minSyncPeriod, &settings)
        case .ipvs:
            // Upstream's ipvs mode masquerades as the iptables section says.
            periods("ipvs", configuration.ipvs.syncPeriod, configuration.ipvs.minSyncPeriod, &settings)
            ipvs(&settings.ipvs)
        case .nftables:
            let nftables = configuration.nftables
            masqueradeBit("nftables", nftables.masqueradeBit)
            settings.masqueradeBit = Int(nftables.masqueradeBit)
            settings.masqueradeAll = nftables.masqueradeAll
            periods("nftables", nftables.syncPeriod, nftables.minSyncPeriod, &settings)
        }
    }

    private mutating func ipvs(_ settings: inout IPVSSettings) {
        let section = configuration.ipvs
        if !section.scheduler.isEmpty {
            do throws(IPVSScheduling.Invalid) {
                settings.scheduling = try IPVSScheduling(parsing: section.scheduler)
            } catch {
                problems.add("ipvs.scheduler", "\(error)")
            }
        }
        for (index, text) in section.excludeCIDRs.enumerated() {
            if let network = IPNetwork(text) {
                settings.excludedNetworks.append(network)
            } else {
                problems.add("ipvs.excludeCIDRs[\(index)]", "\"\(text)\" must be a CIDR such as 10.100.0.0/16")
            }
        }
        let timeouts = [
            ("tcpTimeout", section.tcpTimeout), ("tcpFinTimeout", section.tcpFinTimeout),
            ("udpTimeout", section.udpTimeout),
        ]
        for (name, value) in timeouts where value < .zero {
            problems.add("ipvs.\(name)", "\(GoDuration.format(value)) must be at least 0s")
        }
        settings.strictARP = section.strictARP
        settings.tcpTimeout = section.tcpTimeout
        settings.tcpFinTimeout = section.tcpFinTimeout
        settings.udpTimeout = section.udpTimeout
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
