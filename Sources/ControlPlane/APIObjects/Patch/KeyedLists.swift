import JSONStream
import KubeSchema

/// What server-side apply asks of lists whose items are told apart by keys.
enum KeyedLists {
    static func check(_ value: JSONValue, _ schema: StructSchema, path: FieldPaths.Path = []) throws {
        for (name, member) in value.objectValue ?? [:] {
            guard let field = schema[name] else { continue }
            try check(member, field, path: path + ["f:\(name)"])
        }
    }

    private static func check(_ value: JSONValue, _ field: Field, path: FieldPaths.Path) throws {
        switch (value, field.type, field.listKind) {
        case (.object, .object(let schema), _):
            try check(value, schema, path: path)
        case (.array(let items), .array(.object(let schema)), .map(let keys)):
            var seen: Set<String> = []
            for item in items {
                try checkKeys(item, keys, schema, path: path)
                let step = FieldPaths.step(item, keys, schema)
                guard seen.insert(step).inserted else {
                    throw failure(
                        "\(FieldPaths.display(path)): duplicate entries for key \(FieldPaths.display([step]))")
                }
                try check(item, schema, path: path + [step])
            }
        default:
            return
        }
    }

    private static func checkKeys(
        _ item: JSONValue, _ keys: [String], _ schema: StructSchema, path: FieldPaths.Path
    ) throws {
        for key in keys where item[key] == nil && schema[key]?.defaultValue == nil {
            throw failure(
                "\(FieldPaths.display(path)): associative list with keys has an element that omits key field \"\(key)\" "
                    + "(and doesn't have default value)")
        }
    }

    private static func failure(_ problem: String) -> StatusError {
        .unclassified("failed to create typed patch object: \(problem)")
    }
}
