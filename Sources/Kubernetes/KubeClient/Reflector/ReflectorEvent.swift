public import JSONStream
public import KubeAPI

/// An event from a ``Reflector`` to its handler, in order.
public enum ReflectorEvent<Object: APIObject>: Sendable {
    /// Changes that arrived together, oldest first: a few dozen while listing, mostly one while watching. An object may
    /// be in it more than once.
    case changed([ObjectChange<Object>])
    /// An object was skipped. If it was known before, its last readable version stays in force.
    case undecodable(UndecodableObject)
    /// A list is complete: all existing objects, and all deletions meanwhile, have been reported.
    case synced
}

public enum ObjectChange<Object: APIObject>: Sendable {
    case upserted(Object)
    case deleted(ObjectKey)
}

/// An object that could not be decoded.
public struct UndecodableObject: Hashable, Sendable {
    /// Nil if not even the name could be read.
    public var key: ObjectKey?
    public var error: JSONError
    /// An earlier version of the object was delivered and is still in force.
    public var isKnown: Bool
}
