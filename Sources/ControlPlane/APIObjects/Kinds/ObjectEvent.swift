/// A change of one object.
package struct ObjectEvent: Sendable {
    package enum Kind: String, Sendable {
        case added = "ADDED"
        case modified = "MODIFIED"
        case deleted = "DELETED"
    }

    package var kind: Kind
    package var object: CachedObject
    /// What the object was before, for selectors that it entered or left.
    package var previous: CachedObject?

    package init(kind: Kind, object: CachedObject, previous: CachedObject? = nil) {
        self.kind = kind
        self.object = object
        self.previous = previous
    }

    package var revision: Int64 { object.revision }
}

/// Where objects are read and followed, as far as those need it who decide by them.
package protocol ObjectSource: Sendable {
    func get(_ definition: ResourceDefinition, key: String) -> CachedObject?
    /// Has each change of a kind told before anybody can read it; to be called before anything is loaded.
    func observe(_ definition: ResourceDefinition, _ observer: @escaping @Sendable (ObjectEvent) -> Void)
    /// Waits until every change that the store has acknowledged by now is here.
    func catchUp() async throws
}
