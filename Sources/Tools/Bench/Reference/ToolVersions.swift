import FoundationEssentials
import LinuxSystem
import ProxyConfiguration
import ProxyServer

/// Finding programs and asking them who they are.
enum ToolVersions {
    static func read(_ options: BenchOptions) -> [String: String] {
        var versions = ["viaduct": BuildInformation.version]
        for tool in Set(options.tools + options.ways.compactMap(\.tool)) {
            guard let path = path(of: tool) else { continue }
            versions[tool.rawValue] = version(path, tool.versionArguments) ?? "installed"
        }
        if let path = options.kubeProxy {
            versions["kube-proxy"] = version(path, ["--version"]) ?? path
        }
        return versions
    }

    static func path(of tool: ReferenceTool) -> String? {
        let environment = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders = environment.split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin"]
        for program in tool.programs {
            for folder in folders where FileManager.default.isExecutableFile(atPath: "\(folder)/\(program)") {
                return "\(folder)/\(program)"
            }
        }
        return nil
    }

    /// The first line that a program says about itself.
    static func version(_ path: String, _ arguments: [String]) -> String? {
        guard let process = try? ChildProcess(path, arguments), let line = try? process.readLine(within: .seconds(10))
        else { return nil }
        return String(decoding: line, as: UTF8.self)
    }
}
