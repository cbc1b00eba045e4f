import JSONStream
import KubeSchema

/// One served kind: the declarative entry that routing, discovery, storage, validation and tables work from.
///
/// An object, because every request hands it on many times.
final class ResourceDefinition: Sendable {
    /// Another shape of the objects of one storage (core and events.k8s.io Events).
    struct Conversion: Sendable {
        var toStorage: @Sendable (JSONValue) -> JSONValue
        var fromStorage: @Sendable (JSONValue) -> JSONValue
    }

    let group: String
    let version: String
    let kind: String
    let plural: String
    let singular: String
    let shortNames: [String]
    let categories: [String]
    let isNamespaced: Bool
    /// In discovery's words, sorted.
    let verbs: [String]
    let subresources: [Subresource]
    /// Whether PUT to a missing name creates it, and PATCH with apply always may.
    let createsOnUpdate: Bool
    /// Whether DELETE answers with the object instead of a Status.
    let returnsDeletedObject: Bool
    let schema: StructSchema
    /// The schema as OpenAPI has it, for kinds whose author wrote it so.
    let openAPISchema: JSONValue?
    /// An object of which nothing is set.
    let zero: JSONValue
    let strategy: any ResourceStrategy
    /// The definition whose form is stored; nil if this one is.
    let conversion: Conversion?
    /// The first part of all keys, such as `/registry/services/`.
    let storagePrefix: String
    let storedAPIVersion: String
    let storedForm: StoredForm

    init(
        _ kind: GroupVersionKind, plural: String, singular: String, shortNames: [String] = [],
        categories: [String] = [], isNamespaced: Bool, verbs: [String], subresources: [Subresource] = [],
        createsOnUpdate: Bool = false, returnsDeletedObject: Bool = false, schema: StructSchema,
        openAPISchema: JSONValue? = nil, strategy: any ResourceStrategy, conversion: Conversion? = nil,
        storage: (prefix: String, apiVersion: String)? = nil
    ) {
        group = kind.group
        version = kind.version
        self.kind = kind.kind
        self.plural = plural
        self.singular = singular
        self.shortNames = shortNames
        self.categories = categories
        self.isNamespaced = isNamespaced
        self.verbs = verbs
        self.subresources = subresources
        self.createsOnUpdate = createsOnUpdate
        self.returnsDeletedObject = returnsDeletedObject
        self.schema = schema
        self.openAPISchema = openAPISchema
        zero = schema.zero
        self.strategy = strategy
        self.conversion = conversion
        storagePrefix = storage?.prefix ?? (group.isEmpty ? "/registry/\(plural)/" : "/registry/\(group)/\(plural)/")
        storedAPIVersion = storage?.apiVersion ?? kind.apiVersion
        storedForm = StoredForm(kind: kind.kind, apiVersion: storedAPIVersion, isCustom: schema.fullName.isEmpty)
    }

    /// A kind as the facts have it.
    convenience init(
        _ plural: String, group: String = "", version: String = "v1", createsOnUpdate: Bool = false,
        returnsDeletedObject: Bool = false, strategy: any ResourceStrategy, conversion: Conversion? = nil,
        storage: (prefix: String, apiVersion: String)? = nil
    ) {
        let facts = KubeSchema.resources(group: group, version: version, plural: plural)
        let fact = facts.first { $0.subresource.isEmpty }
        let kind = GroupVersionKind(group, version, fact?.kind ?? "")
        self.init(
            kind, plural: plural, singular: fact?.singular ?? "", shortNames: fact?.shortNames ?? [],
            categories: fact?.categories ?? [], isNamespaced: fact?.isNamespaced ?? false, verbs: fact?.verbs ?? [],
            subresources: facts.compactMap { Subresource($0, of: kind) }, createsOnUpdate: createsOnUpdate,
            returnsDeletedObject: returnsDeletedObject, schema: KubeSchema.type(of: kind), strategy: strategy,
            conversion: conversion, storage: storage)
    }

