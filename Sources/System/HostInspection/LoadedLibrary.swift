import LinuxSystem

/// A shared library that this process has loaded.
public struct LoadedLibrary: Hashable, Sendable, Codable {
    /// The name that programs are linked to: `libnftnl.so.11`.
    public var name: String
    /// From the file's name, such as `11.6.0`.
    public var version: String
    public var path: String

    /// All libraries of this process, by name; empty without /proc.
    public static func all() -> [LoadedLibrary] {
        do throws(SystemError) { return all(maps: try KernelFile.read("/proc/self/maps")) } catch { return [] }
    }

    /// - Parameter maps: in the form of /proc/PID/maps, proc_pid_maps(5).
    static func all(maps: String) -> [LoadedLibrary] {
        let paths = maps.split(separator: "\n").compactMap { line in
            line.firstIndex(of: "/").map { String(line[$0...]) }
        }
        return Set(paths).compactMap(LoadedLibrary.init(path:)).sorted { $0.name < $1.name }
    }

    private init?(path: String) {
        let file = path.split(separator: "/").last ?? ""
        guard file.hasPrefix("lib"), let suffix = file.firstRange(of: ".so.") else { return nil }
        let version = file[suffix.upperBound...]
        let major = version.prefix { $0 != "." }
        self.init(name: "\(file[..<suffix.lowerBound]).so.\(major)", version: String(version), path: path)
    }

    init(name: String, version: String, path: String) {
        self.name = name
        self.version = version
        self.path = path
    }
}
