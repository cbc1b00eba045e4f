import Glibc
import KubeClient
import LinuxSystem

/// The pages of the program that this process has mapped. Most of them were needed at the start only, and count as its
/// memory for ever: let go, they stay in the page cache, and those that are needed again come back by themselves.
enum ProgramPages {
    private static let period = Duration.seconds(30)

    /// Lets them go again and again, until the task is cancelled.
    static func run(_ clock: RetryClock) async {
        while (try? await clock.sleep(period)) != nil { release() }
    }

    static func release() {
        let text = (try? FileTree.read("/proc/self/smaps", limit: 4 << 20)) ?? []
        for range in unchanged(String(decoding: text, as: UTF8.self)) {
            // What cannot be let go stays.
            _ = madvise(UnsafeMutableRawPointer(bitPattern: range.lowerBound), range.count, MADV_DONTNEED)
        }
    }

    /// Of proc_pid_smaps(5): what is of files, cannot be written, and holds no page of this process's own: nothing is lost
    /// with it.
    static func unchanged(_ maps: String) -> [Range<UInt>] {
        var ranges: [Range<UInt>] = []
        var current: Range<UInt>?
        for line in maps.split(separator: "\n") {
            let parts = line.split(separator: " ", omittingEmptySubsequences: true)
            if parts.first?.hasSuffix(":") == true {
                guard let range = current, parts[0] == "Anonymous:" else { continue }
                if parts.count > 1, parts[1] == "0" { ranges.append(range) }
                current = nil
            } else {
                current = mapping(parts)
            }
        }
        return ranges
    }

    private static func mapping(_ parts: [Substring]) -> Range<UInt>? {
        guard parts.count >= 6, parts[1] == "r-xp" || parts[1] == "r--p", parts[5].hasPrefix("/") else { return nil }
        let ends = parts[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
        return ends.count == 2 && ends[0] < ends[1] ? ends[0]..<ends[1] : nil
    }
}
