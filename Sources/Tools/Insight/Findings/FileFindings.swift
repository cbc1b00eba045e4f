import ProxyServer
import UserspaceDataplane

/// The limit of open files: userspace mode takes two for each connection.
enum FileFindings {
    static func all(_ facts: HostFacts) -> [Finding] {
        // With the capability the proxy raises the limit itself.
        guard let limit = facts.fileLimit.value, limit < 65_536, !facts.privileges.has(.sysResource) else { return [] }
        return [
            Finding(
                "file-limit", limit < 4096 ? .warning : .note,
                "a process like this one may open \(limit) files: each frontend of a Service takes one, each "
                    + "connection two", modes: [.userspace],
                evidence: [Finding.Evidence("/proc/self/limits", "Max open files, hard limit \(limit)")],
                cures: ["LimitNOFILE=1048576 in the proxy's systemd unit", "ulimit -Hn 1048576 before its start"])
        ]
    }
}
