package import APIObjects
package import JSONStream

/// A kind whose objects hold addresses and ports, of which there are only so many.
package protocol AllocatingStrategy: ResourceStrategy {
    /// Takes what the object needs; the reservation is kept or given back by the caller.
    func allocate(_ object: inout JSONValue, old: JSONValue?, _ allocators: Allocators) throws -> Reservation
    /// What an object gives up that goes.
    func release(_ object: JSONValue, _ allocators: Allocators) -> Reservation
}

extension ResourceDefinition {
    /// Nil for kinds that hold nothing.
    package var allocating: (any AllocatingStrategy)? { strategy as? any AllocatingStrategy }
}
