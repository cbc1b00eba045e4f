import FoundationEssentials
import LinuxSystem
import ProxyServer

/// Where a report was made.
public struct MachineDescription: Codable, Hashable, Sendable {
    public var kernel: String
    public var processor: String
    public var cores: Int
    /// Bytes.
    public var memory: Int
    /// Whether the processor is emulated in software.
    public var isEmulated: Bool
    /// Of this program and of the tools beside it.
    public var versions: [String: String]

    static func read(versions: [String: String]) -> MachineDescription {
        MachineDescription(
            kernel: "Linux \(trimmed("/proc/sys/kernel/osrelease"))", cpuinfo: ProcFile.read("/proc/cpuinfo"),
            meminfo: ProcFile.read("/proc/meminfo"), vendor: trimmed("/sys/class/dmi/id/sys_vendor"),
            versions: versions)
    }

    private static func trimmed(_ path: String) -> String {
        ProcFile.read(path).split(separator: "\n").first.map(String.init) ?? ""
    }

    /// From the texts of the files with these names.
    init(kernel: String, cpuinfo: String, meminfo: String, vendor: String, versions: [String: String]) {
        self.kernel = kernel
        self.versions = versions
        let lines = cpuinfo.split(separator: "\n")
        func value(_ key: String) -> String? {
            lines.first { $0.hasPrefix(key) }?.split(separator: ":", maxSplits: 1).last
                .map { String($0.drop { $0 == " " }) }
        }
        processor = value("model name") ?? value("Model") ?? "unknown processor"
        cores = max(1, lines.count { $0.hasPrefix("processor") })
        memory =
            meminfo.split(separator: "\n").first { $0.hasPrefix("MemTotal:") }?.split(separator: " ").dropFirst().first
            .flatMap { Int($0) }.map { $0 * 1024 } ?? 0
        // QEMU's own CPU models are named after it; with hardware support the name is usually the real processor's.
        isEmulated =
            processor.contains("TCG")
            || vendor == "QEMU" && processor.hasPrefix("QEMU Virtual CPU") && !cpuinfo.contains(" vmx")
    }
}
