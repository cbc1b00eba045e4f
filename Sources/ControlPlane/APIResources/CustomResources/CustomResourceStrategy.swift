import APIObjects
import JSONStream
import KubeAPI
import KubeSchema

/// The rules of a custom kind in one version: those that its schema says.
struct CustomResourceStrategy: ResourceStrategy {
    let schema: StructuralSchema
    let hasStatus: Bool
    let columns: CustomColumns
    let fields: [String: JSONPath]

    var metadataRules: MetadataRules { MetadataRules(allowsAnyFinalizer: true, update: .change) }

    func applyDefaults(_ object: inout JSONValue) { schema.applyDefaults(&object) }

    func prepareForCreate(_ object: inout JSONValue, _ context: AdmissionContext) {
        if hasStatus { object["status"] = nil }
    }

    func prepareForUpdate(_ object: inout JSONValue, old: JSONValue, _ context: AdmissionContext) {
        if hasStatus { object["status"] = old["status"] }
    }

    func prepareForStatusUpdate(_ object: inout JSONValue, old: JSONValue) {
        let status = object["status"]
        var metadata = old["metadata"] ?? [:]
        for name in ["managedFields", "resourceVersion"] { metadata[name] = object["metadata"]?[name] }
        let (kind, version) = (object["kind"], object["apiVersion"])
        object = old
        object["kind"] = kind
        object["apiVersion"] = version
        object["metadata"] = metadata
        object["status"] = status
    }

    /// Without a status of its own, any change is one of what is wanted.
    func generationSource(_ object: JSONValue) -> JSONValue? {
        var members = object.objectValue ?? [:]
        for name in ["kind", "apiVersion", "metadata"] { members[name] = nil }
        if hasStatus { members["status"] = nil }
        return .object(members)
    }

    func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] { schema.validate(object) }

    func validateUpdate(_ object: JSONValue, old: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        schema.validate(object)
    }

    func validateStatusUpdate(_ object: JSONValue, old: JSONValue) -> [FieldError] { schema.validate(object) }

    var selectableFields: [String] { fields.keys.sorted() }

    func selectableField(_ label: String, of object: JSONValue) -> String? {
        guard let value = fields[label]?.first(in: object) else { return nil }
        return value.stringValue ?? String(decoding: value.serialized(), as: UTF8.self)
    }

    var table: TableDefinition { columns.table }
}

/// A simple path into an object: `.spec.ports[0].name`, `.status.conditions[?(@.type=="Ready")].status`,
/// `.metadata.annotations.example\.com/a`.
struct JSONPath: Sendable {
    private enum Step: Sendable {
        case member(String)
        case index(Int)
        case all
        case matching(String, String)
    }

    private let steps: [Step]

    /// Nil for a path that has anything else in it.
    init?(_ text: String) {
        var rest = text[...]
        var steps: [Step] = []
        if rest.first == "{", rest.last == "}" { rest = rest.dropFirst().dropLast() }
        while let first = rest.first {
            rest.removeFirst()
            switch first {
            case ".":
                var name = ""
                while let next = rest.first, next != ".", next != "[" {
                    rest.removeFirst()
                    if next == "\\", let escaped = rest.first {
                        name.append(escaped)
                        rest.removeFirst()
                    } else {
                        name.append(next)
                    }
                }
                guard !name.isEmpty else { return nil }
                steps.append(.member(name))
            case "[":
                guard let end = rest.firstIndex(of: "]"), let step = Self.step(String(rest[..<end])) else { return nil }
                steps.append(step)
                rest = rest[rest.index(after: end)...]
            default: return nil
            }
        }
        self.steps = steps
    }

    private static func step(_ text: String) -> Step? {
        if text == "*" { return .all }
        if let index = Int(text) { return .index(index) }
        let quotes: Set<Character> = ["'", "\""]
        if let first = text.first, quotes.contains(first), text.last == first, text.count > 1 {
            return .member(String(text.dropFirst().dropLast()))
        }
        guard text.hasPrefix("?(@."), text.hasSuffix(")") else { return nil }
        let parts = text.dropFirst(4).dropLast().replacing("==", with: "=").split(separator: "=", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        func bare(_ part: Substring) -> String { part.filter { !quotes.contains($0) && $0 != " " } }
        return .matching(bare(parts[0]), bare(parts[1]))
    }

    func first(in object: JSONValue) -> JSONValue? { values(in: object).first }

    func values(in object: JSONValue) -> [JSONValue] {
        steps.reduce([object]) { values, step in
            values.flatMap { value -> [JSONValue] in
                switch step {
                case .member(let name): return value[name].map { [$0] } ?? []
                case .index(let index):
                    let items = value.arrayValue ?? []
                    return items.indices.contains(index) ? [items[index]] : []
                case .all: return value.arrayValue ?? value.objectValue?.map(\.value) ?? []
                case .matching(let name, let text):
                    return (value.arrayValue ?? []).filter { $0[name]?.stringValue == text }
                }
            }
        }
    }
}

/// What `kubectl get` shows of a custom kind.
struct CustomColumns: Sendable {
    private struct Entry: Sendable {
        var column: TableDefinition.Column
        var path: JSONPath?
    }

    private let entries: [Entry]

    init(_ columns: [JSONValue]) {
        entries = columns.map { json in
            Entry(
                column: TableDefinition.Column(
                    name: json.text("name"), type: json.text("type"), format: json.text("format"),
                    description: json.text("description"), priority: Int(clamping: json.number("priority"))),
                path: JSONPath(json.text("jsonPath")))
        }
    }

    var table: TableDefinition {
        guard !entries.isEmpty else { return .named }
        let entries = entries
        return TableDefinition(columns: [.name] + entries.map(\.column)) { object, now in
            [TableDefinition.name(object)]
                + entries.map { entry in
                    guard let value = entry.path?.first(in: object), !value.isNull else { return .null }
                    return Self.cell(value, entry.column.type, now)
                }
        }
    }

    private static func cell(_ value: JSONValue, _ type: String, _ now: Timestamp) -> JSONValue {
        switch (type, value) {
        case ("date", .string(let text)): TableDefinition.since(text, now)
        case ("string", .string), ("integer", .integer), ("number", .integer), ("number", .double), ("boolean", .bool):
            value
        case ("integer", .double(let number)): .integer(Int64(exactly: number.rounded()) ?? 0)
        case ("string", _): .string(String(decoding: value.serialized(), as: UTF8.self))
        default: .null
        }
    }
}
