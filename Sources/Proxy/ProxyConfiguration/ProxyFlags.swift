/// The flags of a command line as given: names, without dashes, with their texts.
public struct ProxyFlags: Hashable, Sendable {
    /// In the order given. A flag without an argument has the text `true`.
    public private(set) var values: [String: [String]] = [:]
    public var wantsHelp = false
    public var wantsVersion: Bool { values["version"].map { $0.last != "false" } ?? false }

    public init(values: [String: [String]] = [:]) {
        self.values = values
    }

    /// The effective text: the last one.
    public subscript(name: String) -> String? { values[name]?.last }

    /// Every flag with its effective text, given or default.
    public var effective: [String: String] {
        var effective: [String: String] = [:]
        for flag in ProxyFlag.all {
            effective[flag.name] = self[flag.name] ?? (flag.isSwitch && flag.initial.isEmpty ? "false" : flag.initial)
        }
        return effective
    }

    public mutating func add(_ name: String, _ text: String) {
        values[name, default: []].append(text)
    }

    /// Parses arguments as kube-proxy does: `--name=text`, `--name text`, `--switch`, `-v=2`, `-v 2`, `-v2`.
    public init(arguments: [String]) throws(ConfigurationError) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "--help" || argument == "-h" {
                wantsHelp = true
                continue
            }
            guard argument.hasPrefix("-"), argument != "-", argument != "--" else {
                if argument.isEmpty || argument == "--" { continue }
                throw Self.error("\"\(argument)\": no arguments are taken, only flags")
            }
            let (name, text) = Self.split(argument)
            guard let flag = ProxyFlag.named(name) else {
                let near = SpellingSuggestion.nearest(to: name, among: ProxyFlag.all.map(\.name))
                throw Self.error(
                    "unknown flag: \(argument.prefix(while: { $0 != "=" }))"
                        + (near.map { "; did you mean --\($0)?" } ?? ""))
            }
            if let text {
                add(flag.name, text)
            } else if flag.isSwitch {
                add(flag.name, "true")
            } else if let next = rest.popFirst() {
                add(flag.name, next)
            } else {
                throw Self.error("flag needs an argument: --\(flag.name)")
            }
        }
    }

    /// Underscores in names are as good as dashes.
    private static func split(_ argument: String) -> (name: String, text: String?) {
        if !argument.hasPrefix("--"), argument.count > 2 {
            let text = argument.dropFirst(2)
            return (String(argument.dropFirst().prefix(1)), String(text.first == "=" ? text.dropFirst() : text))
        }
        let body = argument.drop { $0 == "-" }
        let name = String(body.prefix { $0 != "=" }.map { $0 == "_" ? "-" : $0 })
        return (name, body.firstIndex(of: "=").map { String(body[body.index(after: $0)...]) })
    }

    private static func error(_ message: String) -> ConfigurationError {
        ConfigurationError(source: "command line", message: message)
    }
}
