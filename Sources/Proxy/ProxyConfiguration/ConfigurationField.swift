import JSONStream

/// Collects what is wrong while a file is decoded.
struct ConfigurationProblems {
    /// Whether unknown and duplicate fields are errors.
    var isStrict = true
    private(set) var all: [ConfigurationProblem] = []
    /// What is wrong and does not keep the rest from being used.
    private(set) var warnings: [ConfigurationProblem] = []

    mutating func add(_ path: String, _ message: String, line: Int? = nil) {
        all.append(ConfigurationProblem(path: path, message: message, line: line))
    }

    /// A part of the file that a lenient reader leaves out.
    ///
    /// - Parameters:
    ///   - remedy: how to mend it.
    ///   - outcome: what happens where it is let pass.
    mutating func addIgnored(_ path: String, _ message: String, remedy: String, outcome: String, line: Int?) {
        if isStrict {
            add(path, "\(message); \(remedy)", line: line)
        } else {
            warnings.append(ConfigurationProblem(path: path, message: "\(message); \(outcome); \(remedy)", line: line))
        }
    }
}

/// How one field of a configuration object is read from and written to a file.
struct ConfigurationField<Root> {
    let name: String
    /// Takes the value over, or adds a problem and leaves the default.
    let decode: (inout Root, ConfigurationNode, String, inout ConfigurationProblems) -> Void
    /// Nil: it is not written.
    let encode: (Root) -> JSONValue?

    /// The same field, written only where this holds: upstream does not know it.
    func written(where isWritten: @escaping (Root) -> Bool) -> Self {
        Self(name: name, decode: decode) { isWritten($0) ? encode($0) : nil }
    }

    /// A field whose value is made by `read`, which returns nil after adding a problem; null leaves the default.
    private static func make<Value>(
        _ name: String, _ path: WritableKeyPath<Root, Value>, expected: String,
        read: @escaping (ConfigurationNode) -> Value?, encode: @escaping (Value) -> JSONValue
    ) -> Self {
        Self(name: name) { root, node, field, problems in
            guard node.content != .null else { return }
            if let value = read(node) {
                root[keyPath: path] = value
            } else {
                problems.add(field, "must be \(expected), not \(node.text)", line: node.line)
            }
        } encode: {
            encode($0[keyPath: path])
        }
    }

    /// A field that is only written.
    static func constant(_ name: String, _ value: String) -> Self {
        Self(name: name, decode: { _, _, _, _ in }, encode: { _ in .string(value) })
    }

    static func string(_ name: String, _ path: WritableKeyPath<Root, String>) -> Self {
        make(name, path, expected: "a string (put it in quotes)", read: \.string) { .string($0) }
    }

    static func bool(_ name: String, _ path: WritableKeyPath<Root, Bool>) -> Self {
        make(name, path, expected: "true or false") {
            if case .bool(let value) = $0.content { value } else { nil }
        } encode: {
            .bool($0)
        }
    }

    static func int32(_ name: String, _ path: WritableKeyPath<Root, Int32>) -> Self {
        make(name, path, expected: "an integer of 32 bits") {
            if case .integer(let value) = $0.content { Int32(exactly: value) } else { nil }
        } encode: {
            .integer(Int64($0))
        }
    }

    static func number(_ name: String, _ path: WritableKeyPath<Root, Double>) -> Self {
        make(name, path, expected: "a number") {
            switch $0.content {
            case .integer(let value): Double(value)
            case .double(let value) where value.isFinite && value.magnitude <= Double(Float.greatestFiniteMagnitude):
                value
            default: nil
            }
        } encode: {
            Int64(exactly: $0).map { .integer($0) } ?? .double($0)
        }
    }

    static func duration(_ name: String, _ path: WritableKeyPath<Root, Duration>) -> Self {
        make(name, path, expected: "a duration such as 30s, 1m30s or 100ms") {
            $0.string.flatMap { GoDuration.parse($0) }
        } encode: {
            .string(GoDuration.format($0))
        }
    }

    /// `logging.flushFrequency`: a duration, or nanoseconds as an integer (component-base TimeOrMetaDuration).
    static func durationOrNanoseconds(_ name: String, _ path: WritableKeyPath<Root, Duration>) -> Self {
        make(name, path, expected: "a duration such as 5s, or an integer of nanoseconds") {
            if case .integer(let value) = $0.content { return .nanoseconds(value) }
            return $0.string.flatMap { GoDuration.parse($0) }
        } encode: {
            .string(GoDuration.format($0))
        }
    }

