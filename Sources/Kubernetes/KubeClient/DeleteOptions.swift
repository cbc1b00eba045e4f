import JSONStream

/// How to delete an object (meta/v1 DeleteOptions).
public struct DeleteOptions: Hashable, Sendable {
    /// What happens to dependent objects.
    public enum PropagationPolicy: String, Hashable, Sendable {
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
        if let gracePeriod { value["gracePeriodSeconds"] = .integer(gracePeriod) }
        var preconditions: [String: String] = [:]
        preconditions["uid"] = uid
        preconditions["resourceVersion"] = resourceVersion
        if !preconditions.isEmpty { value["preconditions"] = JSONValue(preconditions) }
        return value.serialized()
    }
}
