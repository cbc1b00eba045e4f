import JSONStream
import OrderedCollections

/// One served kind: the declarative entry that routing, discovery, storage, validation and tables work from.
struct ResourceDefinition: Sendable {
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
    let hasStatus: Bool
    /// Whether PUT to a missing name creates it, and PATCH with apply always may.
    let createsOnUpdate: Bool
    let canDeleteCollection: Bool
    /// Whether DELETE answers with the object instead of a Status.
    let returnsDeletedObject: Bool
    /// Whether objects are kept; of others there is only POST, which answers at once (reviews).
    let isStored: Bool
    let schema: StructSchema
    let strategy: any ResourceStrategy
    /// The definition whose form is stored; nil if this one is.
    let conversion: Conversion?
    /// The first part of all keys, such as `/registry/services/`.
    let storagePrefix: String
    /// The kind and apiVersion that stored bytes begin with.
    let storedKind: String
    let storedAPIVersion: String

    init(
        group: String = "", version: String = "v1", kind: String, plural: String, shortNames: [String] = [],
        categories: [String] = [], isNamespaced: Bool, hasStatus: Bool = false, createsOnUpdate: Bool = false,
        canDeleteCollection: Bool = true, returnsDeletedObject: Bool = false, isStored: Bool = true,
        schema: StructSchema, strategy: any ResourceStrategy,
        conversion: Conversion? = nil, storage: (prefix: String, apiVersion: String)? = nil
    ) {
        self.group = group
        self.version = version
        self.kind = kind
        self.plural = plural
        self.singular = kind.lowercased()
        self.shortNames = shortNames
        self.categories = categories
        self.isNamespaced = isNamespaced
        self.hasStatus = hasStatus
        self.createsOnUpdate = createsOnUpdate
        self.canDeleteCollection = canDeleteCollection
        self.returnsDeletedObject = returnsDeletedObject
        self.isStored = isStored
        self.schema = schema
        self.strategy = strategy
        self.conversion = conversion
        storagePrefix = storage?.prefix ?? (group.isEmpty ? "/registry/\(plural)/" : "/registry/\(group)/\(plural)/")
        storedKind = kind
        storedAPIVersion = storage?.apiVersion ?? (group.isEmpty ? version : "\(group)/\(version)")
    }

    var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
    /// `services`, `endpointslices.discovery.k8s.io`.
    var qualifiedPlural: String { group.isEmpty ? plural : "\(plural).\(group)" }

    var verbs: [String] {
        guard isStored else { return ["create"] }
        return ["create", "delete"] + (canDeleteCollection ? ["deletecollection"] : [])
            + ["get", "list", "patch", "update", "watch"]
    }

    func key(namespace: String, name: String) -> String {
        isNamespaced ? "\(storagePrefix)\(namespace)/\(name)" : storagePrefix + name
    }
}

/// What a kind does beyond the generic verbs. All have defaults; a kind gives those that it needs.
protocol ResourceStrategy: Sendable {
    /// Fills in what the client left out (upstream's versioned defaults). Runs on every decoded object.
    func applyDefaults(_ object: inout JSONValue)
    func prepareForCreate(_ object: inout JSONValue, _ context: AdmissionContext)
    func prepareForUpdate(_ object: inout JSONValue, old: JSONValue, _ context: AdmissionContext)
    func prepareForStatusUpdate(_ object: inout JSONValue, old: JSONValue)
    func validateName(_ name: String) -> [String]
    func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError]
    func validateUpdate(_ object: JSONValue, old: JSONValue, _ context: AdmissionContext) -> [FieldError]
    func validateStatusUpdate(_ object: JSONValue, old: JSONValue) -> [FieldError]
    /// Texts of Warning headers.
    func warnings(_ object: JSONValue) -> [String]
    /// Whether metadata.generation counts changes, and of what.
    func generationSource(_ object: JSONValue) -> JSONValue?
    /// Values of field selectors beyond metadata.name and metadata.namespace; nil if the label is not supported.
    func selectableField(_ label: String, of object: JSONValue) -> String?
    var selectableFields: [String] { get }
    var table: TableDefinition { get }
    /// Takes addresses and ports from the allocators; the reservation is kept or given back by the caller.
    func allocate(_ object: inout JSONValue, old: JSONValue?, _ allocators: Allocators) throws -> Reservation?
    /// Gives back what the object holds.
    func release(_ object: JSONValue, _ allocators: Allocators)
}

/// What the server's configuration means for admission.
struct AdmissionContext: Sendable {
    var ipFamilies: [String]
}

extension ResourceStrategy {
    func applyDefaults(_ object: inout JSONValue) {}
    func prepareForCreate(_ object: inout JSONValue, _ context: AdmissionContext) {}
    func prepareForUpdate(_ object: inout JSONValue, old: JSONValue, _ context: AdmissionContext) {}
    func prepareForStatusUpdate(_ object: inout JSONValue, old: JSONValue) {
        let status = object["status"]
        var metadata = object["metadata"] ?? [:]
        metadata["labels"] = old["metadata"]?["labels"]
        metadata["annotations"] = object["metadata"]?["annotations"]
        object["metadata"] = metadata
        for name in object.objectValue?.keys ?? [] where !["kind", "apiVersion", "metadata"].contains(name) {
            object[name] = old[name]
        }
        if let spec = old["spec"] { object["spec"] = spec }
        object["status"] = status
    }
    func validateName(_ name: String) -> [String] { Names.dnsSubdomain(name) }
    func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] { [] }
    func validateUpdate(_ object: JSONValue, old: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        validateCreate(object, context)
    }
    func validateStatusUpdate(_ object: JSONValue, old: JSONValue) -> [FieldError] { [] }
    func warnings(_ object: JSONValue) -> [String] { [] }
    func generationSource(_ object: JSONValue) -> JSONValue? { nil }
    func selectableField(_ label: String, of object: JSONValue) -> String? { nil }
    var selectableFields: [String] { [] }
    var table: TableDefinition { TableDefinition(columns: []) { _, _ in [] } }
    func allocate(_ object: inout JSONValue, old: JSONValue?, _ allocators: Allocators) throws -> Reservation? { nil }
    func release(_ object: JSONValue, _ allocators: Allocators) {}
}
