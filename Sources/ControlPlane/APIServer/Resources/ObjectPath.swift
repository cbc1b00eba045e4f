/// An object, a collection of objects or a part of an object, by its kind and its names.
struct ObjectPath: Sendable {
    var definition: ResourceDefinition
    /// Empty for all namespaces and for kinds without one.
    var namespace: String
    /// Empty for the collection.
    var name: String
    /// Empty for the object itself.
    var subresource: String

    var key: String { definition.key(namespace: namespace, name: name) }
}
