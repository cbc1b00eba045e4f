import JSONStream
import YAMLStream

/// Server-side apply: the body is all that its manager wants to say of the object.
struct ApplyPatch: Sendable {
    private let config: JSONValue
    private let fields: FieldPaths
    private let definition: ResourceDefinition
    private let manager: String
    private let force: Bool

    init(_ body: [UInt8], _ definition: ResourceDefinition, _ options: RequestOptions) throws {
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
        manager = options.fieldManager
        force = options.force ?? false
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
    func merged(into current: JSONValue?, _ target: RequestTarget.Resource) throws -> JSONValue {
        guard let current else {
            return config
        }
        let others = managed(current).managers.filter { !$0.isSame(as: manager, "Apply", target.subresource) }
        if !force { try checkConflicts(others, current) }
        var object = merge(config, into: current, definition.schema)
        let previous = ManagedFields(current).managers.first { $0.isSame(as: manager, "Apply", target.subresource) }
        let dropped = (previous?.fields.paths ?? []).subtracting(fields.paths)
        for path in dropped.sorted(by: { $0.count < $1.count }) {
            let isShared = others.contains { other in
                other.fields.paths.contains(path)
                    || (path.last?.hasPrefix("k:") == true && other.fields.paths.contains { $0.starts(with: path) })
            }
            if !isShared { FieldPaths.remove(path[...], from: &object) }
        }
        return object
    }

    private func managed(_ current: JSONValue) -> ManagedFields {
        var managed = ManagedFields(current)
        if managed.managers.isEmpty {
            managed.add(
                FieldPaths(of: current, definition.schema).paths, "before-first-apply", "Update", definition.apiVersion)
        }
        return managed
    }

    private func conflicts(_ other: ManagedFields.Manager, _ current: JSONValue) -> [FieldPaths.Path] {
        let merged = merge(config, into: current, definition.schema)
        return fields.paths.intersection(other.fields.paths).filter { path in
            // An item of a list is shared; its fields are what may differ.
            guard path.last?.hasPrefix("k:") != true else { return false }
            let wanted = FieldPaths.value(at: path[...], in: merged) ?? .null
            return !wanted.agrees(with: FieldPaths.value(at: path[...], in: current) ?? .null)
        }.sorted(by: FieldPaths.precedes)
    }

    private func checkConflicts(_ others: [ManagedFields.Manager], _ current: JSONValue) throws {
        let found = others.map { (manager: $0.description, paths: conflicts($0, current).map(FieldPaths.display)) }
            .filter { !$0.paths.isEmpty }
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
                for item in items {
                    let step = FieldPaths.step(item, keys, schema)
                    if let index = result.firstIndex(where: { FieldPaths.step($0, keys, schema) == step }) {
                        result[index] = merge(item, into: result[index], schema)
                    } else {
                        result.append(item)
                    }
                }
                return .array(result)
            case (.set, _):
                for item in items where !result.contains(item) { result.append(item) }
                return .array(result)
            default:
                return value
            }
        default:
            return value
        }
    }

    /// The manager owns what it applied; with force, others lose what they disagreed on.
    func recordManager(_ object: inout JSONValue, from current: JSONValue?, _ target: RequestTarget.Resource) {
        var managed = current.map { self.managed($0) } ?? ManagedFields([:])
        if let current {
            for index in managed.managers.indices
            where !managed.managers[index].isSame(as: manager, "Apply", target.subresource) {
                managed.managers[index].fields.paths.subtract(conflicts(managed.managers[index], current))
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
