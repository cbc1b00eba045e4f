import JSONStream
import KubeSchema

/// Walks through an object once, along the paths that ``FieldPaths`` has for its fields, entries and items.
struct FieldWalk {
    typealias Path = FieldPaths.Path

    let schema: StructSchema

    /// The values at these paths, of those that there are.
    func values(at wanted: Set<Path>, in object: JSONValue) -> [Path: JSONValue] {
        let walk = Walk(ends: wanted)
        var found: [Path: JSONValue] = [:]
        _ = walk.changed(object, schema, []) { path, value in
            if wanted.contains(path) { found[path] = value }
            return true
        }
        return found
    }

    /// The object without what is at these paths.
    func removing(_ removed: Set<Path>, from object: JSONValue) -> JSONValue {
        guard !removed.isEmpty else { return object }
        return Walk(ends: removed).changed(object, schema, []) { path, _ in !removed.contains(path) }
    }

    private struct Walk {
        /// What leads to an end, the ends included: nothing else is looked into.
        private let ways: Set<Path>

        init(ends: Set<Path>) {
            var ways = ends
            for path in ends {
                var way = path
                while !way.isEmpty {
                    way.removeLast()
                    guard ways.insert(way).inserted else { break }
                }
            }
            self.ways = ways
        }

        /// - Parameter keeps: is shown each value on a way, and says whether it stays.
        func changed(
            _ value: JSONValue, _ schema: StructSchema, _ path: Path, _ keeps: (Path, JSONValue) -> Bool
        ) -> JSONValue {
            guard case .object(let members) = value else { return value }
            return .object(
                JSONObject(
                    members.compactMap { name, member in
                        let way = path + ["f:\(name)"]
                        guard ways.contains(way) else { return (name, member) }
                        guard keeps(way, member) else { return nil }
                        return (name, schema[name].map { changed(member, $0, way, keeps) } ?? member)
                    }))
        }

        private func changed(
            _ value: JSONValue, _ field: Field, _ path: Path, _ keeps: (Path, JSONValue) -> Bool
        ) -> JSONValue {
            switch (value, field.type) {
            case (.object, .object(let schema)) where !field.isAtomic:
                return changed(value, schema, path, keeps)
            case (.object(let members), .map) where !field.isAtomic:
                return .object(
                    JSONObject(
                        members.filter { name, member in
                            let way = path + ["f:\(name)"]
                            return !ways.contains(way) || keeps(way, member)
                        }))
            case (.array(let items), .array(let element)):
                return .array(
                    items.compactMap { item in
                        guard let step = step(item, field, element) else { return item }
                        let way = path + [step]
                        guard ways.contains(way) else { return item }
                        guard keeps(way, item) else { return nil }
                        guard case .object(let schema) = element else { return item }
                        return changed(item, schema, way, keeps)
                    })
            default:
                return value
            }
        }

        /// Nil for an item that is not told apart from others.
        private func step(_ item: JSONValue, _ field: Field, _ element: SchemaType) -> String? {
            switch (field.listKind, element) {
            case (.map(let keys), .object(let schema)): FieldPaths.step(item, keys, schema)
            case (.set, _): FieldPaths.valueStep(item)
            default: nil
            }
        }
    }
}
