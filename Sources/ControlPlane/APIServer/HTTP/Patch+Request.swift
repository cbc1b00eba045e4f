import APIObjects
import KubeSchema

extension Patch {
    /// - Parameter options: those of the request, which name its manager.
    init(_ body: [UInt8], _ kind: Kind, _ definition: ResourceDefinition, _ options: RequestOptions) throws {
        try self.init(body, kind, definition, manager: options.fieldManager, force: options.force ?? false)
    }
}