    /// The form of bodies that are no objects of their own.
    convenience init(
        body kind: GroupVersionKind, plural: String, isNamespaced: Bool = true, strategy: any ResourceStrategy
    ) {
        self.init(
            kind, plural: plural, singular: kind.kind.lowercased(), isNamespaced: isNamespaced, verbs: ["create"],
            schema: KubeSchema.type(of: kind), strategy: strategy)
    }

    var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
    /// `services`, `endpointslices.discovery.k8s.io`.
    var qualifiedPlural: String { group.isEmpty ? plural : "\(plural).\(group)" }

    /// What upstream's texts call the home of the internal type.
    var goPackage: String { group.isEmpty ? "core" : String(group.prefix { $0 != "." }) }

    /// Whether objects are kept; of others there is only POST, which answers at once (reviews).
    var isStored: Bool { verbs.contains("update") }
    /// Custom resources have no protobuf form.
    var hasProtobuf: Bool { !schema.fullName.isEmpty }
    var canDeleteCollection: Bool { verbs.contains("deletecollection") }
    var hasStatus: Bool { subresource("status") != nil }

    func subresource(_ name: String) -> Subresource? { subresources.first { $0.name == name } }

    func key(namespace: String, name: String) -> String {
        isNamespaced ? "\(storagePrefix)\(namespace)/\(name)" : storagePrefix + name
    }
}

/// What a kind does beyond the generic verbs. All have defaults; a kind gives those that it needs.
protocol ResourceStrategy: Sendable {
    /// Fills in what the client left out (upstream's versioned defaults). Runs on every decoded object.
    func applyDefaults(_ object: inout JSONValue)
    /// What admission sets or refuses, before the kind's own preparation. `old` is nil for a new object.
    func admit(_ object: inout JSONValue, old: JSONValue?, _ context: AdmissionContext) throws
    /// Whether admission looks at other objects, whose latest state it needs then.
    var admissionReadsOthers: Bool { get }
    func prepareForCreate(_ object: inout JSONValue, _ context: AdmissionContext)
    func prepareForUpdate(_ object: inout JSONValue, old: JSONValue, _ context: AdmissionContext)
    func prepareForStatusUpdate(_ object: inout JSONValue, old: JSONValue)
    /// For further subresources that show the object itself.
    func prepareForUpdate(_ object: inout JSONValue, old: JSONValue, part: String)
    func validateName(_ name: String) -> [String]
    /// What the kind's own rules say of metadata, besides what is said of all objects.
    var metadataRules: MetadataRules { get }
    /// Whether an update must name the version that it changes.
    var needsVersionToUpdate: Bool { get }
    func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError]
    func validateUpdate(_ object: JSONValue, old: JSONValue, _ context: AdmissionContext) -> [FieldError]
    func validateStatusUpdate(_ object: JSONValue, old: JSONValue) -> [FieldError]
    func validateUpdate(_ object: JSONValue, old: JSONValue, part: String) -> [FieldError]
    /// Texts of Warning headers; `old` is nil for a new object.
    func warnings(_ object: JSONValue, old: JSONValue?) -> [String]
    /// Whether metadata.generation counts changes, and of what.
    func generationSource(_ object: JSONValue) -> JSONValue?
    /// Values of field selectors beyond metadata.name and metadata.namespace; nil if the label is not supported.
    func selectableField(_ label: String, of object: JSONValue) -> String?
    var selectableFields: [String] { get }
    var table: TableDefinition { get }
    /// Seconds that the object may take to end when it is deleted; nil for kinds that are deleted at once.
    func gracePeriod(_ object: JSONValue, requested: Int64?) -> Int64?
    /// Whether a deletion that says nothing leaves the dependents alone, as for older kinds.
    var orphansDependents: Bool { get }
    var deletion: DeletionRules { get }
    /// Whether defaults have to be filled in anew once a name was made of `generateName`.
    var defaultsFollowName: Bool { get }
}

/// What a kind's own rules say of metadata. The rules for all objects come first at every update, so that clients are
/// told of what is wrong once for each time that it is looked at, as upstream does.
struct MetadataRules: Sendable {
    enum Update: Sendable {
        /// The change of the metadata.
        case change
        /// The change, and then the metadata as those of a new object.
        case changeAndObject
        /// The metadata as those of a new object.
        case object
        /// The whole object as if it were new, and then the change of the metadata.
        case wholeAndChange
        case nothing
    }