    /// A resource quantity, kept as text; a number is as good as its text.
    static func quantity(_ name: String, _ path: WritableKeyPath<Root, String>) -> Self {
        make(name, path, expected: "a quantity such as \"0\" or \"512Ki\"") {
            if case .integer(let value) = $0.content { return String(value) }
            return $0.string
        } encode: {
            .string($0)
        }
    }

    static func strings(_ name: String, _ path: WritableKeyPath<Root, [String]>) -> Self {
        make(name, path, expected: "a list of strings") { node in
            guard case .sequence(let elements) = node.content else { return nil }
            let strings = elements.compactMap(\.string)
            return strings.count == elements.count ? strings : nil
        } encode: {
            $0.isEmpty ? .null : .array($0.map { .string($0) })
        }
    }

    static func bools(_ name: String, _ path: WritableKeyPath<Root, [String: Bool]>) -> Self {
        make(name, path, expected: "an object of names with true or false") { node in
            guard case .mapping(let members) = node.content else { return nil }
            var values: [String: Bool] = [:]
            for member in members {
                guard case .bool(let value) = member.value.content else { return nil }
                values[member.key] = value
            }
            return values
        } encode: { values in
            var object = JSONValue.null
            for (name, value) in values.sorted(by: { $0.key < $1.key }) { object[name] = .bool(value) }
            return object
        }
    }

    static func object<Value>(
        _ name: String, _ path: WritableKeyPath<Root, Value>, _ fields: [ConfigurationField<Value>]
    ) -> Self {
        Self(name: name) { root, node, field, problems in
            fields.decode(&root[keyPath: path], node, at: field, problems: &problems)
        } encode: {
            fields.encode($0[keyPath: path])
        }
    }

    /// A list of objects, each starting from `empty`.
    static func objects<Value>(
        _ name: String, _ path: WritableKeyPath<Root, [Value]>, empty: Value, _ fields: [ConfigurationField<Value>]
    ) -> Self {
        Self(name: name) { root, node, field, problems in
            guard node.content != .null else { return }
            guard case .sequence(let elements) = node.content else {
                problems.add(field, "must be a list, not \(node.text)", line: node.line)
                return
            }
            root[keyPath: path] = elements.enumerated().map { index, element in
                var value = empty
                fields.decode(&value, element, at: "\(field)[\(index)]", problems: &problems)
                return value
            }
        } encode: { root in
            root[keyPath: path].isEmpty ? .null : .array(root[keyPath: path].map { fields.encode($0) })
        }
    }
}

extension Array {
    /// Decodes an object. A field that is not in this list is a problem, or a warning; of one that is there twice the
    /// last counts, with a warning.
    func decode<Root>(
        _ root: inout Root, _ node: ConfigurationNode, at path: String, problems: inout ConfigurationProblems
    ) where Element == ConfigurationField<Root> {
        guard node.content != .null else { return }
        guard case .mapping(let members) = node.content else {
            problems.add(path, "must be an object, not \(node.text)", line: node.line)
            return
        }
        let last = Dictionary(members.enumerated().map { ($0.element.key, $0.offset) }) { $1 }
        for (index, member) in members.enumerated() {
            let field = path.isEmpty ? member.key : "\(path).\(member.key)"
            if last[member.key] != index {
                problems.addIgnored(
                    field, "the key appears twice", remedy: "keep one of them", outcome: "the last one counts",
                    line: member.value.line)
                continue
            }
            guard let known = first(where: { $0.name == member.key }) else {
                let near = SpellingSuggestion.nearest(to: member.key, among: map(\.name))
                let hint = near.map { "did you mean \"\($0)\"?" } ?? "remove it"
                problems.addIgnored(
                    field, "unknown field \"\(member.key)\"", remedy: hint, outcome: "it is ignored",
                    line: member.value.line)
                continue
            }
            known.decode(&root, member.value, field, &problems)
        }
    }

    /// All fields, sorted by name as upstream writes them.
    func encode<Root>(_ root: Root) -> JSONValue where Element == ConfigurationField<Root> {
        var object = JSONValue.null
        for field in sorted(by: { $0.name < $1.name }) {
            if let value = field.encode(root) { object[field.name] = value }
        }
        return object
    }
}

extension ConfigurationNode {
    var string: String? {
        if case .string(let text) = content { text } else { nil }
    }

    /// The value as a message shows it.
    var text: String {
        switch content {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .double(let value): "\(value)"
        case .string(let value): "\"\(value.prefix(100))\""
        case .sequence: "a list"
        case .mapping: "an object"
        }
    }
}
