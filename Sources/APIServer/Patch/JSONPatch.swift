import JSONStream
import OrderedCollections

/// JSON Patch (RFC 6902).
struct JSONPatch: Sendable {
    struct Failure: Error { var message: String }

    private struct Operation: Sendable {
        var name: String
        var path: [String]
        var from: [String]?
        var value: JSONValue?
    }

    private static let operationLimit = 10_000
    private let operations: [Operation]

    init(_ patch: JSONValue) throws {
        guard case .array(let items) = patch else {
            let found =
                switch patch {
                case .object: "object"
                case .string: "string"
                case .bool: "bool"
                case .null: "null"
                default: "number"
                }
            throw StatusError.badRequest(
                "error decoding patch: json: cannot unmarshal \(found) into Go value of type []handlers.jsonPatchOp")
        }
        guard items.count <= Self.operationLimit else {
            throw StatusError(
                code: 413, reason: "RequestEntityTooLarge",
                message: "Request entity too large: The allowed maximum operations in a JSON patch is "
                    + "\(Self.operationLimit), got \(items.count)")
        }
        operations = try items.map { item in
            guard let path = Self.pointer(item.text("path")) else {
                throw StatusError.badRequest("error decoding patch: \"\(item.text("path"))\" is no JSON pointer")
            }
            return Operation(
                name: item.text("op"), path: path, from: item["from"]?.stringValue.flatMap(Self.pointer),
                value: item["value"])
        }
    }

    /// The steps of a pointer (RFC 6901).
    private static func pointer(_ text: String) -> [String]? {
        if text.isEmpty { return [] }
        guard text.hasPrefix("/") else { return nil }
        return text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
            String($0.replacing("~1", with: "/").replacing("~0", with: "~"))
        }
    }

    func apply(to document: JSONValue) throws(Failure) -> JSONValue {
        var document = document
        for operation in operations { try apply(operation, &document) }
        return document
    }

    private func apply(_ operation: Operation, _ document: inout JSONValue) throws(Failure) {
        let path = operation.path[...]
        switch operation.name {
        case "add": try Self.edit(&document, path, .add(operation.value ?? .null))
        case "replace": try Self.edit(&document, path, .replace(operation.value ?? .null))
        case "remove": try Self.edit(&document, path, .remove)
        case "test":
            let found = try? Self.find(document, path)
            guard (found ?? .null) == (operation.value ?? .null) else {
                throw Failure(message: "testing value /\(path.joined(separator: "/")) failed")
            }
        case "move", "copy":
            guard let from = operation.from else { throw Failure(message: "\(operation.name) has no from") }
            let value = try Self.find(document, from[...])
            if operation.name == "move" { try Self.edit(&document, from[...], .remove) }
            try Self.edit(&document, path, .add(value))
        default:
            throw Failure(message: "unexpected kind: \(operation.name)")
        }
    }

    private enum Edit {
        case add(JSONValue)
        case replace(JSONValue)
        case remove
    }

    private static func find(_ document: JSONValue, _ path: ArraySlice<String>) throws(Failure) -> JSONValue {
        guard let step = path.first else { return document }
        switch document {
        case .object(let members):
            guard let member = members[step] else { throw missing(step) }
            return try find(member, path.dropFirst())
        case .array(let elements):
            guard let index = Int(step), elements.indices.contains(index) else { throw missing(step) }
            return try find(elements[index], path.dropFirst())
        default:
            throw missing(step)
        }
    }

    private static func edit(_ document: inout JSONValue, _ path: ArraySlice<String>, _ edit: Edit) throws(Failure) {
        guard let step = path.first else {
            switch edit {
            case .add(let value), .replace(let value): document = value
            case .remove: throw Failure(message: "the whole document cannot be removed")
            }
            return
        }
        let rest = path.dropFirst()
        switch document {
        case .object(var members):
            if rest.isEmpty {
                switch edit {
                case .add(let value):
                    members[step] = value
                case .replace(let value):
                    guard members[step] != nil else { throw missing(step) }
                    members[step] = value
                case .remove:
                    guard members.removeValue(forKey: step) != nil else { throw missing(step) }
                }
            } else {
                guard var member = members[step] else { throw missing(step) }
                try self.edit(&member, rest, edit)
                members[step] = member
            }
            document = .object(members)
        case .array(var elements):
            try self.edit(&elements, step, rest, edit)
            document = .array(elements)
        default:
            throw missing(step)
        }
    }

    private static func edit(
        _ elements: inout [JSONValue], _ step: String, _ rest: ArraySlice<String>, _ edit: Edit
    ) throws(Failure) {
        if rest.isEmpty, case .add(let value) = edit {
            let index = step == "-" ? elements.count : Int(step) ?? -1
            guard (0...elements.count).contains(index) else { throw missing(step) }
            elements.insert(value, at: index)
            return
        }
        guard let index = Int(step), elements.indices.contains(index) else { throw missing(step) }
        if rest.isEmpty {
            if case .replace(let value) = edit { elements[index] = value } else { elements.remove(at: index) }
        } else {
            try self.edit(&elements[index], rest, edit)
        }
    }

    private static func missing(_ step: String) -> Failure {
        Failure(message: "\"\(step)\" is missing")
    }
}

/// JSON Merge Patch (RFC 7396).
enum MergePatch {
    static func apply(_ patch: JSONValue, to document: JSONValue?) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var members = document?.objectValue ?? [:]
        for (name, change) in changes {
            if change.isNull {
                members.removeValue(forKey: name)
            } else {
                members[name] = apply(change, to: members[name])
            }
        }
        return .object(members)
    }
}
