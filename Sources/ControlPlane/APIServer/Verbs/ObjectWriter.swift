import APIObjects
import APIPods
import APIResources
import APISecurity
import JSONStream
import KubeAPI
import KubeSchema
import ObjectStore

/// Brings objects into the store: metadata that the server owns, admission, allocation, validation, and the write.
struct ObjectWriter: Sendable {
    struct Outcome: Sendable {
        var object: CachedObject
        var isCreated: Bool
        var warnings: [String]
    }

    let handler: APIHandler
    let target: RequestTarget.Resource
    let isDryRun: Bool
    /// Who writes; nil where an apply patch keeps the record itself.
    var manager: String?
    /// Whether an identity that the object names is a precondition: a patch's is only another field.
    var uidIsPrecondition = true
    /// Who may not write just any role; nil for the server itself.
    var escalation: EscalationCheck?

    private var definition: ResourceDefinition { target.definition }
    private var strategy: any ResourceStrategy { definition.strategy }

    // MARK: Creating

    /// - Parameter isUpdate: whether an update found nothing to change. A version that it names is not looked at.
    func create(_ object: JSONValue, isUpdate: Bool = false) async throws -> Outcome {
        var object = object
        var metadata = object["metadata"] ?? [:]
        let base = metadata.text("generateName")
        guard metadata.text("name").isEmpty, !base.isEmpty else { return try await createNamed(object, isUpdate) }
        var lastError: StatusError?
        for _ in 0..<8 {
            metadata["name"] = .string(base.prefix(58) + Names.randomSuffix())
            object["metadata"] = metadata
            if strategy.defaultsFollowName { strategy.applyDefaults(&object) }
            do {
                return try await createNamed(object, isUpdate)
            } catch let error as StatusError where error.reason == "AlreadyExists" {
                lastError = error
            }
        }
        throw lastError ?? .internalError("no unique name was found")
    }

    private func createNamed(_ given: JSONValue, _ isUpdate: Bool) async throws -> Outcome {
        while true {
            do {
                guard let quota = QuotaAdmission(handler, definition, namespace: target.namespace) else {
                    return try await createOnce(given, isUpdate)
                }
                return try await handler.turns.run(target.namespace) {
                    try await createOnce(given, isUpdate, quota)
                }
            } catch is LostRace {
                // Another server gave out the same address or port.
                try Task.checkCancellation()
            }
        }
    }

    private func createOnce(
        _ given: JSONValue, _ isUpdate: Bool, _ quota: QuotaAdmission? = nil
    ) async throws -> Outcome {
        var object = given
        let duplicates = OwnerReferences.removeDuplicates(&object, isPatch: !uidIsPrecondition)
        let version = UInt64(object["metadata"]?.text("resourceVersion") ?? "") ?? 0
        let name = object["metadata"]?.text("name") ?? ""
        try await checkNamespace(name)
        object["metadata"] = newMetadata(object["metadata"] ?? [:])
        if let manager { ManagedFields.recordCreation(&object, manager: manager, definition) }
        if strategy.admissionReadsOthers || quota != nil { try await handler.cache.catchUp() }
        if definition === ResourceDefinition.pods { try await waitForServiceAccount(object) }
        try strategy.admit(&object, old: nil, handler.admission)
        let hooks = Webhooks(handler, target, user: escalation?.user, isDryRun: isDryRun)
        let mutated = try await hooks?.mutate(object, old: nil, "CREATE")
        if let mutated { object = mutated.object }
        var reservation = try definition.allocating?.allocate(&object, old: nil, handler.allocators)
        var isKept = false
        defer { if !isKept { reservation?.giveBack() } }
        strategy.prepareForCreate(&object, handler.admission)
        if strategy.generationSource(object) != nil { setMetadata("generation", 1, &object) }
        let errors = ObjectRules(strategy, handler.admission).create(object)
        guard errors.isEmpty else { throw StatusError.invalid(definition, name, errors) }
        let told = try await hooks?.validate(object, old: nil, "CREATE") ?? []
        try quota?.check(object, replacing: nil)
        try escalation?.check(object, replacing: nil, definition, namespace: target.namespace)
        let warnings = duplicates + strategy.warnings(object, old: nil) + (mutated?.warnings ?? []) + told
        let ordered = SchemaReader.ordered(object, definition.schema, since: given)
        let stored = definition.storedForm.encode(toStorage(ordered))
        let key = definition.key(namespace: target.namespace, name: name)
        if isDryRun {
            guard handler.cache.get(definition, key: key) == nil else {
                throw StatusError.alreadyExists(definition, name)
            }
            return Outcome(object: unstored(key, stored), isCreated: true, warnings: warnings)
        }
        guard version == 0 || isUpdate else {
            throw StatusError.unclassified("resourceVersion should not be set on objects to be created")
        }
        let change = StoreChange(key, stored, expecting: .absent, lifetime: handler.lifetime(of: definition))
        let written = try await handler.commit(change, &reservation, claimant(name))
        guard let revision = written else {
            throw StatusError.alreadyExists(definition, name)
        }
        reservation?.keep()
        isKept = true
        return Outcome(object: cached(key, stored, revision), isCreated: true, warnings: warnings)
    }

