import APIObjects
import APIResources
import JSONStream
import KubeSchema

/// OpenAPI documents, made from the schemas: what `kubectl explain`, `apply` and `edit` read.
struct OpenAPI: Sendable {
    let registry: ResourceRegistry

    var index: JSONValue {
        var paths: JSONValue = [:]
        for definition in registry.definitions {
            let path = Self.path(definition)
            paths[path] = ["serverRelativeURL": .string("/openapi/v3/\(path)")]
        }
        return ["paths": paths]
    }

    private static func path(_ definition: ResourceDefinition) -> String {
        definition.group.isEmpty ? "api/\(definition.version)" : "apis/\(definition.group)/\(definition.version)"
    }

    func version3(_ path: String) -> JSONValue? {
        let definitions = registry.definitions.filter { Self.path($0) == path }
        guard !definitions.isEmpty else { return nil }
        var builder = SchemaBuilder(root: "#/components/schemas/")
        var paths: JSONValue = [:]
        for definition in definitions { add(definition, to: &paths, &builder, isVersion3: true) }
        return [
            "openapi": "3.0.0", "info": Self.info, "paths": paths, "components": ["schemas": builder.schemas],
        ]
    }

    var version2: JSONValue {
        var builder = SchemaBuilder(root: "#/definitions/")
        var paths: JSONValue = [:]
        for definition in registry.definitions { add(definition, to: &paths, &builder, isVersion3: false) }
        return ["swagger": "2.0", "info": Self.info, "paths": paths, "definitions": builder.schemas]
    }

    private static let info: JSONValue = ["title": "Kubernetes", "version": "v1.36.2"]

    // MARK: Paths

    private func add(
        _ definition: ResourceDefinition, to paths: inout JSONValue, _ builder: inout SchemaBuilder, isVersion3: Bool
    ) {
        let reference = builder.add(definition)
        let base = "/\(Self.path(definition))/" + (definition.isNamespaced ? "namespaces/{namespace}/" : "")
        let collection = "\(base)\(definition.plural)"
        paths[collection] = operations(["get": "list", "post": "post"], definition, reference, isVersion3)
        paths["\(collection)/{name}"] = operations(
            ["get": "get", "put": "put", "patch": "patch", "delete": "delete"], definition, reference, isVersion3)
    }

    private func operations(
        _ verbs: [String: String], _ definition: ResourceDefinition, _ reference: String, _ isVersion3: Bool
    ) -> JSONValue {
        var item: JSONValue = [:]
        for (method, action) in verbs.sorted(by: { $0.key < $1.key }) {
            let names =
                ["pretty"] + (method == "get" ? [] : ["dryRun", "fieldManager"])
                + (["post", "put", "patch"].contains(method) ? ["fieldValidation"] : [])
            let parameters = names.map { name -> JSONValue in
                isVersion3
                    ? ["name": .string(name), "in": "query", "schema": ["type": "string", "uniqueItems": true]]
                    : ["name": .string(name), "in": "query", "type": "string", "uniqueItems": true]
            }
            var operation: JSONValue = [
                "description": .string("\(action) \(definition.kind)"),
                "operationId": .string("\(action)\(definition.group)\(definition.version)\(definition.kind)"),
                "parameters": .array(parameters), "responses": responses(reference, isVersion3),
                "x-kubernetes-action": .string(action),
                "x-kubernetes-group-version-kind": SchemaBuilder.groupVersionKind(definition),
            ]
            if method == "patch", isVersion3 {
                let patch: JSONValue = ["schema": ["type": "object"]]
                operation["requestBody"] = [
                    "content": [
                        "application/apply-patch+yaml": patch, "application/json-patch+json": patch,
                        "application/merge-patch+json": patch, "application/strategic-merge-patch+json": patch,
                    ]
                ]
            } else if ["post", "put"].contains(method), isVersion3 {
                operation["requestBody"] = ["content": ["*/*": ["schema": ["$ref": .string(reference)]]]]
            }
            item[method] = operation
        }
        return item
    }

    private func responses(_ reference: String, _ isVersion3: Bool) -> JSONValue {
        let schema: JSONValue = ["schema": ["$ref": .string(reference)]]
        return isVersion3
            ? ["200": ["description": "OK", "content": ["application/json": schema]]]
            : ["200": ["description": "OK", "schema": ["$ref": .string(reference)]]]
    }
}

/// Collects the schemas that a document refers to.
struct SchemaBuilder {
    private(set) var schemas: JSONValue = [:]
    private let root: String

    init(root: String) { self.root = root }

    static func groupVersionKind(_ definition: ResourceDefinition) -> JSONValue {
        [
            "group": .string(definition.group), "kind": .string(definition.kind),
            "version": .string(definition.version),
        ]
    }

