import JSONStream
import KubeSchema

/// The fields that a write set, as managedFields keep them (FieldsV1): those that are new or differ. What the empty
/// object of a kind has already is nobody's.
enum FieldChanges {
    private static let metadata = ["labels", "annotations", "finalizers", "ownerReferences", "generateName"]

    /// - Parameter counts: whether a member of the object, such as `spec`, is looked at.
    static func fieldsV1(
        _ new: JSONValue, from old: JSONValue, _ schema: StructSchema, counts: (String) -> Bool
    ) -> JSONValue {
        var fields: JSONValue.Object = [:]
        for field in schema.fields where counts(field.name) {
            guard !["kind", "apiVersion"].contains(field.name), let value = new[field.name] else { continue }
            if field.name == "metadata" {
                var inner: JSONValue.Object = [:]
                for name in metadata {
                    guard let value = value[name], let field = StructSchema.objectMeta[name] else { continue }
                    add(value, old["metadata"]?[name], field, &inner)
                }
                if !inner.isEmpty { fields["f:metadata"] = .object(inner) }
            } else {
                add(value, old[field.name], field, &fields)
            }
        }
        fields.sort { $0.key < $1.key }
        return .object(fields)
    }

    private static func add(
        _ new: JSONValue, _ old: JSONValue?, _ field: Field, _ fields: inout JSONValue.Object
    ) {
        if let changes = changes(new, old, field) { fields["f:\(field.name)"] = .object(changes) }
    }

    /// Nil if nothing differs; empty for a field that is set as a whole.
    private static func changes(_ new: JSONValue, _ old: JSONValue?, _ field: Field) -> JSONValue.Object? {
        guard new != old else { return nil }
        var inner: JSONValue.Object = [:]
        switch (new, field.type) {
        case (.object(let members), .object(let schema)) where !field.isAtomic && !members.isEmpty:
            if old == nil { inner["."] = [:] }
            for (name, member) in members {
                if let field = schema[name] { add(member, old?[name], field, &inner) }
            }
        case (.object(let members), .map) where !field.isAtomic && !members.isEmpty:
            if old == nil { inner["."] = [:] }
            for (name, member) in members where old?[name] != member { inner["f:\(name)"] = [:] }
        case (.array(let items), .array(let element)) where field.listKind != .atomic && !items.isEmpty:
            if old == nil { inner["."] = [:] }
            list(items, old?.arrayValue ?? [], field, element, &inner)
        default:
            return [:]
        }
        inner.sort { $0.key < $1.key }
        return inner.isEmpty ? nil : inner
    }

    private static func list(
        _ items: [JSONValue], _ old: [JSONValue], _ field: Field, _ element: SchemaType,
        _ fields: inout JSONValue.Object
    ) {
        guard case .map(let keys) = field.listKind, case .object(let schema) = element else {
            let present = Set(old)
            for item in items where !present.contains(item) { fields[FieldPaths.valueStep(item)] = [:] }
            return
        }
        let present = Dictionary(
            old.map { (FieldPaths.step($0, keys, schema), $0) }, uniquingKeysWith: { first, _ in first })
        for item in items {
            let step = FieldPaths.step(item, keys, schema)
            let before = present[step]
            guard item != before else { continue }
            var inner: JSONValue.Object = before == nil ? [".": [:]] : [:]
            for (name, member) in item.objectValue ?? [:] {
                if let field = schema[name] { add(member, before?[name], field, &inner) }
            }
            inner.sort { $0.key < $1.key }
            if !inner.isEmpty { fields[step] = .object(inner) }
        }
    }
}
