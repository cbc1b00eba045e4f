public import Dataplane
public import ProxyConfiguration

/// Decides which connection tracking settings of the kernel must change, as upstream's setSysctls does.
public enum ConntrackSysctls {
    /// The limit is not made larger than this by cores alone: each entry takes memory.
    static let largestScaledMaximum = 1 << 20

    static let directory = "/proc/sys/net/netfilter/"
    static let hashSizePath = "/sys/module/nf_conntrack/parameters/hashsize"

    /// nf_conntrack_max for this many cores; nil: leave it.
    public static func maximum(_ settings: ConntrackSettings, cores: Int) -> Int? {
        guard settings.maxPerCore > 0 else { return nil }
        let scaled = settings.maxPerCore * cores
        if scaled > largestScaledMaximum { return max(largestScaledMaximum, settings.min) }
        let maximum = max(scaled, settings.min)
        return maximum > 0 ? maximum : nil
    }

    /// The needed changes.
    ///
    /// - Parameter current: the number in a file; nil if it cannot be read.
    public static func changes(
        _ settings: ConntrackSettings, cores: Int, current: (String) -> Int?
    ) -> [HostSetting] {
        var changes: [HostSetting] = []
        if let maximum = maximum(settings, cores: cores) {
            let path = directory + "nf_conntrack_max"
            // A larger limit was set by somebody who wanted it.
            if (current(path) ?? 0) < maximum { changes.append(HostSetting(path, maximum)) }
            if let size = current(hashSizePath), size < maximum / 4 {
                changes.append(HostSetting(hashSizePath, maximum / 4))
            }
        }
        var wanted: [(String, Int)] = [
            ("nf_conntrack_tcp_timeout_established", seconds(settings.tcpEstablishedTimeout)),
            ("nf_conntrack_tcp_timeout_close_wait", seconds(settings.tcpCloseWaitTimeout)),
        ]
        wanted.append(("nf_conntrack_tcp_be_liberal", settings.tcpBeLiberal ? 1 : 0))
        wanted.append(("nf_conntrack_udp_timeout", seconds(settings.udpTimeout)))
        wanted.append(("nf_conntrack_udp_timeout_stream", seconds(settings.udpStreamTimeout)))
        for (name, value) in wanted where value > 0 && current(directory + name) != value {
            changes.append(HostSetting(directory + name, value))
        }
        return changes
    }

    private static func seconds(_ duration: Duration) -> Int { Int(clamping: duration.components.seconds) }
}
