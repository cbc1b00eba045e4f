import JSONStream
import Yams

/// A value of a configuration file, whether it was written as YAML or as JSON.
enum ConfigNode: Hashable, Sendable {
    case null
    case scalar(String)
    case sequence([ConfigNode])
    case mapping([String: ConfigNode])

    /// - Throws: ``ConfigurationError`` with the parser's line and column.
    init(parsing bytes: [UInt8], file: String) throws(ConfigurationError) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.utf8.elementsEqual(bytes) else { throw ConfigurationError(file, "the file is not UTF-8 text") }
        // YAML takes in most of JSON but not its tabs.
        if let value = try? JSONValue(parsing: bytes) {
            self.init(value)
            return
        }
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            let lines = "\(error)".split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
            throw ConfigurationError(file, "neither YAML nor JSON: " + lines.prefix(2).joined(separator: ": "))
        }
        self = node.map(ConfigNode.init) ?? .null
    }

    private init(_ node: Node) {
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            self =
                isPlain && ["", "~", "null", "Null", "NULL"].contains(scalar.string) ? .null : .scalar(scalar.string)
        case .sequence(let sequence): self = .sequence(sequence.map(ConfigNode.init))
        case .mapping(let mapping):
            var members: [String: ConfigNode] = [:]
            for (key, value) in mapping {
                if let name = key.scalar?.string { members[name] = ConfigNode(value) }
            }
            self = .mapping(members)
        case .alias: self = .null
        }
    }

    private init(_ value: JSONValue) {
        switch value {
        case .null: self = .null
        case .string(let text): self = .scalar(text)
        case .bool, .integer, .double: self = .scalar(String(decoding: value.serialized(), as: UTF8.self))
        case .array(let elements): self = .sequence(elements.map(ConfigNode.init))
        case .object(let members):
            self = .mapping(Dictionary(uniqueKeysWithValues: members.map { ($0.key, ConfigNode($0.value)) }))
        }
    }

    var kind: String {
        switch self {
        case .null: "nothing"
        case .scalar: "a single value"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

/// A mapping of a configuration file, with its position for error messages.
struct ConfigSection {
    /// `/etc/kubeconfig: users["admin"]`
    var place: String
    private let isWholeFile: Bool
    private var members: [String: ConfigNode]

    init(_ node: ConfigNode, place: String, isWholeFile: Bool = false) throws(ConfigurationError) {
        self.place = place
        self.isWholeFile = isWholeFile
        switch node {
        case .mapping(let members): self.members = members
        case .null: members = [:]
        default: throw ConfigurationError(place, "expected a mapping, found \(node.kind)")
        }
    }

    func has(_ name: String) -> Bool {
        switch members[name] {
        case nil, .null: false
        case .scalar(let text): !text.isEmpty
        case .sequence(let elements): !elements.isEmpty
        case .mapping: true
        }
    }

    /// Nil if the field is missing or empty, as an empty string means in Go.
    func string(_ name: String) throws(ConfigurationError) -> String? {
        switch members[name] {
        case nil, .null: return nil
        case .scalar(let text): return text.isEmpty ? nil : text
        case .some(let other): throw error(name, "expected a text, found \(other.kind)")
        }
    }

    func bool(_ name: String) throws(ConfigurationError) -> Bool {
        switch try string(name) {
        case nil, "false": return false
        case "true": return true
        case .some(let text): throw error(name, "expected true or false, found \"\(text)\"")
        }
    }

    func section(_ name: String) throws(ConfigurationError) -> ConfigSection {
        try ConfigSection(members[name] ?? .null, place: "\(place).\(name)")
    }

    func sequence(_ name: String) throws(ConfigurationError) -> [ConfigNode] {
        switch members[name] {
        case nil, .null: return []
        case .sequence(let elements): return elements
        case .some(let other): throw error(name, "expected a list, found \(other.kind)")
        }
    }

    func error(_ field: String, _ problem: String) -> ConfigurationError {
        ConfigurationError("\(place)\(isWholeFile ? ": " : ".")\(field)", problem)
    }
}
