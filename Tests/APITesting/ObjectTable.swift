package import APIObjects
package import JSONStream
import Synchronization

/// Objects that are there from the beginning, and never change.
package final class ObjectTable: ObjectSource {
    private let objects = Mutex<[String: CachedObject]>([:])

    package init() {}

    package func put(_ definition: ResourceDefinition, _ object: JSONValue) throws {
        let metadata = object["metadata"] ?? [:]
        let key = definition.key(
            namespace: metadata["namespace"]?.stringValue ?? "", name: metadata["name"]?.stringValue ?? "")
        let form = definition.storedForm
        let bytes = form.wire(form.encode(object), revision: 1) ?? []
        let cached = CachedObject(key: key, revision: 1, bytes: bytes, facts: try CachedObject.Facts(in: bytes))
        objects.withLock { $0[key] = cached }
    }

    package func get(_ definition: ResourceDefinition, key: String) -> CachedObject? { objects.withLock { $0[key] } }

    package func observe(_ definition: ResourceDefinition, _ observer: @escaping @Sendable (ObjectEvent) -> Void) {}

    package func catchUp() async throws {}
}
