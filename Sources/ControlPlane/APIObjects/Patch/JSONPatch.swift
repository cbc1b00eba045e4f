package import JSONStream

/// JSON Patch (RFC 6902). As upstream's library, it takes negative indexes, which count from the end of a list.
package struct JSONPatch: Sendable {
    /// Bytes.
    private static let mostCopied = 3 << 20

    struct Failure: Error { var message: String }

    private struct Operation: Sendable {
        var name: String
        var path: String?
        var from: String?
        var value: JSONValue?
    }

    /// What the operations may still copy and move, so that a short patch cannot make a huge object.
    private struct Budget {
        var bytes = JSONPatch.mostCopied

        mutating func take(_ value: JSONValue, to path: [String]) throws(Failure) {
            bytes -= value.serialized().count
            guard bytes >= 0 else {
                throw Failure(message: "the patch copies more than \(JSONPatch.mostCopied) bytes")
            }
            try checkDepth(value, at: path)
        }

        /// What is nested deeper than any body may be would be too deep for what comes after, too.
        func checkDepth(_ value: JSONValue, at path: [String]) throws(Failure) {
            guard path.count + JSONPatch.depth(value) <= JSONReader.maximumDepth else {
                throw Failure(message: "the patch nests more than \(JSONReader.maximumDepth) levels")
            }
        }
    }

    private static let operationLimit = 10_000
    private let operations: [Operation]

    package init(_ patch: JSONValue) throws {
        // Upstream's null is no operation at all, in the list's place as well as in an operation's.
        guard case .array(let items) = patch.isNull ? [] : patch else {
            throw StatusError.badRequest(
                "error decoding patch: json: cannot unmarshal \(Self.goKind(patch)) into Go value of type []handlers.jsonPatchOp"
            )
        }
        guard items.count <= Self.operationLimit else {
            throw StatusError(
                code: 413, reason: "RequestEntityTooLarge",
                message: "Request entity too large: The allowed maximum operations in a JSON patch is "
                    + "\(Self.operationLimit), got \(items.count)")
        }
        operations = try items.map(Self.operation)
    }

    private static func operation(_ item: JSONValue) throws -> Operation {
        if item.isNull { return Operation(name: "unknown", path: nil, from: nil, value: nil) }
        guard case .object = item else {
            throw StatusError.badRequest(
                "error decoding patch: json: cannot unmarshal \(goKind(item)) into Go value of type handlers.jsonPatchOp"
            )
        }
        for name in ["op", "path", "from"] {
            guard let value = item[name], !value.isNull, value.stringValue == nil else { continue }
            throw StatusError.badRequest(
                "error decoding patch: json: cannot unmarshal \(goKind(value)) into Go struct field jsonPatchOp.\(name) "
                    + "of type string")
        }
        return Operation(
            name: item.text("op"), path: item["path"]?.stringValue, from: item["from"]?.stringValue,
            value: item["value"])
    }

    static func goKind(_ value: JSONValue) -> String {
        switch value {
        case .object: "object"
        case .array: "array"
        case .string: "string"
        case .bool: "bool"
        case .null: "null"
        case .integer, .double: "number"
        }
    }

    private static func depth(_ value: JSONValue) -> Int {
        switch value {
        case .object(let members): 1 + (members.values.lazy.map(depth).max() ?? 0)
        case .array(let elements): 1 + (elements.lazy.map(depth).max() ?? 0)
        default: 0
        }
    }

    /// The steps of a pointer (RFC 6901).
    private static func pointer(_ text: String) throws(Failure) -> [String] {
        if text.isEmpty { return [] }
        guard text.hasPrefix("/") else { throw Failure(message: "\"\(text)\" is no JSON pointer") }
        return text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
            String($0.replacing("~1", with: "/").replacing("~0", with: "~"))
        }
    }

    /// - Throws: ``Failure``, or what ends the request.
    package func apply(to value: JSONValue) throws -> JSONValue {
        let document = PatchDocument(value)
        var budget = Budget()
        for operation in operations {
            try RequestWork.check()
            try apply(operation, document, &budget)
        }
        return document.value
    }

    private func apply(
        _ operation: Operation, _ document: PatchDocument, _ budget: inout Budget
    ) throws(Failure) {
        guard let target = operation.path else { throw Failure(message: "operation missing path field") }
        let path = try Self.pointer(target)
        let value = operation.value ?? .null
        switch operation.name {
        case "add":
            try budget.checkDepth(value, at: path)
            try document.add(value, at: path)
        case "replace":
            try budget.checkDepth(value, at: path)
            try document.replace(at: path, with: value)
        case "remove":
            try document.remove(at: path)
        case "test":
            // What is missing passes for null, as upstream.
            let found = try? document.find(path[...])
            guard (found ?? PatchDocument(.null)).agrees(with: value) else {
                throw Failure(message: "testing value \(target) failed")
            }
        case "move", "copy":
            guard let source = operation.from else { throw Failure(message: "\(operation.name) has no from") }
            let from = try Self.pointer(source)
            let value = try document.find(from[...]).value
            try budget.take(value, to: path)
            if operation.name == "move" { try document.remove(at: from) }
            try document.add(value, at: path)
        default:
            throw Failure(message: "unexpected kind: \(operation.name)")
        }
    }
}

/// JSON Merge Patch (RFC 7396).
enum MergePatch {
    static func apply(_ patch: JSONValue, to document: JSONValue?) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var members = document?.objectValue ?? [:]
        members.remove(named: Set(changes.filter(\.value.isNull).keys))
        for (name, change) in changes where !change.isNull {
            members[name] = apply(change, to: members[name])
        }
        return .object(members)
    }
}
