/// Decides which kernel settings have to change for ipvs mode, as upstream's NewProxier does.
public enum IPVSSysctls {
    static let directory = "/proc/sys/net/ipv4/"

    /// The changes that are needed.
    ///
    /// - Parameters:
    ///   - release: the kernel's, such as `6.1.0-40-amd64`.
    ///   - current: the number in a file; nil if it cannot be read.
    public static func changes(
        strictARP: Bool, release: String, current: (String) -> Int?
    ) -> [ConntrackSysctls.Change] {
        var wanted: [(String, Int)] = [
            // Connection tracking follows the translation, so that it can be masqueraded.
            ("vs/conntrack", 1),
            // A client of an endpoint that is gone gets another one with its next packet.
            ("vs/expire_nodest_conn", 1),
            // Session affinity does not hold on to an endpoint that drains.
            ("vs/expire_quiescent_template", 1),
            ("ip_forward", 1),
        ]
        if reusesConnectionsSlowly(release) { wanted.append(("vs/conn_reuse_mode", 0)) }
        if strictARP { wanted += [("conf/all/arp_ignore", 1), ("conf/all/arp_announce", 2)] }
        return wanted.compactMap { name, value in
            current(directory + name) == value
                ? nil : ConntrackSysctls.Change(path: directory + name, value: value)
        }
    }

    /// Linux 4.1 brought the setting; until 5.9 its default delays a connection whose port was in use a moment ago by a
    /// second.
    static func reusesConnectionsSlowly(_ release: String) -> Bool {
        let parts = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        guard parts.count == 2 else { return false }
        return (parts[0], parts[1]) >= (4, 1) && (parts[0], parts[1]) < (5, 9)
    }
}