    /// The controller that makes a namespace's account may be about to.
    private func waitForServiceAccount(_ pod: JSONValue) async throws {
        let admission = ServiceAccountAdmission(context: handler.admission)
        for _ in 0..<10 {
            if admission.isReady(pod) { return }
            try await Task.sleep(for: .milliseconds(100))
            try await handler.cache.catchUp()
        }
    }

    private func newMetadata(_ given: JSONValue) -> JSONValue {
        var metadata = given
        for field in [
            "selfLink", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "uid", "resourceVersion",
        ] {
            metadata[field] = nil
        }
        if definition.isNamespaced {
            metadata["namespace"] = .string(target.namespace)
        } else {
            metadata["namespace"] = nil
        }
        metadata["uid"] = .string(UUIDText.random())
        metadata["creationTimestamp"] = .string(Timestamp.now().text())
        return Self.ordered(metadata)
    }

    /// In the order of the schema, which is the one that clients are used to.
    static func ordered(_ metadata: JSONValue) -> JSONValue {
        var ordered: JSONValue.Object = [:]
        for field in StructSchema.objectMeta.fields {
            if let value = metadata[field.name], !value.isNull { ordered[field.name] = value }
        }
        return .object(ordered)
    }

    /// The namespace must be there, and must not be on its way out.
    private func checkNamespace(_ name: String) async throws {
        guard definition.isNamespaced else { return }
        let namespaces = ResourceDefinition.namespaces
        let key = namespaces.key(namespace: "", name: target.namespace)
        if handler.cache.get(namespaces, key: key) == nil { try await handler.cache.catchUp() }
        guard let namespace = handler.cache.get(namespaces, key: key) else {
            throw StatusError.notFound(namespaces, target.namespace)
        }
        guard !namespace.facts.isBeingDeleted else {
            var error = StatusError.forbidden(
                definition, name,
                "unable to create new content in namespace \(target.namespace) because it is being terminated")
            error.details?.causes = [
                StatusError.Cause(
                    reason: "NamespaceTerminating", message: "namespace \(target.namespace) is being terminated",
                    field: "metadata.namespace")
            ]
            throw error
        }
    }

    // MARK: Updating

    /// Changes the object, trying again when another writer was faster.
    /// - Parameter change: the new object in its schema's form, made from the current one (nil: there is none).
    func update(
        createsMissing: Bool, _ change: @Sendable (JSONValue?) throws -> BodyDecoder.Decoded
    ) async throws -> Outcome {
        let key = target.key
        while true {
            // The deadline of a request that always loses ends it here.
            try Task.checkCancellation()
            try RequestWork.check()
            try await handler.cache.catchUp()
            guard let current = handler.cache.get(definition, key: key) else {
                guard createsMissing else { throw StatusError.notFound(definition, target.name) }
                let decoded = try change(nil)
                // An identity is a precondition, which nothing meets that is not there.
                try checkUID(decoded.object, oldUID: "")
                _ = try version(decoded.object)
                do {
                    var outcome = try await create(decoded.object, isUpdate: true)
                    outcome.warnings = decoded.warnings + outcome.warnings
                    return outcome
                } catch let error as StatusError where error.reason == "AlreadyExists" {
                    // Somebody else made it in the meantime: what is there now is to be changed.
                    continue
                }
            }
            let old = try handler.served(current, definition)
            let decoded = try change(old)
            do {
                var outcome = try await replace(current, old: old, with: decoded.object)
                outcome.warnings = decoded.warnings + outcome.warnings
                return outcome
            } catch is LostRace {
                // A version given by the client was checked against the current one, and fails then.
                continue
            }
        }
    }

