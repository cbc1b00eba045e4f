package import JSONStream
import KubeAPI

/// Who set which fields (metadata.managedFields). What an object without a record has belongs to
/// `before-first-apply`.
package struct ManagedFields: Sendable {
    package struct Manager: Hashable, Sendable {
        package var name: String
        package var operation: String
        package var apiVersion: String
        package var subresource = ""
        package var fields: FieldPaths
        var time: String

        /// As conflicts name it: one who applies is told from others by the name alone.
        var description: String {
            var text = "\"\(name)\""
            if !subresource.isEmpty { text += " with subresource \"\(subresource)\"" }
            guard operation == "Update" else { return text }
            return text + " using \(apiVersion)" + (time.isEmpty ? "" : " at \(time)")
        }

        package func isSame(as name: String, _ operation: String, _ subresource: String) -> Bool {
            self.name == name && self.operation == operation && self.subresource == subresource
        }
    }

    package var managers: [Manager]

    package init(_ object: JSONValue) {
        managers = (object["metadata"]?.items("managedFields") ?? []).map { entry in
            Manager(
                name: entry.text("manager"), operation: entry.text("operation"), apiVersion: entry.text("apiVersion"),
                subresource: entry.text("subresource"), fields: FieldPaths(fieldsV1: entry["fieldsV1"] ?? [:]),
                time: entry.text("time"))
        }
    }

    package var json: JSONValue {
        .array(
            managers.filter { !$0.fields.paths.isEmpty }.map { manager in
                var entry: JSONValue = [
                    "manager": .string(manager.name), "operation": .string(manager.operation),
                    "apiVersion": .string(manager.apiVersion), "time": .string(manager.time),
                    "fieldsType": "FieldsV1", "fieldsV1": manager.fields.fieldsV1,
                ]
                if !manager.subresource.isEmpty { entry["subresource"] = .string(manager.subresource) }
                return entry
            })
    }

    /// A creation that is no apply: all that the client sent, with its defaults, belongs to it.
    package static func recordCreation(_ object: inout JSONValue, manager: String, _ definition: ResourceDefinition) {
        let fields = FieldChanges.fieldsV1(object, from: definition.zero, definition.schema) {
            !definition.hasStatus || $0 != "status"
        }
        let entry: JSONValue = [
            "manager": .string(manager), "operation": "Update", "apiVersion": .string(definition.apiVersion),
            "time": .string(Timestamp.now().text()), "fieldsType": "FieldsV1", "fieldsV1": fields,
        ]
        object.editOrMake("metadata") { $0["managedFields"] = fields == [:] ? nil : [entry] }
    }

    /// A write that is no apply: the writer owns what it changed, and nobody what it removed.
    package static func recordUpdate(
        _ object: inout JSONValue, old: JSONValue, manager: String, subresource: String,
        _ definition: ResourceDefinition
    ) {
        if object["metadata"]?["managedFields"] == [[:]] {
            // The client's way to give up the record.
            object.edit("metadata") { $0["managedFields"] = nil }
            return
        }
        let counts = { (part: String) in
            subresource == "status" ? part == "status" || part == "metadata" : !definition.hasStatus || part != "status"
        }
        let fields = FieldChanges.fieldsV1(object, from: old, definition.schema, counts: counts)
        let changed = FieldPaths(fieldsV1: fields).paths
        let after = FieldPaths(of: object, definition.schema).paths
        let gone = FieldPaths(of: old, definition.schema).paths.subtracting(after).filter { path in
            path.first.map { counts(String($0.dropFirst(2))) } ?? false
        }
        guard !changed.isEmpty || !gone.isEmpty else { return }
        var managed = ManagedFields(object)
        for index in managed.managers.indices {
            managed.managers[index].fields.subtract(changed)
            managed.managers[index].fields.removeAll(at: gone)
        }
        if !changed.isEmpty { managed.add(changed, manager, "Update", definition.apiVersion, subresource) }
        managed.write(to: &object)
    }

    package mutating func add(
        _ paths: Set<FieldPaths.Path>, _ name: String, _ operation: String, _ apiVersion: String,
        _ subresource: String = ""
    ) {
        let now = Timestamp.now().text()
        if let index = managers.firstIndex(where: { $0.isSame(as: name, operation, subresource) }) {
            managers[index].fields.paths.formUnion(paths)
            managers[index].time = now
        } else {
            managers.append(
                Manager(
                    name: name, operation: operation, apiVersion: apiVersion, subresource: subresource,
                    fields: FieldPaths(paths: paths), time: now))
        }
    }

    package func write(to object: inout JSONValue) {
        var metadata = object["metadata"] ?? [:]
        let entries = json
        if entries == [] { metadata["managedFields"] = JSONValue?.none } else { metadata["managedFields"] = entries }
        object["metadata"] = metadata
    }
}
