package import JSONStream
package import KubeSchema

/// One thing wrong with one field, as upstream's field.Error: it becomes a cause of a Status.
package struct FieldError: Error, Hashable, Sendable {
    package enum Kind: String, Sendable {
        case required = "FieldValueRequired"
        case invalid = "FieldValueInvalid"
        case notSupported = "FieldValueNotSupported"
        case forbidden = "FieldValueForbidden"
        case duplicate = "FieldValueDuplicate"
        case tooMany = "FieldValueTooMany"
        case tooLong = "FieldValueTooLong"
        case typeInvalid = "FieldValueTypeInvalid"
        case notFound = "FieldValueNotFound"

        var title: String {
            switch self {
            case .required: "Required value"
            case .invalid, .typeInvalid: "Invalid value"
            case .notSupported: "Unsupported value"
            case .forbidden: "Forbidden"
            case .duplicate: "Duplicate value"
            case .tooMany: "Too many"
            case .tooLong: "Too long"
            case .notFound: "Not found"
            }
        }
    }

    package var kind: Kind
    package var field: String
    /// What follows the field in a message.
    package var message: String

    package init(kind: Kind, field: String, message: String) {
        self.kind = kind
        self.field = field
        self.message = message
    }

    package static func required(_ path: FieldPath, _ detail: String = "") -> FieldError {
        FieldError(kind: .required, field: path.description, message: join(Kind.required.title, detail))
    }

    package static func invalid(_ path: FieldPath, _ value: JSONValue, _ detail: String) -> FieldError {
        FieldError(
            kind: .invalid, field: path.description, message: join("\(Kind.invalid.title): \(show(value))", detail))
    }

    static func typeInvalid(_ path: FieldPath, _ value: JSONValue, _ detail: String) -> FieldError {
        FieldError(
            kind: .typeInvalid, field: path.description,
            message: join("\(Kind.typeInvalid.title): \(show(value))", detail))
    }

    package static func notSupported(_ path: FieldPath, _ value: JSONValue, _ supported: [String]) -> FieldError {
        let list = supported.map { show(.string($0)) }.joined(separator: ", ")
        return FieldError(
            kind: .notSupported, field: path.description,
            message: "\(Kind.notSupported.title): \(show(value)): supported values: \(list)")
    }

    package static func forbidden(_ path: FieldPath, _ detail: String) -> FieldError {
        FieldError(kind: .forbidden, field: path.description, message: join(Kind.forbidden.title, detail))
    }

    package static func duplicate(_ path: FieldPath, _ value: JSONValue) -> FieldError {
        FieldError(
            kind: .duplicate, field: path.description, message: "\(Kind.duplicate.title): \(show(value))")
    }

    package static func notFound(_ path: FieldPath, _ value: JSONValue, _ detail: String = "") -> FieldError {
        FieldError(
            kind: .notFound, field: path.description, message: join("\(Kind.notFound.title): \(show(value))", detail))
    }

    /// For a number that must not be below zero; a missing one is zero.
    package static func negative(_ object: JSONValue?, _ name: String, _ path: FieldPath) -> [FieldError] {
        let number = object?.number(name) ?? 0
        return number < 0 ? [.invalid(path.child(name), .integer(number), notNegative)] : []
    }

    package static let notNegative = "must be greater than or equal to 0"
    package static let immutable = "field is immutable"

    /// For a text that must be one of some; an empty one is missing.
    package static func oneOf(_ supported: [String], _ text: String, _ path: FieldPath) -> [FieldError] {
        if supported.contains(text) { return [] }
        return [text.isEmpty ? .required(path) : .notSupported(path, .string(text), supported)]
    }

    /// For a text with the problems that a rule of names finds.
    package static func named(_ text: String, _ path: FieldPath, by rule: (String) -> [String]) -> [FieldError] {
        rule(text).map { .invalid(path, .string(text), $0) }
    }

    package static func tooMany(_ path: FieldPath, _ count: Int, most: Int) -> FieldError {
        FieldError(
            kind: .tooMany, field: path.description,
            message: "\(Kind.tooMany.title): \(count): must have at most \(most) items")
    }

    package static func tooLong(_ path: FieldPath, most: Int) -> FieldError {
        FieldError(
            kind: .tooLong, field: path.description,
            message: "\(Kind.tooLong.title): may not be more than \(most) bytes")
    }

    package var description: String { "\(field): \(message)" }

    private static func join(_ title: String, _ detail: String) -> String {
        detail.isEmpty ? title : "\(title): \(detail)"
    }

    private static func show(_ value: JSONValue) -> String { String(decoding: value.serialized(), as: UTF8.self) }
}
