import FoundationEssentials
import LinuxSystem

/// Reads whole small files; empty where there is none.
enum ProcFile {
    static func read(_ path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

/// Memory that the kernel itself uses: SUnreclaim, VmallocUsed and Percpu of /proc/meminfo, where rules, sets, tables and virtual
/// servers lie. It is the whole machine's, so only a difference says something, and a small one nothing.
struct KernelMemory: Hashable, Sendable {
    var bytes: Int

    static func read() -> KernelMemory? { KernelMemory(meminfo: ProcFile.read("/proc/meminfo")) }

    /// From the text of /proc/meminfo.
    init?(meminfo: String) {
        var sum = 0
        var found = 0
        for line in meminfo.split(separator: "\n") {
            guard ["SUnreclaim:", "VmallocUsed:", "Percpu:"].contains(where: line.hasPrefix),
                let value = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
            else { continue }
            sum += value
            found += 1
        }
        guard found == 3 else { return nil }
        bytes = sum * 1024
    }

    /// A reading once the kernel has freed what was given back before, which it does in the background; after a while
    /// in any case.
    static func settled() -> KernelMemory? {
        var last = read()
        for _ in 0..<60 {
            SystemPause.sleep(.milliseconds(30))
            let now = read()
            guard let before = last, let current = now else { return nil }
            if abs(current.bytes - before.bytes) < noise / 16 { return now }
            last = now
        }
        return last
    }

    /// What was added between two readings; nil where it is not clearly more than what comes and goes by itself.
    static func growth(from before: KernelMemory?, to after: KernelMemory?) -> Int? {
        guard let before, let after, after.bytes - before.bytes >= noise else { return nil }
        return after.bytes - before.bytes
    }

    /// What other activity adds within a moment, in bytes.
    static let noise = 1 << 20
}
