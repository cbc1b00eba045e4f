import APIObjects
import APIResources
import Hummingbird
import JSONStream
import KubeAPI
import KubeSchema

/// Requests for the scale subresource: an object's number of replicas as autoscaling/v1 Scale.
struct ScaleRequest: Sendable {
    let handler: APIHandler
    let call: Call
    let paths: ScalePaths

    private var definition: ResourceDefinition { .scale(of: call.definition) }

    func answer(_ verb: String, body: [UInt8]) async throws -> Response {
        switch verb {
        case "get":
            try await handler.cache.catchUp()
            guard let object = handler.cache.get(call.definition, key: call.target.key) else {
                throw StatusError.notFound(call.definition, call.target.name)
            }
            return shown(scale(of: try handler.served(object, call.definition)))
        case "update":
            let options = try RequestOptions(call.request, kind: "UpdateOptions")
            let decoded = try BodyDecoder(definition: definition, validation: options.fieldValidation)
                .decode(body, contentType: call.request.contentType)
            try handler.checkNamespace(decoded.object, call)
            try checkName(decoded.object)
            return try await write(options, manager: options.fieldManager) { _ in decoded }
        default:
            let options = try RequestOptions(call.request, kind: "PatchOptions")
            let kind = try Patch.Kind(contentType: call.request.contentType)
            let decoder = BodyDecoder(definition: definition, validation: options.fieldValidation)
            let (definition, target, problems) = (definition, call.target, Patch.problems(body, kind))
            return try await write(options, manager: kind == .apply ? nil : options.fieldManager) { current in
                let patch = try Patch(body, kind, definition, options)
                var decoded = try decoder.patched(
                    try patch.apply(to: current, target), by: patch, problems: problems)
                try patch.finish(&decoded.object, from: current, target)
                return decoded
            }
        }
    }

    private func checkName(_ scale: JSONValue) throws {
        let name = scale["metadata"]?.text("name") ?? ""
        guard name == call.target.name else {
            throw StatusError.badRequest(
                name.isEmpty
                    ? "the name of the object (based on URL) was undeterminable: name must be provided"
                    : "the name of the object (\(name)) does not match the name on the URL (\(call.target.name))")
        }
    }

    /// - Parameters:
    ///   - manager: who writes; nil where the new Scale itself says who owns its replicas, as after server-side apply.
    ///   - change: the new Scale, made from the current one.
    private func write(
        _ options: RequestOptions, manager: String?,
        _ change: @Sendable @escaping (JSONValue) throws -> BodyDecoder.Decoded
    ) async throws -> Response {
        let writer = ObjectWriter(
            handler: handler, target: call.target, isDryRun: options.isDryRun, manager: manager)
        let outcome = try await writer.update(createsMissing: false) { current in
            guard let current else { throw StatusError.notFound(call.definition, call.target.name) }
            var scale = scale(of: current)
            scale.edit("metadata") { $0["managedFields"] = owners(of: current) }
            let decoded = try change(scale)
            var object = try scaled(current, by: decoded.object)
            if manager == nil { setOwners(from: decoded.object, of: &object) }
            return BodyDecoder.Decoded(object: object, warnings: decoded.warnings)
        }
        return shown(scale(of: try handler.served(outcome.object, call.definition)), warnings: outcome.warnings)
    }

    /// The object with a Scale's replicas.
    private func scaled(_ object: JSONValue, by scale: JSONValue) throws -> JSONValue {
        let errors =
            MetadataValidation.validate(scale, definition.strategy) + ScaleStrategy().validateReplicas(scale)
        guard errors.isEmpty else { throw StatusError.invalid(definition, call.target.name, errors) }
        let uid = scale["metadata"]?.text("uid") ?? ""
        let ownUID = object["metadata"]?.text("uid") ?? ""
        guard uid.isEmpty || uid == ownUID else {
            var error = StatusError.conflict(
                call.definition, call.target.name,
                "Precondition failed: UID in precondition: \(uid), UID in object meta: \(ownUID)")
            error.message = error.message.replacing(
                call.definition.qualifiedPlural, with: "\(call.definition.plural)/scale.\(call.definition.group)")
            error.details?.kind = "\(call.definition.plural)/scale"
            throw error
        }
        var object = object
        object[path: paths.replicas] = .integer(scale["spec"]?.number("replicas") ?? 0)
        object.edit("metadata") { $0["resourceVersion"] = scale["metadata"]?["resourceVersion"] }
        return object
    }

