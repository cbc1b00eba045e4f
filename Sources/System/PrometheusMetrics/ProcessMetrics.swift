import FoundationEssentials

/// The `process_*` metrics of Prometheus' client libraries, read from /proc on request.
public enum ProcessMetrics {
    /// What /proc says about a process.
    struct Reading: Hashable {
        var cpuSeconds: Double
        /// Seconds after boot.
        var startSeconds: Double
        var virtualBytes: Double
        var residentBytes: Double
    }

    /// Adds the metrics to a registry.
    public static func register(in registry: MetricsRegistry) {
        let cpu = registry.counter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.")
        let start = registry.gauge(
            "process_start_time_seconds", "Start time of the process since unix epoch in seconds.")
        let virtual = registry.gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.")
        let resident = registry.gauge("process_resident_memory_bytes", "Resident memory size in bytes.")
        let open = registry.gauge("process_open_fds", "Number of open file descriptors.")
        let most = registry.gauge("process_max_fds", "Maximum number of open file descriptors.")
        let bootTime = text("/proc/stat").flatMap(bootTime)
        registry.collect {
            if let reading = text("/proc/self/stat").flatMap({ parse($0) }) {
                // Counters only grow, and so does what the kernel counts.
                cpu.with().increment(by: reading.cpuSeconds - cpu.with().value)
                virtual.set(reading.virtualBytes)
                resident.set(reading.residentBytes)
                if let bootTime { start.set(bootTime + reading.startSeconds) }
            }
            if let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
                open.set(files.count)
            }
            // It may be raised while the process runs.
            if let limit = text("/proc/self/limits").flatMap({ fileLimit($0) }) { most.set(limit) }
        }
    }

    private static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Parses /proc/PID/stat (proc_pid_stat(5)). The kernel's clock tick in it is always 10 ms (USER_HZ).
    static func parse(_ stat: String, pageSize: Double = 4096) -> Reading? {
        // The name in parentheses may hold anything, spaces included.
        guard let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: end)...].split(whereSeparator: \.isWhitespace).map { Double($0) }
        // Fields 14 utime, 15 stime, 22 starttime, 23 vsize, 24 rss, counted from 1; the third comes first here.
        guard fields.count > 21, let user = fields[11], let system = fields[12], let start = fields[19],
            let virtual = fields[20], let resident = fields[21]
        else { return nil }
        return Reading(
            cpuSeconds: (user + system) / 100, startSeconds: start / 100, virtualBytes: virtual,
            residentBytes: resident * pageSize)
    }

    /// The soft limit of open files in /proc/PID/limits (proc_pid_limits(5)); infinity where there is none.
    static func fileLimit(_ limits: String) -> Double? {
        let name = "Max open files"
        for line in limits.split(separator: "\n") where line.hasPrefix(name) {
            guard let soft = line.dropFirst(name.count).split(whereSeparator: \.isWhitespace).first else { return nil }
            return soft == "unlimited" ? .infinity : Double(soft)
        }
        return nil
    }

    /// `btime` of /proc/stat: seconds since 1970.
    static func bootTime(_ stat: String) -> Double? {
        for line in stat.split(separator: "\n") where line.hasPrefix("btime ") {
            return Double(line.dropFirst("btime ".count))
        }
        return nil
    }
}
