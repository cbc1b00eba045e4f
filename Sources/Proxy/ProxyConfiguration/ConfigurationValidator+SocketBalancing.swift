import Dataplane
import SocketBalancing

extension ConfigurationValidator {
    mutating func socketBalancing(_ settings: inout ProxySettings) {
        let section = configuration.socketBalancing
        settings.socketBalancing.isEnabled = section.enabled
        settings.socketBalancing.fallsBack = section.fallback
        settings.socketBalancing.isOnlyNode = section.nodeOnly
        settings.socketBalancing.cgroup = section.cgroup
        if section.enabled, !settings.mode.capabilities.contains(.socketBalancing) {
            let able = Backend.allCases.filter { $0.capabilities.contains(.socketBalancing) }.map(\.name)
            problems.add(
                "socketBalancing.enabled",
                "\(settings.mode.name) mode has no balancing of sockets; set mode to \(able.joined(separator: " or "))")
        }
        if !section.cgroup.isEmpty, !section.cgroup.hasPrefix("/") {
            problems.add(
                "socketBalancing.cgroup",
                "\"\(section.cgroup)\" must be an absolute path of a control group, such as /sys/fs/cgroup/kubepods.slice"
            )
        }
    }
}
