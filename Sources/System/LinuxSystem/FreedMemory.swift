import Glibc

/// Memory that was freed but not given back to the system.
public enum FreedMemory {
    private typealias Control =
        @convention(c) (
            UnsafePointer<CChar>?, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int>?, UnsafeMutableRawPointer?, Int
        ) -> Int32

    /// Gives it back, where malloc is jemalloc's: that keeps what is freed for ten seconds, for each thread's arena
    /// apart. Worth it after a phase that needed much, and before another one: some milliseconds for 100 MB.
    public static func release() {
        guard let symbol = unsafe dlsym(nil, "mallctl") else { return }
        let control = unsafe unsafeBitCast(symbol, to: Control.self)
        // MALLCTL_ARENAS_ALL
        _ = unsafe control("arena.4096.purge", nil, nil, nil, 0)
    }
}
