public import JSONStream

/// A mark that keeps pods off a node (core/v1 Taint).
public struct Taint: Hashable, Sendable {
    public enum Effect: String, Sendable {
        case noSchedule = "NoSchedule"
        case preferNoSchedule = "PreferNoSchedule"
        case noExecute = "NoExecute"
    }

    public var key: String
    public var value: String
    public var effect: Effect
    /// RFC 3339; empty if it is not known.
    public var timeAdded: String

    public init(_ key: String, _ value: String = "", _ effect: Effect, timeAdded: String = "") {
        self.key = key
        self.value = value
        self.effect = effect
        self.timeAdded = timeAdded
    }

    /// Nil if the effect is unknown.
    init?(reading reader: inout JSONReader) throws {
        var key = ""
        var value = ""
        var effect = ""
        var timeAdded = ""
        try reader.object { field, reader in
            switch field {
            case "key": key = try reader.stringIfPresent() ?? ""
            case "value": value = try reader.stringIfPresent() ?? ""
            case "effect": effect = try reader.stringIfPresent() ?? ""
            case "timeAdded": timeAdded = try reader.stringIfPresent() ?? ""
            default: try reader.skip()
            }
        }
        guard let known = Effect(rawValue: effect) else { return nil }
        self.init(key, value, known, timeAdded: timeAdded)
    }

    public var json: JSONValue {
        var object: JSONValue = ["key": .string(key), "effect": .string(effect.rawValue)]
        if !value.isEmpty { object["value"] = .string(value) }
        if !timeAdded.isEmpty { object["timeAdded"] = .string(timeAdded) }
        return object
    }
}

/// A taint that a pod tolerates (core/v1 Toleration).
public struct Toleration: Hashable, Sendable {
    /// Empty: all keys, with the operator Exists.
    public var key = ""
    /// `Exists` or `Equal`; empty is Equal.
    public var `operator` = ""
    public var value = ""
    /// Empty: all effects.
    public var effect = ""
    /// How long a NoExecute taint is tolerated, in seconds; nil: for ever.
    public var seconds: Int64?

    public init() {}

    init(reading reader: inout JSONReader) throws {
        try reader.object { field, reader in
            switch field {
            case "key": key = try reader.stringIfPresent() ?? ""
            case "operator": `operator` = try reader.stringIfPresent() ?? ""
            case "value": value = try reader.stringIfPresent() ?? ""
            case "effect": effect = try reader.stringIfPresent() ?? ""
            case "tolerationSeconds": seconds = try reader.integerIfPresent()
            default: try reader.skip()
            }
        }
    }

    public func tolerates(_ taint: Taint) -> Bool {
        guard effect.isEmpty || effect == taint.effect.rawValue, key.isEmpty || key == taint.key else { return false }
        switch `operator` {
        case "Exists": return true
        case "", "Equal": return !key.isEmpty && value == taint.value
        default: return false
        }
    }
}

/// How evenly pods should be spread (core/v1 TopologySpreadConstraint).
public struct TopologySpreadConstraint: Hashable, Sendable {
    /// At least 1.
    public var maxSkew: Int32 = 1
    public var topologyKey = ""
    /// Whether a node that violates it is excluded, or only scored lower.
    public var isRequired = true
    /// Nil matches no pod.
    public var selector: LabelSelector?
    /// If there are fewer domains than this, the smallest counts as empty.
    public var minDomains: Int32 = 1
    /// `Honor` (if empty) or `Ignore`.
    public var nodeAffinityPolicy = ""
    /// `Ignore` (if empty) or `Honor`.
    public var nodeTaintsPolicy = ""
    public var matchLabelKeys: [String] = []

    public init() {}

    init(reading reader: inout JSONReader) throws {
        try reader.object { field, reader in
            switch field {
            case "maxSkew": maxSkew = try reader.integerIfPresent() ?? 1
            case "topologyKey": topologyKey = try reader.stringIfPresent() ?? ""
            case "whenUnsatisfiable": isRequired = try reader.stringIfPresent() != "ScheduleAnyway"
            case "labelSelector":
                if try !reader.consumeNull() { selector = try LabelSelector(reading: &reader) }
            case "minDomains": minDomains = try reader.integerIfPresent() ?? 1
            case "nodeAffinityPolicy": nodeAffinityPolicy = try reader.stringIfPresent() ?? ""
            case "nodeTaintsPolicy": nodeTaintsPolicy = try reader.stringIfPresent() ?? ""
            case "matchLabelKeys": matchLabelKeys = try reader.stringsIfPresent()
            default: try reader.skip()
            }
        }
    }
}
