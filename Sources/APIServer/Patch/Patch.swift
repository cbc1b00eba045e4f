import JSONStream
import OrderedCollections

/// One PATCH request's body, of whichever type.
enum Patch: Sendable {
    case json(JSONPatch)
    case merge(JSONValue)
    case strategic(StrategicMergePatch)
    case apply(ApplyPatch)

    init(_ body: [UInt8], contentType: String, _ definition: ResourceDefinition, _ options: RequestOptions) throws {
        switch MediaType(contentType).name {
        case "application/json-patch+json":
            self = .json(try JSONPatch(try Self.parsed(body)))
        case "application/merge-patch+json":
            self = .merge(try Self.object(body))
        case "application/strategic-merge-patch+json":
            self = .strategic(StrategicMergePatch(try Self.object(body), definition.schema))
        case "application/apply-patch+yaml":
            self = .apply(try ApplyPatch(body, definition, options))
        default:
            throw StatusError(
                code: 415, reason: "UnsupportedMediaType", message: "415: Unsupported Media Type",
                details: StatusError.Details())
        }
    }

    private static func parsed(_ body: [UInt8]) throws -> JSONValue {
        do {
            return try JSONValue(parsing: body)
        } catch {
            throw StatusError.badRequest("error decoding patch: \(error)")
        }
    }

    private static func object(_ body: [UInt8]) throws -> JSONValue {
        let value = try parsed(body)
        guard case .object = value else {
            throw StatusError.badRequest("error decoding patch: a merge patch must be an object")
        }
        return value
    }

    var createsMissing: Bool { if case .apply = self { true } else { false } }

    /// Whether the patched text is read as a body is, kind and all.
    var isDecodedAgain: Bool {
        switch self {
        case .json, .merge: true
        case .strategic, .apply: false
        }
    }

    /// The object after the patch, not yet checked against its schema.
    func apply(to current: JSONValue?, _ target: RequestTarget.Resource) throws -> JSONValue {
        if case .apply(let patch) = self { return try patch.merged(into: current, target) }
        guard let current else { throw StatusError.notFound(target.definition, target.name) }
        switch self {
        case .json(let patch):
            do {
                return try patch.apply(to: current)
            } catch {
                throw StatusError(
                    code: 422, reason: "Invalid",
                    message: "the server rejected our request due to an error in our request",
                    details: StatusError.Details())
            }
        case .merge(let patch):
            return MergePatch.apply(patch, to: current)
        case .strategic(let patch):
            return try patch.apply(to: current)
        case .apply:
            return current
        }
    }

    /// Sets who manages the fields, once defaults are filled in.
    func finish(_ object: inout JSONValue, from current: JSONValue?, _ target: RequestTarget.Resource) throws {
        if case .apply(let patch) = self { patch.recordManager(&object, from: current, target) }
    }
}
