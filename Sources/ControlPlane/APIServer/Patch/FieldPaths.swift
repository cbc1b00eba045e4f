import JSONStream

/// A set of fields as managedFields keep it (FieldsV1). A path's steps are `f:NAME`, `k:{KEYS}` for an item of a keyed
/// list and `v:VALUE` for an item of a set.
struct FieldPaths: Hashable, Sendable {
    typealias Path = [String]

    var paths: Set<Path> = []

    init(paths: Set<Path> = []) { self.paths = paths }

    /// The fields that an object sets, as its schema groups them. Kind, apiVersion and the identity are nobody's.
    init(of object: JSONValue, _ schema: StructSchema) {
        for field in schema.fields {
            guard !["kind", "apiVersion"].contains(field.name), let value = object[field.name] else { continue }
            if field.name == "metadata" {
                for name in ["labels", "annotations", "finalizers", "ownerReferences"] {
                    guard let value = value[name], let field = StructSchema.objectMeta[name] else { continue }
                    add(value, field, ["f:metadata"])
                }
            } else {
                add(value, field, [])
            }
        }
    }

    private mutating func add(_ value: JSONValue, _ field: Field, _ parent: Path) {
        add(value, field.type, field, parent + ["f:\(field.name)"])
    }

    private mutating func add(_ value: JSONValue, _ type: SchemaType, _ field: Field, _ path: Path) {
        switch (value, type) {
        case (.object(let members), .object(let schema)) where !field.isAtomic:
            if members.isEmpty { paths.insert(path) }
            for (name, member) in members {
                if let inner = schema[name] { add(member, inner, path) }
            }
        case (.object(let members), .map) where !field.isAtomic:
            if members.isEmpty { paths.insert(path) }
            for name in members.keys { paths.insert(path + ["f:\(name)"]) }
        case (.array(let items), .array(let element)):
            switch (field.listKind, element) {
            case (.map(let keys), .object(let schema)):
                if items.isEmpty { paths.insert(path) }
                for item in items {
                    let inner = path + [Self.step(item, keys, schema)]
                    paths.insert(inner)
                    for (name, member) in item.objectValue ?? [:] {
                        if let field = schema[name] { add(member, field, inner) }
                    }
                }
            case (.set, _):
                if items.isEmpty { paths.insert(path) }
                for item in items { paths.insert(path + [Self.valueStep(item)]) }
            default:
                paths.insert(path)
            }
        default:
            paths.insert(path)
        }
    }

    static func step(_ item: JSONValue, _ keys: [String], _ schema: StructSchema) -> String {
        var identity: JSONValue.Object = [:]
        for key in keys.sorted() {
            if let value = item[key] ?? schema[key]?.defaultText.map({ .string($0) }) { identity[key] = value }
        }
        return "k:\(text(.object(identity)))"
    }

    static func valueStep(_ item: JSONValue) -> String { "v:\(text(item))" }

    private static func text(_ value: JSONValue) -> String { String(decoding: value.serialized(), as: UTF8.self) }

    /// The order in which upstream tells fields: those of an object or list before what is inside of them.
    static func precedes(_ left: Path, _ right: Path) -> Bool {
        guard let place = zip(left, right).enumerated().first(where: { $1.0 != $1.1 })?.offset else {
            return left.count < right.count
        }
        let (endsLeft, endsRight) = (place == left.count - 1, place == right.count - 1)
        return endsLeft == endsRight ? left[place] < right[place] : endsLeft
    }

    // MARK: FieldsV1

    init(fieldsV1 json: JSONValue) { read(json, []) }

    private mutating func read(_ json: JSONValue, _ path: Path) {
        guard case .object(let members) = json, !members.isEmpty else {
            if !path.isEmpty { paths.insert(path) }
            return
        }
        for (name, member) in members {
            if name == "." { paths.insert(path) } else { read(member, path + [name]) }
        }
    }

    var fieldsV1: JSONValue {
        var root: JSONValue = [:]
        for path in paths.sorted(by: { $0.lexicographicallyPrecedes($1) }) { Self.insert(path[...], into: &root) }
        return root
    }

    private static func insert(_ path: ArraySlice<String>, into node: inout JSONValue) {
        guard let step = path.first else { return }
        var child = node[step] ?? [:]
        let isItem = step.hasPrefix("k:")
        if path.count == 1 {
            // An item that has fields of its own is marked as owned itself.
            if isItem { child["."] = [:] }
        } else {
            // What is owned itself and has fields that are owned too.
            if node[step] == [:] { child["."] = [:] }
            insert(path.dropFirst(), into: &child)
        }
        node[step] = child
    }

    /// As people write it: `.spec.ports[port=80,protocol="TCP"].name`.
    static func display(_ path: Path) -> String {
        path.map { step in
            let rest = String(step.dropFirst(2))
            switch step.prefix(2) {
            case "k:":
                let keys = (try? JSONValue(parsing: Array(rest.utf8)))?.objectValue ?? [:]
                return "[" + keys.map { "\($0.key)=\(text($0.value))" }.joined(separator: ",") + "]"
            case "v:": return "[=\(rest)]"
            default: return ".\(rest)"
            }
        }.joined()
    }

    /// The value that a path leads to in an object, nil if there is none.
    static func value(at path: ArraySlice<String>, in value: JSONValue) -> JSONValue? {
        guard let step = path.first else { return value }
        guard let index = locate(step, in: value) else { return nil }
        switch (index, value) {
        case (.member(let name), .object(let members)):
            return members[name].flatMap { self.value(at: path.dropFirst(), in: $0) }
        case (.item(let index), .array(let items)): return self.value(at: path.dropFirst(), in: items[index])
        default: return nil
        }
    }

    /// Removes what a path leads to.
    static func remove(_ path: ArraySlice<String>, from value: inout JSONValue) {
        guard let step = path.first, let index = locate(step, in: value) else { return }
        switch (index, value) {
        case (.member(let name), .object(var members)):
            if path.count == 1 {
                members[name] = nil
            } else if var member = members[name] {
                remove(path.dropFirst(), from: &member)
                members[name] = member
            }
            value = .object(members)
        case (.item(let index), .array(var items)):
            if path.count == 1 { items.remove(at: index) } else { remove(path.dropFirst(), from: &items[index]) }
            value = .array(items)
        default:
            return
        }
    }

    private enum Index {
        case member(String)
        case item(Int)
    }

    private static func locate(_ step: String, in value: JSONValue) -> Index? {
        let rest = String(step.dropFirst(2))
        switch (step.prefix(2), value) {
        case ("f:", .object(let members)):
            return members[rest] == nil ? nil : .member(rest)
        case ("k:", .array(let items)):
            let keys = (try? JSONValue(parsing: Array(rest.utf8)))?.objectValue ?? [:]
            return items.firstIndex { item in keys.allSatisfy { (item[$0.key] ?? "TCP") == $0.value } }.map(Index.item)
        case ("v:", .array(let items)):
            return items.firstIndex { text($0) == rest }.map(Index.item)
        default:
            return nil
        }
    }
}