    /// Changes the object as it is stored, with none of the rules for what clients send.
    func rewrite(_ change: @Sendable (JSONValue) throws -> JSONValue) async throws -> CachedObject {
        while true {
            // The deadline of a request that always loses ends it here.
            try Task.checkCancellation()
            try RequestWork.check()
            try await handler.cache.catchUp()
            guard let current = handler.cache.get(definition, key: target.key) else {
                throw StatusError.notFound(definition, target.name)
            }
            let object = try change(try current.decoded())
            let stored = definition.storedForm.encode(SchemaReader.ordered(object, definition.schema))
            do {
                var reservation: Reservation?
                return try await store(stored, object, over: current, &reservation)
            } catch is LostRace {
                continue
            }
        }
    }

    private func replace(_ current: CachedObject, old: JSONValue, with given: JSONValue) async throws -> Outcome {
        var object = given
        let duplicates = OwnerReferences.removeDuplicates(&object, isPatch: !uidIsPrecondition)
        try checkVersion(object, old)
        object["metadata"] = keptMetadata(object["metadata"] ?? [:], old["metadata"] ?? [:])
        if let manager {
            ManagedFields.recordUpdate(
                &object, old: old, manager: manager, subresource: target.subresource, definition)
        }
        let hooks = Webhooks(handler, target, user: escalation?.user, isDryRun: isDryRun)
        let mutated = try await hooks?.mutate(object, old: old, "UPDATE")
        if let mutated { object = mutated.object }
        var reservation: Reservation?
        var isKept = false
        defer { if !isKept { reservation?.giveBack() } }
        let rules = ObjectRules(strategy, handler.admission)
        var errors: [FieldError] = []
        switch target.subresource {
        case "status":
            strategy.prepareForStatusUpdate(&object, old: old)
            strategy.applyDefaults(&object)
            errors = rules.statusUpdate(object, old: old)
        case let part where !part.isEmpty && part != "scale":
            strategy.prepareForUpdate(&object, old: old, part: part)
            errors = rules.update(object, old: old, part: part)
        default:
            try strategy.admit(&object, old: old, handler.admission)
            reservation = try definition.allocating?.allocate(&object, old: old, handler.allocators)
            strategy.prepareForUpdate(&object, old: old, handler.admission)
            errors = rules.update(object, old: old)
        }
        guard errors.isEmpty else { throw StatusError.invalid(definition, target.name, errors) }
        let told = try await hooks?.validate(object, old: old, "UPDATE") ?? []
        if target.subresource != "status" {
            try QuotaAdmission(handler, definition, namespace: target.namespace)?.check(object, replacing: old)
        }
        try escalation?.check(object, replacing: old, definition, namespace: target.namespace)
        if definition === ResourceDefinition.certificateSigningRequests, let escalation {
            try SignerCheck(authorizer: escalation.authorizer, user: escalation.user)
                .check(object, replacing: old, target.subresource)
        }
        if target.subresource != "status", let source = strategy.generationSource(object),
            source != strategy.generationSource(old)
        {
            setMetadata("generation", .integer((old["metadata"]?.number("generation") ?? 0) &+ 1), &object)
        }
        let warnings =
            duplicates + (target.subresource.isEmpty ? strategy.warnings(object, old: old) : [])
            + (mutated?.warnings ?? []) + told
        let stored = definition.storedForm.encode(toStorage(SchemaReader.ordered(object, definition.schema)))
        let outcome = try await store(stored, object, over: current, &reservation)
        if !isDryRun {
            reservation?.keep()
            isKept = true
        }
        return Outcome(object: outcome, isCreated: false, warnings: warnings)
    }

    private func claimant(_ name: String) -> AllocationClaims.ServiceName {
        AllocationClaims.ServiceName(namespace: target.namespace, name: name)
    }

