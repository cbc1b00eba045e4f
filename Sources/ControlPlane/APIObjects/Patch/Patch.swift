package import JSONStream
import KubeSchema

/// One PATCH request's body, of whichever type.
package enum Patch: Sendable {
    case json(JSONPatch)
    case merge(JSONValue)
    case strategic(StrategicMergePatch)
    case apply(ApplyPatch)

    /// What a PATCH says its body is.
    package enum Kind: Sendable {
        case json
        case merge
        case strategic
        case apply

        /// - Parameter isCustom: whether it is for a custom object, of which no merge keys are known.
        package init(contentType: String, isCustom: Bool = false) throws(StatusError) {
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

    package init(_ body: [UInt8], _ kind: Kind, _ definition: ResourceDefinition, manager: String, force: Bool) throws {
        switch kind {
        case .json: self = .json(try JSONPatch(try Self.parsed(body)))
        case .merge: self = .merge(try Self.object(body, null: nil))
        case .strategic: self = .strategic(StrategicMergePatch(try Self.object(body, null: [:]), definition.schema))
        case .apply: self = .apply(try ApplyPatch(body, definition, manager: manager, force: force))
        }
    }

    private static func parsed(_ body: [UInt8]) throws -> JSONValue {
        do {
            return try JSONValue(parsing: body)
        } catch {
            throw StatusError.badRequest("error decoding patch: \(error)")
        }
    }

    /// - Parameter null: what null stands for; nil if it is no patch.
    private static func object(_ body: [UInt8], null: JSONValue?) throws -> JSONValue {
        switch try parsed(body) {
        case .null:
            guard let null else { throw StatusError.badRequest("Invalid JSON Patch") }
            return null
        case .object(let members): return .object(members)
        case let other:
            throw StatusError.badRequest(
                "error decoding patch: json: cannot unmarshal \(JSONPatch.goKind(other)) into Go value of type "
                    + "map[string]interface {}")
        }
    }

    /// What is wrong with the text of a patch that can be made all the same: fields that stand there twice, and those
    /// of a JSON patch that mean nothing.
    package static func problems(_ body: [UInt8], _ kind: Kind) -> [String] {
        guard kind != .apply, let parsed = try? JSONValue.parse(body) else { return [] }
        // The members of no schema are all known.
        let twice = parsed.hasRepeatedMembers ? StrictFields.find(in: body, nil) : []
        guard kind == .json else { return twice }
        var unknown: [String] = []
        for (index, item) in (parsed.value.arrayValue ?? []).enumerated() {
            for name in item.objectValue?.keys ?? [] where !["op", "path", "from", "value"].contains(name) {
                guard unknown.count < StrictFields.mostProblems else { break }
                unknown.append("json patch unknown field \"[\(index)].\(name.prefix(StrictFields.longestProblem))\"")
            }
        }
        return twice.map { "json patch \($0)" } + unknown
    }

    var createsMissing: Bool { if case .apply = self { true } else { false } }

    /// Whether the patched text is read as a body is, kind and all.
    package var isDecodedAgain: Bool {
        switch self {
        case .json, .merge: true
        case .strategic, .apply: false
        }
    }

    /// The object after the patch, not yet checked against its schema.
    package func apply(to current: JSONValue?, _ target: ObjectPath) throws -> JSONValue {
        if case .apply(let patch) = self { return try patch.merged(into: current, target) }
        guard let current else { throw StatusError.notFound(target.definition, target.name) }
        switch self {
        case .json(let patch):
            do {
                return try patch.apply(to: current)
            } catch is JSONPatch.Failure {
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
    package func finish(_ object: inout JSONValue, from current: JSONValue?, _ target: ObjectPath) throws {
        if case .apply(let patch) = self { patch.recordManager(&object, from: current, target) }
    }
}
