import Glibc

/// Memory that was freed but not given back to the system.
public enum FreedMemory {
    private typealias Control =
        @convention(c) (
            UnsafePointer<CChar>?, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int>?, UnsafeMutableRawPointer?, Int
        ) -> Int32

    /// If malloc is jemalloc's, returns freed memory at once from now on; jemalloc otherwise keeps it for ten seconds,
    /// in each thread's arena. For a process that needs much memory in each of several phases, and little afterwards.
    public static func returnAtOnce() {
        guard let symbol = unsafe dlsym(nil, "mallctl") else { return }
        let control = unsafe unsafeBitCast(symbol, to: Control.self)
        var count: UInt32 = 0
        var size = MemoryLayout<UInt32>.size
        var milliseconds = 0
        // Those to come, and those that are there.
        _ = unsafe control("arenas.dirty_decay_ms", nil, nil, &milliseconds, MemoryLayout<Int>.size)
        guard unsafe control("arenas.narenas", &count, &size, nil, 0) == 0 else { return }
        for arena in 0..<count {
            _ = unsafe control("arena.\(arena).dirty_decay_ms", nil, nil, &milliseconds, MemoryLayout<Int>.size)
        }
    }
}
