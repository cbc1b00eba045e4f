internal import CLinux
import Glibc

/// CPU time that a process has used so far, all its threads together.
public struct ProcessUsage: Hashable, Sendable {
    public var userSeconds: Double
    public var systemSeconds: Double

    public init(userSeconds: Double = 0, systemSeconds: Double = 0) {
        self.userSeconds = userSeconds
        self.systemSeconds = systemSeconds
    }

    /// Of this process.
    public static var current: ProcessUsage {
        var usage = rusage()
        guard unsafe getrusage(RUSAGE_SELF.rawValue, &usage) == 0 else { return ProcessUsage() }
        return ProcessUsage(usage)
    }

    init(_ usage: rusage) {
        userSeconds = Self.seconds(usage.ru_utime)
        systemSeconds = Self.seconds(usage.ru_stime)
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }

    public static func - (left: ProcessUsage, right: ProcessUsage) -> ProcessUsage {
        ProcessUsage(
            userSeconds: left.userSeconds - right.userSeconds, systemSeconds: left.systemSeconds - right.systemSeconds)
    }
}
