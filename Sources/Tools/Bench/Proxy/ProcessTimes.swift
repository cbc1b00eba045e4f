import Glibc

/// CPU time of another process and of those that it has waited for, in seconds.
struct ProcessTimes: Hashable {
    var user: Double
    var system: Double

    static func read(_ process: Int32) -> ProcessTimes? {
        ProcessTimes(stat: ProcFile.read("/proc/\(process)/stat"), ticks: Double(sysconf(Int32(_SC_CLK_TCK))))
    }

    /// From the text of /proc/PID/stat.
    ///
    /// - Parameter ticks: a second.
    init?(stat: String, ticks: Double) {
        // The program's name may hold spaces and parentheses.
        guard let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[end...].split(separator: " ").map { Double($0) ?? 0 }
        guard fields.count > 15, ticks > 0 else { return nil }
        user = (fields[12] + fields[14]) / ticks
        system = (fields[13] + fields[15]) / ticks
    }

    static func difference(_ before: Double?, _ after: Double?) -> Double? {
        before.flatMap { before in after.map { $0 - before } }
    }
}
