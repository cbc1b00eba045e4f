package import APIObjects
import APIPods
package import JSONStream
package import KubeSchema

/// Kinds that need no more than a few rules, which their entries state.
package struct PlainStrategy: ResourceStrategy {
    package var table = TableDefinition.named
    /// Whether changes of the spec are counted in metadata.generation.
    var countsGenerations = false
    var nameRule: @Sendable (String) -> [String] = Names.dnsSubdomain
    var defaults: @Sendable (inout JSONValue) -> Void = { _ in }
    /// What a new or changed object must be like; the old one is nil for a new one.
    var rules: @Sendable (JSONValue, JSONValue?) -> [FieldError] = { _, _ in [] }
    /// What a status begins with, for kinds with a status of its own.
    var status: StructSchema?
    package var metadataRules = MetadataRules()
    package var needsVersionToUpdate = false
    /// Finalizers that every object gets.
    var finalizers: [JSONValue] = []

    package init(
        table: TableDefinition = .named, countsGenerations: Bool = false,
        nameRule: @escaping @Sendable (String) -> [String] = Names.dnsSubdomain,
        defaults: @escaping @Sendable (inout JSONValue) -> Void = { _ in },
        rules: @escaping @Sendable (JSONValue, JSONValue?) -> [FieldError] = { _, _ in [] },
        status: StructSchema? = nil, metadataRules: MetadataRules = MetadataRules(),
        needsVersionToUpdate: Bool = false, finalizers: [JSONValue] = []
    ) {
        self.table = table
        self.countsGenerations = countsGenerations
        self.nameRule = nameRule
        self.defaults = defaults
        self.rules = rules
        self.status = status
        self.metadataRules = metadataRules
        self.needsVersionToUpdate = needsVersionToUpdate
        self.finalizers = finalizers
    }

    package func applyDefaults(_ object: inout JSONValue) { defaults(&object) }

    package func admit(_ object: inout JSONValue, old: JSONValue?, _ context: AdmissionContext) throws {
        guard old == nil, !finalizers.isEmpty else { return }
        object.editOrMake("metadata") { metadata in
            let present = metadata.items("finalizers")
            metadata["finalizers"] = .array(present + finalizers.filter { !present.contains($0) })
        }
    }

    package func prepareForCreate(_ object: inout JSONValue, _ context: AdmissionContext) {
        if let status { object["status"] = status.zero }
    }

    package func prepareForUpdate(_ object: inout JSONValue, old: JSONValue, _ context: AdmissionContext) {
        if status != nil { object["status"] = old["status"] }
    }

    /// All but metadata and status, for kinds that have no spec.
    package func generationSource(_ object: JSONValue) -> JSONValue? {
        guard countsGenerations else { return nil }
        if let spec = object["spec"] { return spec }
        let others = ["kind", "apiVersion", "metadata", "status"]
        return .object(
            JSONObject((object.objectValue ?? [:]).filter { !others.contains($0.key) }.map { ($0.key, $0.value) }))
    }

    package func validateName(_ name: String) -> [String] { nameRule(name) }

    package func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] { rules(object, nil) }

    package func validateUpdate(_ object: JSONValue, old: JSONValue, _ context: AdmissionContext) -> [FieldError] {
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
