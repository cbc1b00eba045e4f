/// How many processors the host has. It ignores this process's own limit, since connection tracking is sized for the
/// host.
enum ProcessorCount {
    static func read(_ files: SystemFiles, fallback: Int) -> Int {
        files.read("/sys/devices/system/cpu/online").flatMap { parse($0) } ?? max(1, fallback)
    }

    /// Counts a list such as `0-3,8` (cpu lists of the kernel); nil for another form or none.
    static func parse(_ list: String) -> Int? {
        var count = 0
        for range in list.filter({ !$0.isWhitespace }).split(separator: ",") {
            let ends = range.split(separator: "-", omittingEmptySubsequences: false).map { UInt16($0) }
            guard let first = ends.first, let low = first, let last = ends.last, let high = last, ends.count <= 2,
                low <= high
            else { return nil }
            count += Int(high - low) + 1
        }
        return count > 0 ? count : nil
    }
}
