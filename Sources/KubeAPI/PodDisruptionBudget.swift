public import JSONStream

/// A PodDisruptionBudget (policy/v1): how many of a set of pods may be missing on purpose at the same time. The fields
/// that those who disrupt use.
public struct PodDisruptionBudget: APIObject, Hashable {
    public static let apiVersion = "policy/v1"
    public static let kind = "PodDisruptionBudget"
    public static let resource = "poddisruptionbudgets"
    public static let isNamespaced = true

    public var metadata: ObjectMeta
    /// Nil matches no pod.
    public var selector: LabelSelector?
    /// How many pods may be disrupted now.
    public var disruptionsAllowed: Int32 = 0
    /// Names of pods whose disruption has begun and is counted already.
    public var disruptedPods: Set<String> = []

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
                    guard "selector" ~= key else { return try reader.skip() }
                    if try !reader.consumeNull() { selector = try LabelSelector(reading: &reader) }
                }
            case "status": try readStatus(from: &reader)
            default: try reader.skip()
            }
        }
    }

    private mutating func readStatus(from reader: inout JSONReader) throws {
        try reader.objectIfPresent { key, reader in
            switch key {
            case "disruptionsAllowed": disruptionsAllowed = try reader.integerIfPresent() ?? 0
            case "disruptedPods":
                try reader.objectIfPresent { key, reader in
                    disruptedPods.insert(key.string)
                    try reader.skip()
                }
            default: try reader.skip()
            }
        }
    }
}
