public import JSONStream

/// A Deployment (apps/v1), the fields that controllers use.
public struct Deployment: APIObject, Hashable {
    public static let apiVersion = "apps/v1"
    public static let kind = "Deployment"
    public static let resource = "deployments"
    public static let isNamespaced = true

    public enum Strategy: Hashable, Sendable {
        case recreate
        case rollingUpdate(maxSurge: IntOrPercent, maxUnavailable: IntOrPercent)
    }

    public var metadata: ObjectMeta
    public var replicas: Int32 = 1
    public var minReadySeconds: Int32 = 0
    public var selector = LabelSelector()
    /// The whole `spec.template`, for ReplicaSets.
    public var template: JSONValue = [:]
    public var strategy = Strategy.rollingUpdate(maxSurge: .percent(25), maxUnavailable: .percent(25))
    public var isPaused = false
    /// Old ReplicaSets to keep; nil: all.
    public var revisionHistoryLimit: Int32?
    /// Nil: no deadline.
    public var progressDeadlineSeconds: Int32?
    public var status = Status()

    public struct Status: Hashable, Sendable {
        public var replicas: Int32 = 0
        public var updatedReplicas: Int32 = 0
        public var readyReplicas: Int32 = 0
        public var availableReplicas: Int32 = 0
        public var unavailableReplicas: Int32 = 0
        /// Nil if not counted.
        public var terminatingReplicas: Int32?
        public var observedGeneration: Int64 = 0
        public var collisionCount: Int32?
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
            case "spec": try readSpec(from: &reader)
            case "status": status = try Status(reading: &reader)
            default: try reader.skip()
            }
        }
    }

    private mutating func readSpec(from reader: inout JSONReader) throws {
        var type = "RollingUpdate"
        var surge = IntOrPercent.percent(25)
        var unavailable = IntOrPercent.percent(25)
        try reader.objectIfPresent { key, reader in
            switch key {
            case "replicas": replicas = try reader.integerIfPresent() ?? 1
            case "minReadySeconds": minReadySeconds = try reader.integerIfPresent() ?? 0
            case "selector": selector = try LabelSelector(reading: &reader)
            case "template": template = try JSONValue(reading: &reader)
            case "paused": isPaused = try reader.boolIfPresent() ?? false
            case "revisionHistoryLimit": revisionHistoryLimit = try reader.integerIfPresent()
            case "progressDeadlineSeconds": progressDeadlineSeconds = try reader.integerIfPresent()
            case "strategy":
                try reader.objectIfPresent { key, reader in
                    switch key {
                    case "type": type = try reader.stringIfPresent() ?? type
                    case "rollingUpdate":
                        try reader.objectIfPresent { key, reader in
                            switch key {
                            case "maxSurge": surge = try IntOrPercent(reading: &reader) ?? surge
                            case "maxUnavailable": unavailable = try IntOrPercent(reading: &reader) ?? unavailable
                            default: try reader.skip()
                            }
                        }
                    default: try reader.skip()
                    }
                }
            default: try reader.skip()
            }
        }
        strategy = type == "Recreate" ? .recreate : .rollingUpdate(maxSurge: surge, maxUnavailable: unavailable)
    }
}

extension Deployment.Status {
    init(reading reader: inout JSONReader) throws {
        try reader.objectIfPresent { key, reader in
            switch key {
            case "replicas": replicas = try reader.integerIfPresent() ?? 0
            case "updatedReplicas": updatedReplicas = try reader.integerIfPresent() ?? 0
            case "readyReplicas": readyReplicas = try reader.integerIfPresent() ?? 0
            case "availableReplicas": availableReplicas = try reader.integerIfPresent() ?? 0
            case "unavailableReplicas": unavailableReplicas = try reader.integerIfPresent() ?? 0
            case "terminatingReplicas": terminatingReplicas = try reader.integerIfPresent()
            case "observedGeneration": observedGeneration = try reader.integerIfPresent() ?? 0
            case "collisionCount": collisionCount = try reader.integerIfPresent()
            case "conditions": conditions = try reader.listIfPresent { try Condition(reading: &$0) }
            default: try reader.skip()
            }
        }
    }

    public var json: JSONValue {
        var value: JSONValue = [
            "replicas": .integer(Int64(replicas)), "updatedReplicas": .integer(Int64(updatedReplicas)),
            "readyReplicas": .integer(Int64(readyReplicas)), "availableReplicas": .integer(Int64(availableReplicas)),
            "unavailableReplicas": .integer(Int64(unavailableReplicas)),
            "observedGeneration": .integer(observedGeneration), "conditions": .array(conditions.map(\.json)),
        ]
        if let collisionCount { value["collisionCount"] = .integer(Int64(collisionCount)) }
        if let terminatingReplicas { value["terminatingReplicas"] = .integer(Int64(terminatingReplicas)) }
        return value
    }
}

/// A number or a percentage (util/intstr IntOrString).
public enum IntOrPercent: Hashable, Sendable {
    case number(Int32)
    case percent(Int32)

    /// Nil for null and for what is neither.
    init?(reading reader: inout JSONReader) throws {
        switch try reader.peek() {
        case .number: self = .number(try reader.integer())
        case .string:
            let text = try reader.string()
            guard text.hasSuffix("%"), let share = Int32(text.dropLast()) else { return nil }
            self = .percent(share)
        default:
            try reader.skip()
            return nil
        }
    }

    /// The number, for a given total.
    public func of(_ total: Int32, roundingUp: Bool) -> Int32 {
        switch self {
        case .number(let number): return number
        case .percent(let share):
            let product = Int64(share) * Int64(total)
            return Int32(clamping: roundingUp ? (product + 99) / 100 : product / 100)
        }
    }
}
