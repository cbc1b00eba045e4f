/// One flag of `viaduct proxy`.
struct ProxyFlag {
    /// When a flag counts although `--config` names a file.
    enum Scope {
        /// Selects a command or a path: always applies.
        case command
        /// Overrides the file.
        case overridesFile
        /// Applies only without a file.
        case withoutFile
    }

    let name: String
    /// The kind of its text in the help; empty for a switch.
    let value: String
    let initial: String
    let help: String
    var scope = Scope.withoutFile
    /// Hidden from the help; printed when the flag is used.
    var deprecation: String?
    /// Takes the text over. Nil for flags that ``ProxyOptions`` reads itself.
    var apply: ((inout KubeProxyConfiguration, ConfigurationNode, String, inout ConfigurationProblems) -> Void)?

    var isSwitch: Bool { value.isEmpty }

    static func named(_ name: String) -> ProxyFlag? { all.first { $0.name == name } }

    /// A flag that sets the field that the decoder sets.
    static func field(
        _ name: String, _ value: String, _ field: ConfigurationField<KubeProxyConfiguration>, default initial: String,
        scope: Scope = .withoutFile, _ help: String
    ) -> ProxyFlag {
        ProxyFlag(name: name, value: value, initial: initial, help: help, scope: scope, apply: field.decode)
    }

    static func command(_ name: String, _ value: String, _ help: String) -> ProxyFlag {
        ProxyFlag(name: name, value: value, initial: "", help: help, scope: .command)
    }

    static func deprecated(_ name: String, _ value: String, _ message: String) -> ProxyFlag {
        ProxyFlag(name: name, value: value, initial: "", help: "", deprecation: message)
    }

    /// The text as the tree that the field decoders read.
    func node(_ text: String) -> ConfigurationNode {
        switch value {
        case "":
            let truths = ["1", "t", "T", "true", "TRUE", "True"]
            let falsehoods = ["0", "f", "F", "false", "FALSE", "False"]
            if truths.contains(text) { return ConfigurationNode(.bool(true)) }
            return ConfigurationNode(falsehoods.contains(text) ? .bool(false) : .string(text))
        case "int32": return ConfigurationNode(Int64(text).map { .integer($0) } ?? .string(text))
        case "float": return ConfigurationNode(Double(text).map { .double($0) } ?? .string(text))
        case "strings":
            let parts = text.split(separator: ",").map { ConfigurationNode(.string(String($0))) }
            return ConfigurationNode(.sequence(parts))
        case "mapStringBool":
            var members: [ConfigurationNode.Member] = []
            for part in text.split(separator: ",") {
                let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                let value: ConfigurationNode.Content =
                    pair.count == 2 && pair[1] == "true"
                    ? .bool(true)
                    : pair.count == 2 && pair[1] == "false" ? .bool(false) : .string(text)
                members.append(.init(key: pair[0], value: ConfigurationNode(value)))
            }
            return ConfigurationNode(.mapping(members))
        default: return ConfigurationNode(.string(text))
        }
    }
}