    /// Whether the rules for a new object look at its metadata; if not, any name will do that can be a part of a path.
    var checksNew = true
    /// Whether finalizers may be without a domain, as for kinds of extensions.
    var allowsAnyFinalizer = false
    var update = Update.changeAndObject
}

/// How a kind's objects go.
struct DeletionRules: Sendable {
    /// The names of those that nobody may delete.
    var kept: Set<String> = []
    /// Whether there is content in an object that has to go first: it is marked and waits for the finalizers of its spec,
    /// and who depends on it has no say.
    var hasContent = false
}

/// What admission knows: the server's configuration, and other objects.
struct AdmissionContext: Sendable {
    var ipFamilies: [String]
    var admitsServiceAccounts = false
    /// An object by its kind (``ResourceDefinition/qualifiedPlural``), namespace and name.
    var object: @Sendable (String, String, String) -> JSONValue? = { _, _, _ in nil }
    /// All objects of a kind in a namespace, or in all for an empty one.
    var objects: @Sendable (String, String) -> [JSONValue] = { _, _ in [] }

    func find(_ kind: String, _ namespace: String, _ name: String) -> JSONValue? { object(kind, namespace, name) }
    func find(_ definition: ResourceDefinition, _ namespace: String, _ name: String) -> JSONValue? {
        object(definition.qualifiedPlural, namespace, name)
    }
    func all(_ kind: String, _ namespace: String) -> [JSONValue] { objects(kind, namespace) }
    func all(_ definition: ResourceDefinition, _ namespace: String) -> [JSONValue] {
        objects(definition.qualifiedPlural, namespace)
    }
}

extension ResourceStrategy {
    func applyDefaults(_ object: inout JSONValue) {}
    func admit(_ object: inout JSONValue, old: JSONValue?, _ context: AdmissionContext) throws {}
    func prepareForCreate(_ object: inout JSONValue, _ context: AdmissionContext) {}
    func prepareForUpdate(_ object: inout JSONValue, old: JSONValue, part: String) {}
    func validateUpdate(_ object: JSONValue, old: JSONValue, part: String) -> [FieldError] { [] }
    func gracePeriod(_ object: JSONValue, requested: Int64?) -> Int64? { nil }
    var orphansDependents: Bool { false }
    var admissionReadsOthers: Bool { false }
    func prepareForUpdate(_ object: inout JSONValue, old: JSONValue, _ context: AdmissionContext) {}
    func prepareForStatusUpdate(_ object: inout JSONValue, old: JSONValue) {
        let status = object["status"]
        var metadata = object["metadata"] ?? [:]
        metadata["labels"] = old["metadata"]?["labels"]
        metadata["annotations"] = object["metadata"]?["annotations"]
        object["metadata"] = metadata
        for (name, _) in object.objectValue ?? [:] where !["kind", "apiVersion", "metadata"].contains(name) {
            object[name] = old[name]
        }
        if let spec = old["spec"] { object["spec"] = spec }
        object["status"] = status
    }
    func validateName(_ name: String) -> [String] { Names.dnsSubdomain(name) }
    var metadataRules: MetadataRules { MetadataRules() }
    var needsVersionToUpdate: Bool { false }
    func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] { [] }
    func validateUpdate(_ object: JSONValue, old: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        validateCreate(object, context)
    }
    func validateStatusUpdate(_ object: JSONValue, old: JSONValue) -> [FieldError] { [] }
    func warnings(_ object: JSONValue, old: JSONValue?) -> [String] { [] }
    func generationSource(_ object: JSONValue) -> JSONValue? { nil }
    func selectableField(_ label: String, of object: JSONValue) -> String? { nil }
    var selectableFields: [String] { [] }
    var table: TableDefinition { TableDefinition(columns: []) { _, _ in [] } }
    var deletion: DeletionRules { DeletionRules() }
    var defaultsFollowName: Bool { false }
}
