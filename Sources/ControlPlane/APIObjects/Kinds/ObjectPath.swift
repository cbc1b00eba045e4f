/// An object, a collection of objects or a part of an object, by its kind and its names.
package struct ObjectPath: Sendable {
    package var definition: ResourceDefinition
    /// Empty for all namespaces and for kinds without one.
    package var namespace: String
    /// Empty for the collection.
    package var name: String
    /// Empty for the object itself.
    package var subresource: String

    package init(definition: ResourceDefinition, namespace: String, name: String, subresource: String) {
        self.definition = definition
        self.namespace = namespace
        self.name = name
        self.subresource = subresource
    }

    package var key: String { definition.key(namespace: namespace, name: name) }
}
