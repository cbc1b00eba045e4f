import KubeSchema

extension Patch {
    /// - Parameter options: those of the request, which name its manager.
    init(_ body: [UInt8], _ kind: Kind, _ definition: ResourceDefinition, _ options: RequestOptions) throws {
        try self.init(body, kind, definition, manager: options.fieldManager, force: options.force ?? false)
    }
}

extension Patch.Kind {
    /// - Parameter isCustom: whether it is for a custom object, of which no merge keys are known.
    init(contentType: String, isCustom: Bool = false) throws(StatusError) {
        switch MediaType(contentType).name {
        case "application/json-patch+json": self = .json
        case "application/merge-patch+json": self = .merge
        case "application/strategic-merge-patch+json" where !isCustom: self = .strategic
        case "application/apply-patch+yaml": self = .apply
        default:
            throw StatusError(
                code: 415, reason: "UnsupportedMediaType", message: "415: Unsupported Media Type",
                details: StatusError.Details())
        }
    }
}
