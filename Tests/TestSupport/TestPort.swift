import Synchronization

/// Ports for listeners of tests that close and open again at the same place.
public enum TestPort {
    private static let ports: Range<UInt16> = 20_000..<30_000
    private static let last = Mutex(UInt16.random(in: ports))

    /// A port that no other test of this process gets. It lies below the range from which the kernel takes ports of
    /// clients and of listeners that ask for any, so that it stays free while nobody listens.
    public static func next() -> UInt16 {
        last.withLock { last in
            last = last + 1 < ports.upperBound ? last + 1 : ports.lowerBound
            return last
        }
    }
}