    private func store(
        _ stored: [UInt8], _ object: JSONValue, over current: CachedObject, _ reservation: inout Reservation?
    ) async throws -> CachedObject {
        let form = definition.storedForm
        if form.wire(stored, revision: current.revision) == current.bytes { return current }
        // While the grace period lasts, somebody else has the last word.
        let isGone =
            current.facts.isBeingDeleted && DeletionStep.isFree(object, definition)
            && object["metadata"]?.number("deletionGracePeriodSeconds") ?? 0 == 0
        if isDryRun {
            return cached(current.key, stored, current.revision)
        }
        if isGone {
            // It takes nothing with it.
            reservation?.giveBack()
            reservation = nil
            var freed = definition.allocating?.release(try current.decoded(), handler.allocators)
            let change = StoreChange(current.key, nil, expecting: .revision(current.revision))
            let gone = try await handler.commit(change, &freed, claimant(target.name))
            guard let revision = gone else { throw LostRace() }
            freed?.keep()
            return cached(current.key, stored, revision)
        }
        let change = StoreChange(
            current.key, stored, expecting: .revision(current.revision), lifetime: handler.lifetime(of: definition))
        let written = try await handler.commit(change, &reservation, claimant(target.name))
        guard let revision = written else { throw LostRace() }
        return cached(current.key, stored, revision)
    }

    /// The version that an object names; nil if none, which 0 says as well.
    private func version(_ object: JSONValue) throws -> UInt64? {
        let text = object["metadata"]?.text("resourceVersion") ?? ""
        guard !text.isEmpty else { return nil }
        guard let version = UInt64(text) else {
            throw StatusError.unclassified("strconv.ParseUint: parsing \"\(text)\": invalid syntax")
        }
        return version == 0 ? nil : version
    }

    private func checkVersion(_ object: JSONValue, _ old: JSONValue) throws {
        try checkUID(object, oldUID: old["metadata"]?.text("uid") ?? "")
        guard let version = try version(object) else {
            guard strategy.needsVersionToUpdate else { return }
            // Upstream names the resource where the kind belongs.
            throw StatusError.invalid(
                kind: definition.plural, group: definition.group, name: target.name,
                [.invalid(FieldPath("metadata.resourceVersion"), 0, "must be specified for an update")])
        }
        guard String(version) == old["metadata"]?.text("resourceVersion") else {
            throw StatusError.modified(definition, target.name)
        }
    }

    private func checkUID(_ object: JSONValue, oldUID: String) throws {
        guard uidIsPrecondition else { return }
        let uid = object["metadata"]?.text("uid") ?? ""
        if !uid.isEmpty, uid != oldUID {
            throw StatusError.conflict(
                definition, target.name,
                "Precondition failed: UID in precondition: \(uid), UID in object meta: \(oldUID)")
        }
    }

    /// What only the server sets stays as it was; marks of a deletion that was not asked for are left for validation.
    private func keptMetadata(_ given: JSONValue, _ old: JSONValue) -> JSONValue {
        var metadata = given
        metadata["selfLink"] = nil
        for field in ["namespace", "creationTimestamp", "generation"] { metadata[field] = old[field] }
        for field in ["name", "uid"] where metadata.text(field).isEmpty { metadata[field] = old[field] }
        if let deleted = old["deletionTimestamp"] { metadata["deletionTimestamp"] = deleted }
        for field in ["deletionGracePeriodSeconds", "managedFields"] where metadata[field] == nil {
            metadata[field] = old[field]
        }
        return Self.ordered(metadata)
    }

    private func setMetadata(_ field: String, _ value: JSONValue, _ object: inout JSONValue) {
        var metadata = object["metadata"] ?? [:]
        metadata[field] = value
        object["metadata"] = metadata
    }

    // MARK: Bytes

    private func toStorage(_ object: JSONValue) -> JSONValue {
        definition.conversion.map { $0.toStorage(object) } ?? object
    }

    private func cached(_ key: String, _ stored: [UInt8], _ revision: Revision) -> CachedObject {
        CachedObject(
            key: key, revision: revision, bytes: definition.storedForm.wire(stored, revision: revision) ?? stored,
            facts: .init())
    }

    /// The answer to a dry run of a creation, which has no version.
    private func unstored(_ key: String, _ stored: [UInt8]) -> CachedObject {
        var object = (try? JSONValue(parsing: stored)) ?? [:]
        var metadata = object["metadata"] ?? [:]
        metadata["resourceVersion"] = nil
        object["metadata"] = metadata
        return CachedObject(key: key, revision: 0, bytes: object.serialized(), facts: .init())
    }
}
