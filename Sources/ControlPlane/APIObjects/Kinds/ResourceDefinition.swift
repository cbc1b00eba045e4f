package import JSONStream
package import KubeSchema

/// One served kind: the declarative entry that routing, discovery, storage, validation and tables work from.
///
/// An object, because every request hands it on many times.
package final class ResourceDefinition: Sendable {
    /// Another shape of the objects of one storage (core and events.k8s.io Events).
    package struct Conversion: Sendable {
        package var toStorage: @Sendable (JSONValue) -> JSONValue
        package var fromStorage: @Sendable (JSONValue) -> JSONValue

        package init(
            toStorage: @escaping @Sendable (JSONValue) -> JSONValue,
            fromStorage: @escaping @Sendable (JSONValue) -> JSONValue
        ) {
            self.toStorage = toStorage
            self.fromStorage = fromStorage
        }
    }

    package let group: String
    package let version: String
    package let kind: String
    package let plural: String
    package let singular: String
    package let shortNames: [String]
    package let categories: [String]
    package let isNamespaced: Bool
    /// In discovery's words, sorted.
    package let verbs: [String]
    package let subresources: [Subresource]
    /// Whether PUT to a missing name creates it, and PATCH with apply always may.
    package let createsOnUpdate: Bool
    /// Whether DELETE answers with the object instead of a Status.
    package let returnsDeletedObject: Bool
    package let schema: StructSchema
    /// The schema as OpenAPI has it, for kinds whose author wrote it so.
    package let openAPISchema: JSONValue?
    /// An object of which nothing is set.
    let zero: JSONValue
    package let strategy: any ResourceStrategy
    /// The definition whose form is stored; nil if this one is.
    package let conversion: Conversion?
    /// The first part of all keys, such as `/registry/services/`.
    package let storagePrefix: String
    package let storedAPIVersion: String
    package let storedForm: StoredForm

    package init(
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
    package convenience init(
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
    package convenience init(
        body kind: GroupVersionKind, plural: String, isNamespaced: Bool = true, strategy: any ResourceStrategy
    ) {
        self.init(
            kind, plural: plural, singular: kind.kind.lowercased(), isNamespaced: isNamespaced, verbs: ["create"],
            schema: KubeSchema.type(of: kind), strategy: strategy)
    }

    package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
    /// `services`, `endpointslices.discovery.k8s.io`.
    package var qualifiedPlural: String { group.isEmpty ? plural : "\(plural).\(group)" }

    /// What upstream's texts call the home of the internal type.
    package var goPackage: String { group.isEmpty ? "core" : String(group.prefix { $0 != "." }) }

    /// Whether objects are kept; of others there is only POST, which answers at once (reviews).
    package var isStored: Bool { verbs.contains("update") }
    /// Custom resources have no protobuf form.
    package var hasProtobuf: Bool { !schema.fullName.isEmpty }
    package var canDeleteCollection: Bool { verbs.contains("deletecollection") }
    var hasStatus: Bool { subresource("status") != nil }

    package func subresource(_ name: String) -> Subresource? { subresources.first { $0.name == name } }

    package func key(namespace: String, name: String) -> String {
        isNamespaced ? "\(storagePrefix)\(namespace)/\(name)" : storagePrefix + name
    }
}

/// What a kind does beyond the generic verbs. All have defaults; a kind gives those that it needs.
package protocol ResourceStrategy: Sendable {
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
package struct MetadataRules: Sendable {
    package enum Update: Sendable {
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
    package var checksNew = true
    /// Whether finalizers may be without a domain, as for kinds of extensions.
    package var allowsAnyFinalizer = false
    package var update = Update.changeAndObject

    package init(checksNew: Bool = true, allowsAnyFinalizer: Bool = false, update: Update = Update.changeAndObject) {
        self.checksNew = checksNew
        self.allowsAnyFinalizer = allowsAnyFinalizer
        self.update = update
    }
}

/// How a kind's objects go.
package struct DeletionRules: Sendable {
    /// The names of those that nobody may delete.
    package var kept: Set<String> = []
    /// Whether there is content in an object that has to go first: it is marked and waits for the finalizers of its spec,
    /// and who depends on it has no say.
    package var hasContent = false

    package init(kept: Set<String> = [], hasContent: Bool = false) {
        self.kept = kept
        self.hasContent = hasContent
    }
}

/// What admission knows: the server's configuration, and other objects.
package struct AdmissionContext: Sendable {
    var ipFamilies: [String]
    package var admitsServiceAccounts = false
    /// An object by its kind (``ResourceDefinition/qualifiedPlural``), namespace and name.
    var object: @Sendable (String, String, String) -> JSONValue? = { _, _, _ in nil }
    /// All objects of a kind in a namespace, or in all for an empty one.
    var objects: @Sendable (String, String) -> [JSONValue] = { _, _ in [] }

    package init(
        ipFamilies: [String], admitsServiceAccounts: Bool = false,
        object: @escaping @Sendable (String, String, String) -> JSONValue? = { _, _, _ in nil },
        objects: @escaping @Sendable (String, String) -> [JSONValue] = { _, _ in [] }
    ) {
        self.ipFamilies = ipFamilies
        self.admitsServiceAccounts = admitsServiceAccounts
        self.object = object
        self.objects = objects
    }

    package func find(_ kind: String, _ namespace: String, _ name: String) -> JSONValue? {
        object(kind, namespace, name)
    }
    package func find(_ definition: ResourceDefinition, _ namespace: String, _ name: String) -> JSONValue? {
        object(definition.qualifiedPlural, namespace, name)
    }
    package func all(_ kind: String, _ namespace: String) -> [JSONValue] { objects(kind, namespace) }
    package func all(_ definition: ResourceDefinition, _ namespace: String) -> [JSONValue] {
        objects(definition.qualifiedPlural, namespace)
    }
}

extension ResourceStrategy {
    package func applyDefaults(_ object: inout JSONValue) {}
    package func admit(_ object: inout JSONValue, old: JSONValue?, _ context: AdmissionContext) throws {}
    package func prepareForCreate(_ object: inout JSONValue, _ context: AdmissionContext) {}
    package func prepareForUpdate(_ object: inout JSONValue, old: JSONValue, part: String) {}
    package func validateUpdate(_ object: JSONValue, old: JSONValue, part: String) -> [FieldError] { [] }
    package func gracePeriod(_ object: JSONValue, requested: Int64?) -> Int64? { nil }
    package var orphansDependents: Bool { false }
    package var admissionReadsOthers: Bool { false }
    package func prepareForUpdate(_ object: inout JSONValue, old: JSONValue, _ context: AdmissionContext) {}
    package func prepareForStatusUpdate(_ object: inout JSONValue, old: JSONValue) {
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
    package func validateName(_ name: String) -> [String] { Names.dnsSubdomain(name) }
    package var metadataRules: MetadataRules { MetadataRules() }
    package var needsVersionToUpdate: Bool { false }
    package func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] { [] }
    package func validateUpdate(_ object: JSONValue, old: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        validateCreate(object, context)
    }
    package func validateStatusUpdate(_ object: JSONValue, old: JSONValue) -> [FieldError] { [] }
    package func warnings(_ object: JSONValue, old: JSONValue?) -> [String] { [] }
    package func generationSource(_ object: JSONValue) -> JSONValue? { nil }
    package func selectableField(_ label: String, of object: JSONValue) -> String? { nil }
    package var selectableFields: [String] { [] }
    package var table: TableDefinition { TableDefinition(columns: []) { _, _ in [] } }
    package var deletion: DeletionRules { DeletionRules() }
    package var defaultsFollowName: Bool { false }
}
