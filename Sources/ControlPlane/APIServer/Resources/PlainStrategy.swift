import JSONStream
import KubeSchema

/// Kinds that need no more than a few rules, which their entries state.
struct PlainStrategy: ResourceStrategy {
    var table = TableDefinition.named
    /// Whether changes of the spec are counted in metadata.generation.
    var countsGenerations = false
    var nameRule: @Sendable (String) -> [String] = Names.dnsSubdomain
    var defaults: @Sendable (inout JSONValue) -> Void = { _ in }
    /// What a new or changed object must be like; the old one is nil for a new one.
    var rules: @Sendable (JSONValue, JSONValue?) -> [FieldError] = { _, _ in [] }
    /// What a status begins with, for kinds with a status of its own.
    var status: StructSchema?
    var metadataRules = MetadataRules()
    var needsVersionToUpdate = false
    /// Finalizers that every object gets.
    var finalizers: [JSONValue] = []

    func applyDefaults(_ object: inout JSONValue) { defaults(&object) }

    func admit(_ object: inout JSONValue, old: JSONValue?, _ context: AdmissionContext) throws {
        guard old == nil, !finalizers.isEmpty else { return }
        object.editOrMake("metadata") { metadata in
            let present = metadata.items("finalizers")
            metadata["finalizers"] = .array(present + finalizers.filter { !present.contains($0) })
        }
    }

    func prepareForCreate(_ object: inout JSONValue, _ context: AdmissionContext) {
        if let status { object["status"] = status.zero }
    }

    func prepareForUpdate(_ object: inout JSONValue, old: JSONValue, _ context: AdmissionContext) {
        if status != nil { object["status"] = old["status"] }
    }

    /// All but metadata and status, for kinds that have no spec.
    func generationSource(_ object: JSONValue) -> JSONValue? {
        guard countsGenerations else { return nil }
        if let spec = object["spec"] { return spec }
        let others = ["kind", "apiVersion", "metadata", "status"]
        return .object(
            JSONObject((object.objectValue ?? [:]).filter { !others.contains($0.key) }.map { ($0.key, $0.value) }))
    }

    func validateName(_ name: String) -> [String] { nameRule(name) }

    func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] { rules(object, nil) }

    func validateUpdate(_ object: JSONValue, old: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        rules(object, old)
    }

    /// For a field that stays as it was made.
    static func immutable(_ fields: [String], _ object: JSONValue, _ old: JSONValue?) -> [FieldError] {
        guard let old else { return [] }
        return fields.filter { (object[$0] ?? .null).prunedOfEmpty != (old[$0] ?? .null).prunedOfEmpty }.map {
            .invalid(FieldPath($0), object[$0] ?? .null, FieldError.immutable)
        }
    }
}
