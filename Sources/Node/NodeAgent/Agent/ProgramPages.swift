import Glibc
import KubeClient
import LinuxSystem

/// The pages of the program that this process has mapped. Most of them were needed at the start only, and count as its
/// memory for ever: let go, they stay in the page cache, and those that are needed again come back by themselves.
enum ProgramPages {
    private static let period = Duration.seconds(60)

    /// Lets them go again and again, until the task is cancelled.
    static func run(_ clock: RetryClock) async {
        while (try? await clock.sleep(period)) != nil { release() }
    }

    static func release() {
        let text = (try? FileTree.read("/proc/self/maps", limit: 1 << 20)) ?? []
        for range in code(String(decoding: text, as: UTF8.self)) {
            // Code is never written, so that nothing is lost. What cannot be let go stays.
            _ = madvise(UnsafeMutableRawPointer(bitPattern: range.lowerBound), range.count, MADV_DONTNEED)
        }
    }

    /// Of proc_pid_maps(5): what is of files, can be run, and cannot be written.
    static func code(_ maps: String) -> [Range<UInt>] {
        maps.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ", omittingEmptySubsequences: true)
            guard parts.count >= 6, parts[1] == "r-xp", parts[5].hasPrefix("/") else { return nil }
            let ends = parts[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            return ends.count == 2 && ends[0] < ends[1] ? ends[0]..<ends[1] : nil
        }
    }
}
