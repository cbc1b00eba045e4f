import JSONStream
import Yams

/// Parses configuration files. The first character distinguishes JSON from YAML, as in Kubernetes.
struct ConfigurationParser {
    /// Far above any real file; bounds the work that a hostile one can cause.
    static let maximumBytes = 1 << 20
    private static let maximumNodes = 100_000
    private static let maximumDepth = 64

    let source: String
    private var nodes = 0

    init(source: String) {
        self.source = source
    }

    static func parse(_ bytes: [UInt8], source: String) throws(ConfigurationError) -> ConfigurationNode {
        guard bytes.count <= maximumBytes else {
            throw ConfigurationError(
                source: source, message: "the file has \(bytes.count) bytes; at most \(maximumBytes) are read")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationError(source: source, message: "the file is not valid UTF-8")
        }
        var parser = ConfigurationParser(source: source)
        let isJSON = text.first { !$0.isWhitespace } == "{"
        if isJSON, let node = try parser.parseJSON(bytes) { return node }
        return try parser.parseYAML(text, bytes: bytes)
    }

    /// Nil if the text is no JSON: a flow mapping of YAML begins with a brace, too.
    private mutating func parseJSON(_ bytes: [UInt8]) throws(ConfigurationError) -> ConfigurationNode? {
        do {
            return try JSONReader.read(bytes) { try self.convert(reading: &$0, path: "", depth: 0) }
        } catch let error as ConfigurationError {
            throw error
        } catch {
            return nil
        }
    }

    private mutating func convert(
        reading reader: inout JSONReader, path: String, depth: Int
    ) throws -> ConfigurationNode {
        try count(depth: depth)
        switch try reader.peek() {
        case .null:
            _ = try reader.consumeNull()
            return ConfigurationNode(.null)
        case .bool: return ConfigurationNode(.bool(try reader.bool()))
        case .string: return ConfigurationNode(.string(try reader.string()))
        case .number:
            let text = try reader.numberText()
            if let number = Int64(text) { return ConfigurationNode(.integer(number)) }
            return ConfigurationNode(.double(Double(text) ?? .infinity))
        case .array:
            var elements: [ConfigurationNode] = []
            try reader.array { elements.append(try self.convert(reading: &$0, path: path, depth: depth + 1)) }
            return ConfigurationNode(.sequence(elements))
        case .object:
            var members: [ConfigurationNode.Member] = []
            try reader.object { key, reader in
                let name = key.string
                let child = path.isEmpty ? name : "\(path).\(name)"
                members.append(
                    .init(key: name, value: try self.convert(reading: &reader, path: child, depth: depth + 1)))
            }
            return ConfigurationNode(.mapping(members))
        }
    }

    private mutating func parseYAML(_ text: String, bytes: [UInt8]) throws(ConfigurationError) -> ConfigurationNode {
        try checkNesting(bytes)
        let documents: [Node]
        do {
            documents = try YAMLDocuments.compose(text)
        } catch {
            throw Self.describe(error, source: source)
        }
        var roots: [ConfigurationNode] = []
        for document in documents {
            let node = try convert(document, path: "", depth: 0)
            if node.content != .null { roots.append(node) }
        }
        guard var root = roots.first else {
            throw ConfigurationError(
                source: source, message: "the file is empty; it must hold a KubeProxyConfiguration")
        }
        root.furtherDocuments = roots.count - 1
        return root
    }

    /// The YAML parser is recursive: refuses what could overflow the stack before it is called.
    private func checkNesting(_ bytes: [UInt8]) throws(ConfigurationError) {
        var brackets = 0
        var dashes = 0
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "{"): brackets += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): brackets = max(0, brackets - 1)
            case UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":"): dashes += 1
            case UInt8(ascii: "\n"): dashes = 0
            default: break
            }
            if brackets > Self.maximumDepth || dashes > 512 {
                throw ConfigurationError(source: source, message: "the file is nested too deeply to be a configuration")
            }
        }
    }

    private static func describe(_ error: any Error, source: String) -> ConfigurationError {
        switch error {
        case YamlError.duplicatedKeysInMapping(let duplicates, let context):
            ConfigurationError(
                source: source,
                problems: duplicates.map {
                    ConfigurationProblem(
                        path: $0, message: "the key appears twice; keep one of them", line: context.mark.line)
                })
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _):
            ConfigurationError(
                source: source,
                problems: [ConfigurationProblem(path: "", message: "not valid YAML: \(problem)", line: mark.line)])
        case YamlError.reader(let problem, _, _, _):
            ConfigurationError(source: source, message: "not valid YAML: \(problem)")
        default:
            ConfigurationError(source: source, message: "not valid YAML: \(error)")
        }
    }

    private mutating func convert(
        _ node: Node, path: String, depth: Int
    ) throws(ConfigurationError) -> ConfigurationNode {
        try count(depth: depth)
        let line = node.mark?.line
        switch node {
        case .scalar(let scalar): return ConfigurationNode(Self.scalar(scalar, node), line: line)
        case .sequence(let sequence):
            var elements: [ConfigurationNode] = []
            for element in sequence { elements.append(try convert(element, path: path, depth: depth + 1)) }
            return ConfigurationNode(.sequence(elements), line: line)
        case .mapping(let mapping):
            var members: [ConfigurationNode.Member] = []
            for (key, value) in mapping {
                guard let written = key.scalar?.string else {
                    throw ConfigurationError(
                        source: source,
                        problems: [ConfigurationProblem(path: path, message: "keys must be strings", line: line)])
                }
                let name = YAMLDocuments.key(written)
                let child = path.isEmpty ? name : "\(path).\(name)"
                var member = try convert(value, path: child, depth: depth + 1)
                member.line = key.mark?.line ?? member.line
                members.append(.init(key: name, value: member))
            }
            return ConfigurationNode(.mapping(members), line: line)
        case .alias:
            throw ConfigurationError(
                source: source,
                problems: [ConfigurationProblem(path: path, message: "the alias has no anchor", line: line)])
        }
    }

    private static func scalar(_ scalar: Node.Scalar, _ node: Node) -> ConfigurationNode.Content {
        let text = scalar.string
        switch node.tag.rawValue {
        case Tag.Name.null.rawValue: return .null
        case Tag.Name.bool.rawValue: return node.bool.map { .bool($0) } ?? .string(text)
        case Tag.Name.int.rawValue:
            if let number = Int64(text) ?? node.int.map({ Int64($0) }) { return .integer(number) }
            return node.float.map { .double($0) } ?? .string(text)
        case Tag.Name.float.rawValue: return node.float.map { .double($0) } ?? .string(text)
        default: return .string(text)
        }
    }

    /// Bounds what aliases can blow up.
    private mutating func count(depth: Int) throws(ConfigurationError) {
        nodes += 1
        guard nodes <= Self.maximumNodes, depth <= Self.maximumDepth else {
            throw ConfigurationError(
                source: source, message: "the file is too large or nested too deeply to be a configuration")
        }
    }
}