    private static let replicas: FieldPaths.Path = ["f:spec", "f:replicas"]
    private var ownReplicas: FieldPaths.Path { paths.replicas.map { "f:\($0)" } }

    /// Who owns the Scale's replicas owns the object's.
    private func setOwners(from scale: JSONValue, of object: inout JSONValue) {
        let owners = ManagedFields(scale).managers.filter { $0.fields.paths.contains(Self.replicas) }
        var managed = ManagedFields(object)
        for index in managed.managers.indices {
            let manager = managed.managers[index]
            if owners.contains(where: { $0.isSame(as: manager.name, manager.operation, manager.subresource) }) {
                continue
            }
            managed.managers[index].fields.paths.remove(ownReplicas)
        }
        for owner in owners where !managed.managers.contains(where: { owns($0, like: owner) }) {
            managed.add(
                [ownReplicas], owner.name, owner.operation, call.definition.apiVersion, owner.subresource)
        }
        managed.write(to: &object)
    }

    private func owns(_ manager: ManagedFields.Manager, like owner: ManagedFields.Manager) -> Bool {
        manager.isSame(as: owner.name, owner.operation, owner.subresource) && manager.fields.paths.contains(ownReplicas)
    }

    /// Those who own the object's replicas, as owners of the Scale's.
    private func owners(of object: JSONValue) -> JSONValue? {
        var managed = ManagedFields(object)
        managed.managers = managed.managers.compactMap { manager in
            guard manager.fields.paths.contains(ownReplicas) else { return nil }
            var owner = manager
            owner.fields.paths = [Self.replicas]
            owner.apiVersion = "autoscaling/v1"
            return owner
        }
        return managed.managers.isEmpty ? nil : managed.json
    }

    private func scale(of object: JSONValue) -> JSONValue {
        var metadata: JSONValue = [:]
        for field in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
            metadata[field] = object["metadata"]?[field]
        }
        var spec: JSONValue = [:]
        let replicas = object[path: paths.replicas]?.integerValue ?? 0
        if replicas != 0 { spec["replicas"] = .integer(replicas) }
        var status: JSONValue = ["replicas": .integer(object[path: paths.observed]?.integerValue ?? 0)]
        let selector =
            paths.selector.map { object[path: $0]?.stringValue ?? "" }
            ?? LabelSelector(ofObject: object["spec"]?["selector"])?.query ?? ""
        if !selector.isEmpty { status["selector"] = .string(selector) }
        return [
            "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": metadata, "spec": spec, "status": status,
        ]
    }

    private func shown(_ scale: JSONValue, warnings: [String] = []) -> Response {
        let shaped =
            switch call.representation.shape {
            case .object: scale
            case .partialMetadata, .partialMetadataList: Shapes.partialMetadata(scale)
            case .table:
                Shapes.table(
                    [scale], definition, includeObject: call.request.first("includeObject"),
                    metadata: ["resourceVersion": scale["metadata"]?["resourceVersion"] ?? ""])
            }
        return APIHandler.answer(call.representation.versioned(shaped), call.representation, warnings: warnings)
    }
}

extension ResourceDefinition {
    /// The form of bodies at an object's scale subresource.
    static func scale(of definition: ResourceDefinition) -> ResourceDefinition {
        ResourceDefinition(
            body: GroupVersionKind("autoscaling", "v1", "Scale"), plural: definition.plural,
            isNamespaced: definition.isNamespaced, strategy: ScaleStrategy())
    }
}

struct ScaleStrategy: ResourceStrategy {
    func validateReplicas(_ scale: JSONValue) -> [FieldError] {
        FieldError.negative(scale["spec"], "replicas", FieldPath("spec"))
    }

    var table: TableDefinition { .scales }
}
