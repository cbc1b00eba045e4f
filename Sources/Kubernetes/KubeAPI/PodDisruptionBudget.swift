public import JSONStream

/// A PodDisruptionBudget (policy/v1): how many of the selected pods may be unavailable at the same time.
public struct PodDisruptionBudget: APIObject, Hashable {
    public static let apiVersion = "policy/v1"
    public static let kind = "PodDisruptionBudget"
    public static let resource = "poddisruptionbudgets"
    public static let isNamespaced = true

    public var metadata: ObjectMeta
    public var minAvailable: IntOrPercent?
    public var maxUnavailable: IntOrPercent?
    /// Nil: no pods.
    public var selector: LabelSelector?
    public var status = Status()

    public struct Status: Hashable, Sendable {
        public var observedGeneration: Int64 = 0
        /// When evictions were allowed, by the names of pods that still exist; RFC 3339.
        public var disruptedPods: [String: String] = [:]
        public var disruptionsAllowed: Int32 = 0
        public var currentHealthy: Int32 = 0
        public var desiredHealthy: Int32 = 0
        public var expectedPods: Int32 = 0
        public var conditions: [Condition] = []

        public init() {}
    }

    /// A condition with the generation that it describes (meta/v1 Condition).
    public struct Condition: Hashable, Sendable {
        public var type = ""
        /// `True`, `False` or `Unknown`.
        public var status = ""
        public var observedGeneration: Int64 = 0
        public var lastTransitionTime = ""
        public var reason = ""
        public var message = ""

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
                    case "minAvailable": minAvailable = try IntOrPercent(reading: &reader)
                    case "maxUnavailable": maxUnavailable = try IntOrPercent(reading: &reader)
                    case "selector":
                        if try !reader.consumeNull() { selector = try LabelSelector(reading: &reader) }
                    default: try reader.skip()
                    }
                }
            case "status": status = try Status(reading: &reader)
            default: try reader.skip()
            }
        }
    }
}

extension PodDisruptionBudget.Status {
    init(reading reader: inout JSONReader) throws {
        try reader.objectIfPresent { key, reader in
            switch key {
            case "observedGeneration": observedGeneration = try reader.integerIfPresent() ?? 0
            case "disruptedPods": disruptedPods = try reader.stringMapIfPresent()
            case "disruptionsAllowed": disruptionsAllowed = try reader.integerIfPresent() ?? 0
            case "currentHealthy": currentHealthy = try reader.integerIfPresent() ?? 0
            case "desiredHealthy": desiredHealthy = try reader.integerIfPresent() ?? 0
            case "expectedPods": expectedPods = try reader.integerIfPresent() ?? 0
            case "conditions":
                conditions = try reader.listIfPresent { try PodDisruptionBudget.Condition(reading: &$0) }
            default: try reader.skip()
            }
        }
    }

    public var json: JSONValue {
        [
            "observedGeneration": .integer(observedGeneration),
            "disruptedPods": JSONValue(disruptedPods),
            "disruptionsAllowed": .integer(Int64(disruptionsAllowed)),
            "currentHealthy": .integer(Int64(currentHealthy)), "desiredHealthy": .integer(Int64(desiredHealthy)),
            "expectedPods": .integer(Int64(expectedPods)), "conditions": .array(conditions.map(\.json)),
        ]
    }
}

extension PodDisruptionBudget.Condition {
    init(reading reader: inout JSONReader) throws {
        try reader.object { key, reader in
            switch key {
            case "type": type = try reader.stringIfPresent() ?? ""
            case "status": status = try reader.stringIfPresent() ?? ""
            case "observedGeneration": observedGeneration = try reader.integerIfPresent() ?? 0
            case "lastTransitionTime": lastTransitionTime = try reader.stringIfPresent() ?? ""
            case "reason": reason = try reader.stringIfPresent() ?? ""
            case "message": message = try reader.stringIfPresent() ?? ""
            default: try reader.skip()
            }
        }
    }

    var json: JSONValue {
        [
            "type": .string(type), "status": .string(status), "observedGeneration": .integer(observedGeneration),
            "lastTransitionTime": .string(lastTransitionTime), "reason": .string(reason),
            "message": .string(message),
        ]
    }
}
