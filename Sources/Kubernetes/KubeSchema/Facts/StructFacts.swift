import JSONStream

/// A type in the text of facts.
struct StructFacts: Sendable {
    let reader: FactsReader
    let head: Range<Int>
    let fields: Range<Int>

    struct Head {
        var groupVersionKind: GroupVersionKind?
        var isAtomic = false
        var hasKind = false
        var description = ""
    }

    func readHead() -> Head {
        let columns = reader.columns(head).map { reader.string($0) }
        var head = Head()
        guard columns.count == 4 else { return head }
        let parts = columns[1].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 3 { head.groupVersionKind = GroupVersionKind(parts[0], parts[1], parts[2]) }
        head.isAtomic = columns[2].contains("A")
        head.hasKind = columns[2].contains("k")
        head.description = columns[3]
        return head
    }

    /// The fields in their order, those of inlined structs among them, and the inlined structs by their number.
    func readFields() -> (fields: [Field], inlined: [(number: Int32, schema: StructSchema)]) {
        var fields: [Field] = []
        var inlined: [(number: Int32, schema: StructSchema)] = []
        if readHead().hasKind { fields += StructSchema.typeMeta }
        for line in reader.lines(self.fields) {
            let columns = reader.columns(line)
            guard columns.count == 6, let number = Int32(reader.string(columns[2])) else { continue }
            let type = Self.type(reader.string(columns[3]))
            let options = reader.string(columns[4]).split(separator: " ")
            if options.contains("i"), case .object(let inner) = type {
                inlined.append((number, inner))
                fields += inner.fields.map { Field($0, inlinedAs: number) }
                continue
            }
            fields.append(
                Field(
                    reader.string(columns[1]), type, Self.presence(options.first), options: options, number: number,
                    description: columns[5], in: reader))
        }
        return (fields, inlined)
    }

    private static func presence(_ letter: Substring?) -> Field.Presence {
        switch letter {
        case "p": .pointer
        case "a": .always
        case "n": .nullable
        default: .omitEmpty
        }
    }

    private static func type(_ text: String) -> SchemaType {
        switch text.first {
        case "[": return .array(type(String(text.dropFirst())))
        case "{": return .map(type(String(text.dropFirst())))
        default: break
        }
        if let bar = text.firstIndex(of: "|") {
            let schema = KubeSchema[String(text[text.index(after: bar)...])]
            switch text[..<bar] {
            case "bool": return .either(.bool, schema)
            case "list": return .either(.list, schema)
            default: return .either(.strings, schema)
            }
        }
        return words[text] ?? .object(KubeSchema[text])
    }

    private static let words: [String: SchemaType] = [
        "string": .string, "bool": .bool, "int32": .int32, "int64": .int64, "double": .double, "bytes": .bytes,
        "quantity": .quantity, "intOrString": .intOrString, "time": .time, "microTime": .microTime, "any": .any,
        "strings": .stringList, "duration": .string,
    ]
}
