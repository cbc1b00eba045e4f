import FoundationEssentials
import KubeAPI

/// What a Node says of its host. Nothing is left empty: clients print it as it is.
public struct HostFacts: Hashable, Sendable {
    public internal(set) var kernelVersion = unknown
    public internal(set) var osImage = unknown
    public internal(set) var machineID = unknown
    public internal(set) var systemUUID = unknown
    public internal(set) var bootID = unknown
    public internal(set) var processors = 1
    /// Kibibytes; nil: not known.
    public internal(set) var memory: Int64?

    public static let unknown = "unknown"

    /// As Go names it, which is what labels say.
    public static var architecture: String {
        #if arch(x86_64)
            "amd64"
        #elseif arch(arm64)
            "arm64"
        #else
            unknown
        #endif
    }

    /// Nothing is known.
    public init() {}

    /// Of this host.
    /// - Parameter read: the text of a file; nil if it cannot be read.
    init(processors: Int, read: (String) -> String?) {
        func line(_ path: String) -> String? {
            let text = read(path)?.trimmed ?? ""
            return text.isEmpty ? nil : text
        }
        self.processors = max(1, processors)
        kernelVersion = line("/proc/sys/kernel/osrelease") ?? Self.unknown
        osImage =
            ["/etc/os-release", "/usr/lib/os-release"].compactMap { read($0).flatMap(Self.osImage) }.first ?? "Linux"
        machineID = line("/etc/machine-id") ?? Self.unknown
        systemUUID = line("/sys/class/dmi/id/product_uuid") ?? machineID
        bootID = line("/proc/sys/kernel/random/boot_id") ?? Self.unknown
        memory = read("/proc/meminfo").flatMap(Self.memory)
    }

    public static func ofThisHost() -> HostFacts {
        HostFacts(processors: ProcessInfo.processInfo.activeProcessorCount) { path in
            try? String(contentsOfFile: path, encoding: .utf8)
        }
    }

    /// PRETTY_NAME of os-release(5).
    static func osImage(_ text: String) -> String? {
        for line in text.split(separator: "\n") where line.hasPrefix("PRETTY_NAME=") {
            let name = line.dropFirst("PRETTY_NAME=".count).filter { $0 != "\"" && $0 != "'" }
            return name.isEmpty ? nil : String(name)
        }
        return nil
    }

    /// MemTotal of proc(5).
    static func memory(_ text: String) -> Int64? {
        let line = text.split(separator: "\n").first { $0.hasPrefix("MemTotal:") }
        return line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int64($0) }
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
