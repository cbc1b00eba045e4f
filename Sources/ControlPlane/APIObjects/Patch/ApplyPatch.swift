import JSONStream
import KubeSchema
import YAMLStream

/// Server-side apply: the body is all that its manager wants to say of the object.
package struct ApplyPatch: Sendable {
    private let config: JSONValue
    private let fields: FieldPaths
    private let definition: ResourceDefinition
    private let manager: String
    private let force: Bool

    init(_ body: [UInt8], _ definition: ResourceDefinition, manager: String, force: Bool) throws {
        let value: JSONValue
        do {
            value = try (try? JSONValue(parsing: body)) ?? YAMLDocument(parsing: body).value
        } catch {
            throw StatusError.badRequest("error decoding YAML: \(error)")
        }
        guard case .object = value else { throw StatusError.badRequest("error decoding YAML: the body is no object") }
        guard value.text("apiVersion") == definition.apiVersion else {
            throw StatusError.badRequest(
                "Incorrect version specified in apply patch. Specified patch version: \(value.text("apiVersion")), "
                    + "expected: \(definition.apiVersion)")
        }
        guard value["metadata"]?["managedFields"] == nil else {
            throw StatusError.badRequest("metadata.managedFields must be nil")
        }
        try Self.checkType(value, definition)
        config = value
        fields = FieldPaths(of: value, definition.schema)
        self.definition = definition
        self.manager = manager
        self.force = force
    }

    /// What is applied must be of the schema in every field, however the client wants fields validated: nobody can own
    /// what the schema does not know.
    private static func checkType(_ value: JSONValue, _ definition: ResourceDefinition) throws {
        let name = value["metadata"]?.text("name") ?? ""
        let namespace = value["metadata"]?.text("namespace") ?? ""
        let failed =
            "failed to create typed patch object (\(namespace)/\(name); "
            + "\(definition.apiVersion), Kind=\(value.text("kind")))"
        guard value.text("kind") == definition.kind else {
            throw StatusError.unclassified("\(failed): the kind must be \(definition.kind)")
        }
        var reader = SchemaReader()
        do {
            _ = try reader.read(value, as: definition.schema)
        } catch {
            throw StatusError.unclassified("\(failed): \(error.message)")
        }
        let unknown = reader.unknownFields.map { ".\($0): field not declared in schema" }
        guard unknown.isEmpty else {
            let list = unknown.count == 1 ? unknown[0] : "errors:\n  " + unknown.joined(separator: "\n  ")
            throw StatusError.unclassified("\(failed): \(list)")
        }
        try KeyedLists.check(value, definition.schema)
    }

    /// The object with the configuration in it, and without what the manager no longer mentions.
    func merged(into current: JSONValue?, _ target: ObjectPath) throws -> JSONValue {
        guard let current else {
            return config
        }
        try RequestWork.check()
        let others = managed(current).managers.filter { !$0.isSame(as: manager, "Apply", target.subresource) }
        let object = merge(config, into: current, definition.schema)
        if !force { try checkConflicts(others, current, object) }
        let previous = ManagedFields(current).managers.first { $0.isSame(as: manager, "Apply", target.subresource) }
        let dropped = (previous?.fields.paths ?? []).subtracting(fields.paths)
        guard !dropped.isEmpty else { return object }
        return FieldWalk(schema: definition.schema).removing(dropped.subtracting(Self.held(by: others)), from: object)
    }

    /// What managers own, and the items of lists in which they own something.
    private static func held(by managers: [ManagedFields.Manager]) -> Set<FieldPaths.Path> {
        var held: Set<FieldPaths.Path> = []
        for path in managers.lazy.flatMap(\.fields.paths) {
            held.insert(path)
            for (index, step) in path.enumerated() where step.hasPrefix("k:") { held.insert(Array(path[...index])) }
        }
        return held
    }

    private func managed(_ current: JSONValue) -> ManagedFields {
        var managed = ManagedFields(current)
        if managed.managers.isEmpty {
            managed.add(
                FieldPaths(of: current, definition.schema).paths, "before-first-apply", "Update", definition.apiVersion)
        }
        return managed
    }

    /// For each manager, what it owns that the merged object has another value for.
    private func conflicts(
        _ others: [ManagedFields.Manager], _ current: JSONValue, _ merged: JSONValue
    ) -> [[FieldPaths.Path]] {
        // An item of a list is shared; its fields are what may differ.
        let shared = others.map { other in
            fields.shared(with: other.fields).filter { $0.last?.hasPrefix("k:") != true }
        }
        let walk = FieldWalk(schema: definition.schema)
        let paths = Set(shared.joined())
        guard !paths.isEmpty else { return shared }
        let (wanted, present) = (walk.values(at: paths, in: merged), walk.values(at: paths, in: current))
        return shared.map { paths in
            paths.filter { !(wanted[$0] ?? .null).agrees(with: present[$0] ?? .null) }.sorted(by: FieldPaths.precedes)
        }
    }

    private func checkConflicts(
        _ others: [ManagedFields.Manager], _ current: JSONValue, _ merged: JSONValue
    ) throws {
        let found = zip(others, conflicts(others, current, merged)).map { other, paths in
            (manager: other.description, paths: paths.map(FieldPaths.display))
        }.filter { !$0.paths.isEmpty }
        let causes = found.flatMap { manager, paths in
            paths.map {
                StatusError.Cause(reason: "FieldManagerConflict", message: "conflict with \(manager)", field: $0)
            }
        }
        guard let first = causes.first else { return }
        let list = found.sorted { $0.manager < $1.manager }.map { manager, paths in
            "conflicts with \(manager):\n" + paths.map { "- \($0)" }.joined(separator: "\n")
        }
        throw StatusError(
            code: 409, reason: "Conflict",
            message: causes.count == 1
                ? "Apply failed with 1 conflict: \(first.message): \(first.field)"
                : "Apply failed with \(causes.count) conflicts: \(list.joined(separator: "\n"))",
            details: StatusError.Details(causes: causes))
    }

    private func merge(_ config: JSONValue, into live: JSONValue?, _ schema: StructSchema) -> JSONValue {
        var result = live?.objectValue ?? [:]
        for (name, value) in config.objectValue ?? [:] {
            guard let field = schema[name] else {
                result[name] = value
                continue
            }
            result[name] = merge(value, into: result[name], field)
        }
        return .object(result)
    }

    private func merge(_ value: JSONValue, into live: JSONValue?, _ field: Field) -> JSONValue {
        switch (value, field.type) {
        case (.object, .object(let schema)) where !field.isAtomic:
            return merge(value, into: live, schema)
        case (.object(let members), .map) where !field.isAtomic:
            return .object((live?.objectValue ?? [:]).merging(members))
        case (.array(let items), .array(let element)):
            var result = live?.arrayValue ?? []
            switch (field.listKind, element) {
            case (.map(let keys), .object(let schema)):
                var places: [String: Int] = [:]
                for (index, item) in result.enumerated().reversed() {
                    places[FieldPaths.step(item, keys, schema)] = index
                }
                for item in items {
                    let step = FieldPaths.step(item, keys, schema)
                    if let index = places[step] {
                        result[index] = merge(item, into: result[index], schema)
                    } else {
                        places[step] = result.count
                        result.append(item)
                    }
                }
                return .array(result)
            case (.set, _):
                var present = Set(result)
                for item in items where present.insert(item).inserted { result.append(item) }
                return .array(result)
            default:
                return value
            }
        default:
            return value
        }
    }

    /// The manager owns what it applied; with force, others lose what they disagreed on.
    func recordManager(_ object: inout JSONValue, from current: JSONValue?, _ target: ObjectPath) {
        var managed = current.map { self.managed($0) } ?? ManagedFields([:])
        if let current {
            let merged = merge(config, into: current, definition.schema)
            let lost = conflicts(managed.managers, current, merged)
            for (index, paths) in lost.enumerated()
            where !managed.managers[index].isSame(as: manager, "Apply", target.subresource) {
                managed.managers[index].fields.subtract(Set(paths))
            }
        }
        let previous = managed.managers.firstIndex { $0.isSame(as: manager, "Apply", target.subresource) }
        if let previous {
            guard managed.managers[previous].fields != fields else {
                managed.write(to: &object)
                return
            }
            managed.managers.remove(at: previous)
        }
        managed.add(fields.paths, manager, "Apply", definition.apiVersion, target.subresource)
        managed.write(to: &object)
    }
}
