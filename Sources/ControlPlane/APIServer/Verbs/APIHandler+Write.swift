import APIObjects
import APIResources
import APISecurity
import Hummingbird
import JSONStream

extension APIHandler {
    func create(_ call: Call, body: [UInt8]) async throws -> Response {
        let options = try RequestOptions(call.request, kind: "CreateOptions")
        let decoded = try BodyDecoder(definition: call.definition, validation: options.fieldValidation)
            .decode(body, contentType: call.request.contentType)
        try checkNamespace(decoded.object, call)
        let writer = ObjectWriter(
            handler: self, target: call.target, isDryRun: options.isDryRun, manager: options.fieldManager,
            escalation: escalation(call))
        var object = decoded.object
        if call.definition.kind == "CertificateSigningRequest" {
            // Who asks is not for the client to say.
            object.editOrMake("spec") { spec in
                for name in ["username", "uid", "groups", "extra"] { spec[name] = call.user.json[name] }
            }
        }
        let outcome = try await writer.create(object)
        return try self.object(
            outcome.object, call, code: 201, warnings: decoded.warnings + outcome.warnings + unattended(call))
    }

    func update(_ call: Call, body: [UInt8]) async throws -> Response {
        let options = try RequestOptions(call.request, kind: "UpdateOptions")
        let decoded = try BodyDecoder(definition: call.definition, validation: options.fieldValidation)
            .decode(body, contentType: call.request.contentType)
        try checkNamespace(decoded.object, call)
        try checkName(decoded.object, call.target)
        let writer = ObjectWriter(
            handler: self, target: call.target, isDryRun: options.isDryRun, manager: options.fieldManager,
            escalation: escalation(call))
        let creates = call.definition.createsOnUpdate && call.target.subresource.isEmpty
        let outcome = try await writer.update(createsMissing: creates) { _ in decoded }
        let warnings = outcome.warnings + (outcome.isCreated ? unattended(call) : [])
        return try object(outcome.object, call, code: outcome.isCreated ? 201 : 200, warnings: warnings)
    }

    private static func patched(
        _ current: JSONValue?, _ body: [UInt8], _ kind: Patch.Kind, _ target: RequestTarget.Resource,
        _ options: RequestOptions
    ) throws -> (Patch, JSONValue) {
        do {
            let patch = try Patch(body, kind, target.definition, options)
            return (patch, try patch.apply(to: current, target))
        } catch let error as StatusError where [400, 422, 500].contains(error.code) {
            throw error.logged(as: "the patch does not fit")
        }
    }

    private func unattended(_ call: Call) -> [String] {
        Unattended.warnings(call.definition) { name in
            let leases = ResourceDefinition.leases
            return try? cache.get(leases, key: leases.key(namespace: "kube-system", name: name))?.decoded()
        }
    }

    private func escalation(_ call: Call) -> EscalationCheck {
        EscalationCheck(authorizer: authorizer, user: call.user)
    }

    func checkNamespace(_ object: JSONValue, _ call: Call) throws {
        let namespace = object["metadata"]?.text("namespace") ?? ""
        guard namespace.isEmpty || namespace == call.target.namespace || !call.definition.isNamespaced else {
            throw StatusError.badRequest(
                "the namespace of the provided object does not match the namespace sent on the request")
        }
    }

    private func checkName(_ object: JSONValue, _ target: RequestTarget.Resource) throws {
        let name = object["metadata"]?.text("name") ?? ""
        guard !name.isEmpty else {
            throw StatusError.badRequest(
                "the name of the object (\(target.name) based on URL) was undeterminable: name must be provided")
        }
        guard name == target.name else {
            throw StatusError.badRequest(
                "the name of the object (\(name)) does not match the name on the URL (\(target.name))")
        }
    }

    /// A patch that names an identity is for one object, which must be there.
    private func checkUID(_ object: JSONValue, isNew: Bool, _ target: RequestTarget.Resource) throws {
        let uid = object["metadata"]?.text("uid") ?? ""
        guard isNew, !uid.isEmpty else { return }
        throw StatusError.conflict(
            target.definition, target.name,
            "uid mismatch: the provided object specified uid \(uid), and no existing object was found")
    }

    func patch(_ call: Call, body: [UInt8]) async throws -> Response {
        let options = try RequestOptions(call.request, kind: "PatchOptions")
        let kind = try Patch.Kind(
            contentType: call.request.contentType, isCustom: !call.definition.hasProtobuf)
        let isApply = kind == .apply
        let writer = ObjectWriter(
            handler: self, target: call.target, isDryRun: options.isDryRun,
            manager: isApply ? nil : options.fieldManager, uidIsPrecondition: false, escalation: escalation(call))
        let decoder = BodyDecoder(definition: call.definition, validation: options.fieldValidation)
        let problems = Patch.problems(body, kind)
        let target = call.target
        let outcome = try await writer.update(createsMissing: isApply && target.subresource.isEmpty) { current in
            // Not before there is something to patch: what is not there is told first.
            let (patch, patched) = try Self.patched(current, body, kind, target, options)
            var decoded = try decoder.patched(patched, by: patch, problems: problems)
            try checkUID(decoded.object, isNew: current == nil, target)
            try checkNamespace(decoded.object, call)
            try checkName(decoded.object, target)
            try patch.finish(&decoded.object, from: current, target)
            return decoded
        }
        let warnings = outcome.warnings + (outcome.isCreated ? unattended(call) : [])
        return try object(outcome.object, call, code: outcome.isCreated ? 201 : 200, warnings: warnings)
    }
}
