public import JSONStream

/// A ReplicaSet (apps/v1), the fields that controllers use.
public struct ReplicaSet: APIObject, Hashable {
    public static let apiVersion = "apps/v1"
    public static let kind = "ReplicaSet"
    public static let resource = "replicasets"
    public static let isNamespaced = true

    public var metadata: ObjectMeta
    public var replicas: Int32 = 1
    /// How long a pod must have been ready to count as available, in seconds.
    public var minReadySeconds: Int32 = 0
    public var selector = LabelSelector()
    /// The whole `spec.template`, for pods.
    public var template: JSONValue = [:]
    public var status = Status()

    public struct Status: Hashable, Sendable {
        public var replicas: Int32 = 0
        public var fullyLabeledReplicas: Int32 = 0
        public var readyReplicas: Int32 = 0
        public var availableReplicas: Int32 = 0
        /// Nil if not counted.
        public var terminatingReplicas: Int32?
        public var observedGeneration: Int64 = 0
        public var conditions: [Condition] = []

        public init() {}
    }

    public init(metadata: ObjectMeta = ObjectMeta()) {
        self.metadata = metadata
    }

    public init(reading reader: inout JSONReader) throws {
        self.init()
        try reader.object { key, reader in
            switch key {
            case "metadata":
                if try !reader.consumeNull() { metadata = try ObjectMeta(reading: &reader) }
            case "spec":
                try reader.objectIfPresent { key, reader in
                    switch key {
                    case "replicas": replicas = try reader.integerIfPresent() ?? 1
                    case "minReadySeconds": minReadySeconds = try reader.integerIfPresent() ?? 0
                    case "selector": selector = try LabelSelector(reading: &reader)
                    case "template": template = try JSONValue(reading: &reader)
                    default: try reader.skip()
                    }
                }
            case "status": status = try Status(reading: &reader)
            default: try reader.skip()
            }
        }
    }
}

extension ReplicaSet.Status {
    init(reading reader: inout JSONReader) throws {
        try reader.objectIfPresent { key, reader in
            switch key {
            case "replicas": replicas = try reader.integerIfPresent() ?? 0
            case "fullyLabeledReplicas": fullyLabeledReplicas = try reader.integerIfPresent() ?? 0
            case "readyReplicas": readyReplicas = try reader.integerIfPresent() ?? 0
            case "availableReplicas": availableReplicas = try reader.integerIfPresent() ?? 0
            case "terminatingReplicas": terminatingReplicas = try reader.integerIfPresent()
            case "observedGeneration": observedGeneration = try reader.integerIfPresent() ?? 0
            case "conditions": conditions = try reader.listIfPresent { try Condition(reading: &$0) }
            default: try reader.skip()
            }
        }
    }

    public var json: JSONValue {
        var value: JSONValue = [
            "replicas": .integer(Int64(replicas)), "fullyLabeledReplicas": .integer(Int64(fullyLabeledReplicas)),
            "readyReplicas": .integer(Int64(readyReplicas)), "availableReplicas": .integer(Int64(availableReplicas)),
            "observedGeneration": .integer(observedGeneration), "conditions": .array(conditions.map(\.json)),
        ]
        if let terminatingReplicas { value["terminatingReplicas"] = .integer(Int64(terminatingReplicas)) }
        return value
    }
}
