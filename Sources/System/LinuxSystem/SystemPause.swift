internal import CLinux
import Glibc

/// Sleeping in a thread that is not one of the concurrency runtime's.
public enum SystemPause {
    public static func sleep(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        var left = time
        _ = SystemCall.result {
            defer { time = left }
            return unsafe nanosleep(&time, &left)
        }
    }
}
