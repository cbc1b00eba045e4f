import Dataplane
public import Logging
import NIOCore
public import ProxyConfiguration

/// Sets kernel limits and this process's own limits before the proxy starts.
public struct HostPreparation: Sendable {
    let files: SystemFiles
    let logger: Logger

    public init(files: SystemFiles = .host, logger: Logger) {
        self.files = files
        self.logger = logger
    }

    /// Writes the settings that differ. If the host does not allow it, as in a container with a read-only /proc, it
    /// logs a warning and keeps the existing limits.
    ///
    /// - Returns: the files that could not be written.
    @discardableResult
    public func apply(_ settings: ProxySettings) -> [String] {
        var failed: [String] = []
        if settings.mode.usesNetfilter { failed += applyKernelLimits(settings) }
        let path = "/proc/self/oom_score_adj"
        if files.integer(path) != settings.oomScoreAdj, !write(path, settings.oomScoreAdj) { failed.append(path) }
        return failed
    }

    private func applyKernelLimits(_ settings: ProxySettings) -> [String] {
        var failed: [String] = []
        let cores = ProcessorCount.read(files, fallback: System.coreCount)
        for change in ConntrackSysctls.changes(settings.conntrack, cores: cores, current: files.integer)
        where !write(change.path, change.value) {
            failed.append(change.path)
        }
        for setting in missing(settings, isRequired: false) where !write(setting.path, setting.value) {
            failed.append(setting.path)
        }
        return failed
    }

    /// Sets what the backend requires. The kernel has some of these settings only while the backend's kernel handle is
    /// open.
    public func applyRequired(_ settings: ProxySettings) throws(Failure) {
        for setting in missing(settings, isRequired: true) where !write(setting.path, setting.value) {
            throw Failure(
                description: "\(settings.mode.name) mode needs \(setting.value) in \(setting.path), which cannot be "
                    + "written; set it on the host")
        }
    }

    private func missing(_ settings: ProxySettings, isRequired: Bool) -> [HostSetting] {
        settings.mode.hostSettings(settings.forBackend(files), files.read("/proc/sys/kernel/osrelease") ?? "")
            .filter { $0.isRequired == isRequired && files.integer($0.path) != $0.value }
    }

    /// Why the host cannot be set up.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        public var description: String
    }

    private func write(_ path: String, _ value: Int) -> Bool {
        do {
            try files.write(path, "\(value)")
            logger.info("set \(path) to \(value)")
            return true
        } catch {
            logger.warning("cannot set \(path) to \(value): \(error.description)")
            return false
        }
    }

    /// The name of this host's Node.
    public func nodeName(_ settings: ProxySettings) throws(NodeName.Invalid) -> String {
        try NodeName.make(override: settings.nodeName, hostname: files.read("/proc/sys/kernel/hostname") ?? "")
    }
}
