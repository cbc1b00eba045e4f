import JSONStream

/// How to delete an object (meta/v1 DeleteOptions).
public struct DeleteOptions: Hashable, Sendable {
    /// What happens to dependent objects.
    public enum PropagationPolicy: String, Hashable, Sendable, CaseIterable {
        case orphan = "Orphan"
        case background = "Background"
        case foreground = "Foreground"
    }

    /// Nil: the kind's default.
    public var propagationPolicy: PropagationPolicy?
    /// In seconds; nil: the object's own.
    public var gracePeriod: Int64?
    /// The deletion fails with a conflict if the object has another uid.
    public var uid: String?
    public var resourceVersion: String?
    /// Whether nothing is to come of it.
    public var isDryRun = false
    /// The older form of the policy: true for orphan, false for background.
    public var orphanDependents: Bool?

    public init(
        propagationPolicy: PropagationPolicy? = nil, gracePeriod: Int64? = nil, uid: String? = nil,
        resourceVersion: String? = nil
    ) {
        self.propagationPolicy = propagationPolicy
        self.gracePeriod = gracePeriod
        self.uid = uid
        self.resourceVersion = resourceVersion
    }

    /// Nil if there is nothing to say.
    public var body: [UInt8]? {
        guard self != DeleteOptions() else { return nil }
        var value: JSONValue = ["kind": "DeleteOptions", "apiVersion": "v1"]
        if let propagationPolicy { value["propagationPolicy"] = .string(propagationPolicy.rawValue) }
        if isDryRun { value["dryRun"] = ["All"] }
        if let orphanDependents { value["orphanDependents"] = .bool(orphanDependents) }
        if let gracePeriod { value["gracePeriodSeconds"] = .integer(gracePeriod) }
        var preconditions: [String: String] = [:]
        preconditions["uid"] = uid
        preconditions["resourceVersion"] = resourceVersion
        if !preconditions.isEmpty { value["preconditions"] = JSONValue(preconditions) }
        return value.serialized()
    }
}
