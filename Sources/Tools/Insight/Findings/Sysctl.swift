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

extension HostFacts {
    /// The command for a setting; it says so where this is not the place to give it.
    func setting(_ path: String, _ value: some CustomStringConvertible) -> String {
        setting(path, command: Sysctl.set(path, value))
    }

    func setting(_ path: String, quoted value: String) -> String {
        setting(path, command: Sysctl.set(path, quoted: value))
    }

    private func setting(_ path: String, command: String) -> String {
        // Without the privilege nothing can be written anyway, and everybody knows.
        guard privileges.has(.netAdmin), unwritable.contains(path) else { return command }
        return "\(command)  # on the host: it cannot be written from here"
    }
}
