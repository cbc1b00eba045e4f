internal import CHost
internal import Glibc
public import LinuxSystem

/// What the kernel knows of the host's clock (adjtimex(2)).
public struct SystemClock: Hashable, Sendable {
    /// Whether a program keeps it in step with other clocks.
    public var isSynchronized: Bool
    /// How far it may be off at most, by the kernel's reckoning, in microseconds.
    public var largestError: Int

    public init(isSynchronized: Bool, largestError: Int) {
        self.isSynchronized = isSynchronized
        self.largestError = largestError
    }

    /// Reads it and changes nothing; needs no privilege.
    public static func read() throws(SystemError) -> SystemClock {
        var status: Int32 = 0
        var largestError = 0
        try SystemCall.run("read the clock's state") { unsafe viaduct_read_clock(&status, &largestError) }
        return SystemClock(isSynchronized: status & STA_UNSYNC == 0, largestError: largestError)
    }
}
