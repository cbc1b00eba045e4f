/// Names of settings below /proc/sys.
enum Sysctl {
    static let root = "/proc/sys/"

    /// As sysctl(8) takes it. Dots and slashes change places where a part of the name has a dot itself, such as a
    /// VLAN's.
    static func name(_ path: String) -> String {
        let name = path.hasPrefix(root) ? String(path.dropFirst(root.count)) : path
        return name.contains(".") ? name : String(name.map { $0 == "/" ? "." : $0 })
    }

    static func set(_ path: String, _ value: some CustomStringConvertible) -> String {
        "sysctl -w \(name(path))=\(value)"
    }

    /// For a value with blanks or commas that a shell would take apart.
    static func set(_ path: String, quoted value: String) -> String { "sysctl -w \(name(path))='\(value)'" }
}
