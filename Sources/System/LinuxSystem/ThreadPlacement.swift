internal import CLinux

/// Where the calling thread runs, for measurements that should not depend on the scheduler's choices. Nothing here
/// fails: if the host does not allow a placement, threads stay where they are.
public enum ThreadPlacement {
    /// The highest number among the processors that this thread may use; nil if the kernel does not say.
    public static var lastProcessor: Int? {
        var mask = [UInt](repeating: 0, count: words)
        let size = unsafe mask.withUnsafeMutableBufferPointer { unsafe viaduct_get_processors($0.baseAddress) }
        guard size > 0 else { return nil }
        return (0..<words * UInt.bitWidth).last { mask[$0 / UInt.bitWidth] >> UInt($0 % UInt.bitWidth) & 1 == 1 }
    }

    private static let words = 16

    /// Binds the calling thread to a processor, by its number below 1024.
    @discardableResult
    public static func bind(to processor: Int) -> Bool {
        guard (0..<words * UInt.bitWidth).contains(processor) else { return false }
        var mask = [UInt](repeating: 0, count: words)
        mask[processor / UInt.bitWidth] = 1 << UInt(processor % UInt.bitWidth)
        return unsafe mask.withUnsafeBufferPointer { unsafe viaduct_set_processors($0.baseAddress) } == 0
    }

    /// From now on, when the calling thread wakes up, it does not preempt other threads (SCHED_BATCH).
    @discardableResult
    public static func neverPreempt() -> Bool { viaduct_never_preempt() == 0 }
}
