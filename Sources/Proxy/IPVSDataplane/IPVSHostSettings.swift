package import Dataplane

/// The kernel settings that ipvs mode needs, as upstream's NewProxier has them.
package enum IPVSHostSettings {
    /// - Parameter release: the kernel's, such as `6.1.0-40-amd64`.
    package static func needed(strictARP: Bool, release: String) -> [HostSetting] {
        var settings: [(String, Int)] = [
            // Connection tracking follows the translation, so that it can be masqueraded.
            ("vs/conntrack", 1),
            // A client of an endpoint that is gone gets another one with its next packet.
            ("vs/expire_nodest_conn", 1),
            // Session affinity does not hold on to an endpoint that drains.
            ("vs/expire_quiescent_template", 1),
            ("ip_forward", 1),
        ]
        if reusesConnectionsSlowly(release) { settings.append(("vs/conn_reuse_mode", 0)) }
        if strictARP { settings += [("conf/all/arp_ignore", 1), ("conf/all/arp_announce", 2)] }
        return settings.map { HostSetting("/proc/sys/net/ipv4/" + $0, $1, isRequired: true) }
    }

    /// Linux 4.1 brought the setting; until 5.9 its default delays a connection whose port was in use a moment ago by a
    /// second.
    static func reusesConnectionsSlowly(_ release: String) -> Bool {
        let parts = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        guard parts.count == 2 else { return false }
        return (parts[0], parts[1]) >= (4, 1) && (parts[0], parts[1]) < (5, 9)
    }
}
