import NetworkAddress
import ServiceModel

extension ConfigurationValidator {
    /// The longest name of an interface (IFNAMSIZ - 1 of linux/if.h).
    private static let interfaceNameLength = 15

    mutating func detectLocal() -> LocalTrafficDetector {
        let networks = clusterCIDR()
        switch configuration.detectLocalMode {
        case "", "ClusterCIDR": return .clusterCIDR(networks)
        case "NodeCIDR": return .nodeCIDR
        case "BridgeInterface":
            let name = configuration.detectLocal.bridgeInterface
            interface("detectLocal.bridgeInterface", name, mode: "BridgeInterface")
            return .bridgeInterface(name)
        case "InterfaceNamePrefix":
            let prefix = configuration.detectLocal.interfaceNamePrefix
            interface("detectLocal.interfaceNamePrefix", prefix, mode: "InterfaceNamePrefix")
            return .interfaceNamePrefix(prefix)
        default:
            problems.add(
                "detectLocalMode",
                "unknown mode \"\(configuration.detectLocalMode)\"; "
                    + "use ClusterCIDR, NodeCIDR, BridgeInterface or InterfaceNamePrefix")
            return .nodeCIDR
        }
    }

    private mutating func interface(_ field: String, _ name: String, mode: String) {
        if name.isEmpty {
            problems.add(field, "must not be empty when detectLocalMode is \(mode)")
        } else if name.utf8.count > Self.interfaceNameLength
            || name.utf8.contains(where: { $0 <= 0x20 || $0 == UInt8(ascii: "/") })
        {
            problems.add(
                field,
                "\"\(name)\" is no interface name: at most \(Self.interfaceNameLength) bytes, no slash, no space")
        }
    }

    private mutating func clusterCIDR() -> [IPNetwork] {
        let text = configuration.clusterCIDR
        guard !text.isEmpty else { return [] }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let networks = parts.compactMap { IPNetwork($0) }
        if parts.count > 2 {
            problems.add(
                "clusterCIDR",
                "\"\(text)\" must be one CIDR or one of each IP family, such as 10.100.0.0/16,fde4:8dba:82e1::/48")
        } else if networks.count < parts.count {
            problems.add("clusterCIDR", "\"\(text)\" must be a CIDR, such as 10.100.0.0/16 or fde4:8dba:82e1::/48")
        } else if networks.count == 2, networks[0].family == networks[1].family {
            problems.add(
                "clusterCIDR",
                "\"\(text)\" must have one CIDR of each IP family, such as 10.100.0.0/16,fde4:8dba:82e1::/48")
        }
        return networks
    }

    mutating func conntrack(_ settings: inout ConntrackSettings) {
        let section = configuration.conntrack
        let counts = [("maxPerCore", section.maxPerCore), ("min", section.min)]
        for (name, value) in counts where value < 0 {
            problems.add("conntrack.\(name)", "\(value) must be at least 0")
        }
        let timeouts = [
            ("tcpEstablishedTimeout", section.tcpEstablishedTimeout),
            ("tcpCloseWaitTimeout", section.tcpCloseWaitTimeout), ("udpTimeout", section.udpTimeout),
            ("udpStreamTimeout", section.udpStreamTimeout),
        ]
        for (name, value) in timeouts where value < .zero {
            problems.add("conntrack.\(name)", "\(GoDuration.format(value)) must be at least 0s")
        }
        settings.maxPerCore = Int(section.maxPerCore)
        settings.min = Int(section.min)
        settings.tcpEstablishedTimeout = section.tcpEstablishedTimeout
        settings.tcpCloseWaitTimeout = section.tcpCloseWaitTimeout
        settings.tcpBeLiberal = section.tcpBeLiberal
        settings.udpTimeout = section.udpTimeout
        settings.udpStreamTimeout = section.udpStreamTimeout
    }

    /// Fields without an effect: they are checked as upstream does, and named.
    mutating func withoutEffect() {
        if configuration.enableProfiling {
            notices.append("enableProfiling has no effect: there are no profiling handlers")
        }
        let version = configuration.showHiddenMetricsForVersion
        if !version.isEmpty, version != "1.35" {
            problems.add(
                "showHiddenMetricsForVersion",
                "\"\(version)\" must be omitted or \"1.35\": only the previous minor version is allowed")
        }
        if !PortRange.isValid(configuration.portRange) {
            problems.add("portRange", "\"\(configuration.portRange)\" must be a port range such as 300-2000; remove it")
        }
        let windows = configuration.winkernel
        let isSet: [(String, Bool)] = [
            ("winkernel.networkName", !windows.networkName.isEmpty),
            ("winkernel.sourceVip", !windows.sourceVip.isEmpty),
            ("winkernel.enableDSR", windows.enableDSR),
            ("winkernel.rootHnsEndpointName", !windows.rootHnsEndpointName.isEmpty),
            ("winkernel.forwardHealthCheckVip", windows.forwardHealthCheckVip),
            ("windowsRunAsService", configuration.windowsRunAsService),
        ]
        for (field, isSet) in isSet where isSet { notices.append("\(field) has no effect: it is for Windows") }
    }
}

/// The unused `portRange` field (apimachinery util/net PortRange).
enum PortRange {
    /// Accepts `300-2000`, `300+10`, `300`, `0-0` and nothing at all.
    static func isValid(_ text: String) -> Bool {
        guard !text.isEmpty else { return true }
        for separator in ["-", "+"] {
            let parts = text.split(separator: separator, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            guard let low = number(parts[0]), let other = number(parts[1]) else { return false }
            let high = separator == "-" ? other : low + other
            return low <= high && high <= 65535
        }
        return number(text[...]) != nil
    }

    private static func number(_ text: Substring) -> Int? {
        UInt16(text.filter { $0 != " " }).map { Int($0) }
    }
}