    /// Adds a kind with all that it refers to, and returns the reference to it.
    mutating func add(_ definition: ResourceDefinition) -> String {
        if let schema = definition.openAPISchema { return add(custom: schema, definition) }
        let reference = add(definition.schema)
        let name = String(reference.dropFirst(root.count))
        if var schema = schemas[name] {
            schema["x-kubernetes-group-version-kind"] = [Self.groupVersionKind(definition)]
            schemas[name] = schema
        }
        return reference
    }

    private mutating func add(custom schema: JSONValue, _ definition: ResourceDefinition) -> String {
        let group = definition.group.split(separator: ".").reversed().joined(separator: ".")
        let name = "\(group).\(definition.version).\(definition.kind)"
        var schema = schema
        let metadata: JSONValue = ["$ref": .string(add(.objectMeta))]
        schema.editOrMake("properties") { properties in
            for field in StructSchema.typeMeta {
                properties[field.name] = ["type": "string", "description": .string(field.description)]
            }
            properties["metadata"] = metadata
        }
        schema["x-kubernetes-group-version-kind"] = [Self.groupVersionKind(definition)]
        schemas[name] = schema
        return root + name
    }

    private mutating func add(_ schema: StructSchema) -> String {
        let name = schema.openAPIName
        let reference = root + name
        guard schemas[name] == nil else { return reference }
        // There before its fields, which may lead back to it.
        schemas[name] = [:]
        var properties: JSONValue = [:]
        for field in schema.fields { properties[field.name] = property(field) }
        var json: JSONValue = [
            "description": .string(schema.description), "type": "object", "properties": properties,
        ]
        let required = schema.fields.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { json["required"] = .array(required) }
        schemas[name] = json
        return reference
    }

    private mutating func property(_ field: Field) -> JSONValue {
        var json: JSONValue = ["description": .string(field.description)]
        for (name, value) in type(field.type).objectValue ?? [:] { json[name] = value }
        if case .object(let reference)? = json["$ref"].map({ ["$ref": $0] as JSONValue }), isVersion3 {
            // OpenAPI 3.0 allows nothing beside a reference.
            json["$ref"] = nil
            json["allOf"] = [.object(reference)]
            json["default"] = [:]
        }
        if case .array = field.type {
            switch field.listKind {
            case .atomic: json["x-kubernetes-list-type"] = "atomic"
            case .set: json["x-kubernetes-list-type"] = "set"
            case .map(let keys):
                json["x-kubernetes-list-type"] = "map"
                json["x-kubernetes-list-map-keys"] = .array(keys.map { .string($0) })
            }
        }
        if field.isAtomic { json["x-kubernetes-map-type"] = "atomic" }
        let strategies = (field.patchMerges ? ["merge"] : []) + (field.patchRetainsKeys ? ["retainKeys"] : [])
        if !strategies.isEmpty { json["x-kubernetes-patch-strategy"] = .string(strategies.joined(separator: ",")) }
        if let key = field.patchMergeKey { json["x-kubernetes-patch-merge-key"] = .string(key) }
        if let value = field.defaultValue { json["default"] = value }
        return json
    }

    private var isVersion3: Bool { root.hasPrefix("#/components") }

    private mutating func type(_ type: SchemaType) -> JSONValue {
        switch type {
        case .string: ["type": "string"]
        case .bool: ["type": "boolean"]
        case .int32: ["type": "integer", "format": "int32"]
        case .int64: ["type": "integer", "format": "int64"]
        case .double: ["type": "number", "format": "double"]
        case .bytes: ["type": "string", "format": "byte"]
        case .quantity: ["type": "string"]
        case .intOrString:
            isVersion3
                ? ["oneOf": [["type": "integer"], ["type": "string"]], "format": "int-or-string"]
                : ["type": "string", "format": "int-or-string"]
        case .time, .microTime: ["type": "string", "format": "date-time"]
        case .any: ["type": "object"]
        case .stringList: ["type": "array", "items": ["type": "string"]]
        // Either form, which OpenAPI v2 cannot say.
        case .either: [:]
        case .object(let schema): ["$ref": .string(add(schema))]
        case .map(let element): ["type": "object", "additionalProperties": self.type(element)]
        case .array(let element): ["type": "array", "items": self.type(element)]
        }
    }
}

extension StructSchema {
    /// The name that upstream's documents have for a type.
    fileprivate var openAPIName: String {
        let package = fullName.prefix { $0 != "." }
        switch package {
        case "meta": return "io.k8s.apimachinery.pkg.apis.\(fullName)"
        case "apiextensions": return "io.k8s.apiextensions-apiserver.pkg.apis.\(fullName)"
        case "apiregistration": return "io.k8s.kube-aggregator.pkg.apis.\(fullName)"
        default: return "io.k8s.api.\(fullName)"
        }
    }
}
