public import JSONStream
public import KubeAPI

/// What a ``Reflector`` tells its handler, in the order in which it happened.
public enum ReflectorEvent<Object: APIObject>: Sendable {
    /// Changes that arrived together, oldest first: a few dozen while listing, mostly one while watching. An object may
    /// be in it more than once.
    case changed([ObjectChange<Object>])
    /// An object was skipped. If it was known before, what is known of it stays in force.
    case undecodable(UndecodableObject)
    /// A list is complete: everything that exists has been told, and what vanished meanwhile as well.
    case synced
}

public enum ObjectChange<Object: APIObject>: Sendable {
    case upserted(Object)
    case deleted(ObjectKey)
}

/// An object of the API that could not be read.
public struct UndecodableObject: Hashable, Sendable {
    /// Nil if not even the name could be read.
    public var key: ObjectKey?
    public var error: JSONError
    /// An earlier version of the object was delivered and is still in force.
    public var isKnown: Bool
}
