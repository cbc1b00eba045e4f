internal import CHost
internal import Glibc
public import LinuxSystem

/// The state of the host's clock, from adjtimex(2).
public struct SystemClock: Hashable, Sendable {
    /// Whether a program synchronises it with other clocks.
    public var isSynchronized: Bool
    /// The kernel's estimate of its largest error, in microseconds.
    public var largestError: Int

    public init(isSynchronized: Bool, largestError: Int) {
        self.isSynchronized = isSynchronized
        self.largestError = largestError
    }

    /// Reads the state; needs no privilege.
    public static func read() throws(SystemError) -> SystemClock {
        var status: Int32 = 0
        var largestError = 0
        try SystemCall.run("read the clock's state") { unsafe viaduct_read_clock(&status, &largestError) }
        return SystemClock(isSynchronized: status & STA_UNSYNC == 0, largestError: largestError)
    }
}
