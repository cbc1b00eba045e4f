public import JSONStream

/// The findings of strict decoding in a body's text: unknown and duplicate fields, in the order of the document, each
/// once, and at most 100 (sigs.k8s.io/json, saveStrictError).
public struct StrictFields {
    public static let mostProblems = 100
    /// The maximum length of a problem's text, in characters; a name can be as long as the body.
    public static let longestProblem = 1024

    private var problems: [String] = []
    private var told: Set<String> = []

    /// - Parameter bytes: JSON that can be read.
    /// - Parameter schema: nil: all fields are known.
    public static func find(in bytes: [UInt8], _ schema: StructSchema?) -> [String] {
        var fields = StrictFields()
        let type = schema.map(SchemaType.object) ?? .any
        try? JSONReader.read(bytes) { reader in try fields.visit(&reader, type, nil) }
        return fields.problems
    }

    private mutating func tell(_ what: String, _ path: FieldPath) {
        guard problems.count < Self.mostProblems else { return }
        let problem = "\(what) field \"\(path.description.prefix(Self.longestProblem))\""
        if told.insert(problem).inserted { problems.append(problem) }
    }

    private mutating func visit(_ reader: inout JSONReader, _ type: SchemaType, _ path: FieldPath?) throws {
        switch try reader.peek() {
        case .object: try visitObject(&reader, type, path)
        case .array:
            let element: SchemaType =
                switch type {
                case .array(let element): element
                case .either(.list, let schema): .object(schema)
                default: .any
                }
            var index = 0
            try reader.array { reader in
                try visit(&reader, element, (path ?? FieldPath("")).index(index))
                index += 1
            }
        default: try reader.skip()
        }
    }

    private mutating func visitObject(_ reader: inout JSONReader, _ type: SchemaType, _ path: FieldPath?) throws {
        var seen: Set<String> = []
        try reader.object { key, reader in
            let name = key.string
            let inner = path?.child(name) ?? FieldPath(name)
            let member: SchemaType
            switch type {
            case .object(let schema), .either(_, let schema):
                if let field = schema[name] {
                    member = field.type
                } else if schema.keepsUnknown {
                    member = .any
                } else {
                    tell("unknown", inner)
                    return try reader.skip()
                }
            case .map(let element): member = element
            default: member = .any
            }
            if !seen.insert(name).inserted { tell("duplicate", inner) }
            try visit(&reader, member, inner)
        }
    }
}

extension JSONValue {
    /// With the members of all objects in the order of their names, as Go writes maps.
    public var sortedByName: JSONValue {
        switch self {
        case .object(let members):
            .object(
                JSONObject(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value.sortedByName) }))
        case .array(let items): .array(items.map(\.sortedByName))
        default: self
        }
    }
}
