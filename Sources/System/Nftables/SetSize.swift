internal import LinuxSystem

/// The size hint for a set: how many elements the kernel should expect.
///
/// A set without a size begins with 4 buckets and grows with nearly every element of its first transaction, which takes
/// a third of the kernel's time for it. With a size it has all its buckets at once, but the size is a limit, too. From
/// Linux 6.5 on, the limit can be changed (the buckets cannot). So there a set gets a size for its first elements, and
/// the same transaction removes the limit.
package enum SetSize {
    /// More than the kernel has memory for.
    static let noLimit: UInt32 = 1 << 30
    /// Sets with fewer elements get no size.
    package static let minimumCount = 4096
    /// As many buckets keep lookups short in a cluster of 10,000 services that began with 1,000.
    private static let minimum: UInt32 = 1 << 16

    /// Whether this kernel lets a set's limit be raised.
    static var isAdjustable: Bool {
        guard let release = KernelRelease.current else { return false }
        return release >= KernelRelease(6, 5)
    }

    /// The size to make a set with that `count` elements come into; nil: none.
    static func hint(_ set: SetDefinition, count: Int) -> UInt32? {
        guard count >= minimumCount, set.size == 0, !set.isInterval else { return nil }
        return min(max(UInt32(clamping: count) &* 2, minimum), noLimit)
    }
}
