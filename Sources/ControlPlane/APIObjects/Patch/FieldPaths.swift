import JSONStream
import KubeSchema

/// A set of fields as managedFields keep it (FieldsV1). A path's steps are `f:NAME`, `k:{KEYS}` for an item of a keyed
/// list and `v:VALUE` for an item of a set.
package struct FieldPaths: Hashable, Sendable {
    package typealias Path = [String]

    package var paths: Set<Path> = []

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
            if let value = item[key] ?? schema[key]?.defaultValue { identity[key] = value }
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
        .object(Self.tree(paths.sorted { $0.lexicographicallyPrecedes($1) }[...], depth: 0))
    }

    /// The fields below one that all these paths lead through; paths that begin alike lie together.
    private static func tree(_ paths: ArraySlice<Path>, depth: Int) -> JSONObject {
        var node = JSONObject()
        var rest = paths
        while let step = rest.first?[depth] {
            let group = rest.prefix { $0[depth] == step }
            rest = rest[group.endIndex...]
            // The shortest comes first.
            let isOwned = group.first?.count == depth + 1
            let inner = tree(isOwned ? group.dropFirst() : group, depth: depth + 1)
            // What is owned itself and has fields that are owned too is marked; so is each item of a list.
            let isMarked = isOwned && (!inner.isEmpty || step.hasPrefix("k:"))
            let mark: JSONObject = isMarked ? [".": [:]] : [:]
            node[step] = .object(mark.merging(inner))
        }
        return node
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

    // MARK: Sets

    /// Takes paths out, in time proportional to the smaller of the two sets.
    mutating func subtract(_ others: Set<Path>) {
        if others.count < paths.count {
            for path in others { paths.remove(path) }
        } else {
            paths = paths.filter { !others.contains($0) }
        }
    }

    /// The paths that are in both, found in time proportional to the smaller set.
    func shared(with other: FieldPaths) -> [Path] {
        let (small, large) = paths.count < other.paths.count ? (paths, other.paths) : (other.paths, paths)
        return small.filter(large.contains)
    }

    /// Takes out what is at one of these paths or below.
    mutating func removeAll(at gone: Set<Path>) {
        guard !gone.isEmpty else { return }
        paths = paths.filter { path in
            !(1...max(1, path.count)).contains { gone.contains(Array(path.prefix($0))) }
        }
    }
}
