package import JSONStream
import KubeAPI

/// A failure that is answered with a `Status` object (metav1.Status).
package struct StatusError: Error, Sendable {
    package struct Cause: Hashable, Sendable {
        package var reason: String
        package var message: String
        package var field: String

        package init(reason: String, message: String, field: String) {
            self.reason = reason
            self.message = message
            self.field = field
        }
    }

    package struct Details: Hashable, Sendable {
        package var name = ""
        package var group = ""
        package var kind = ""
        var uid = ""
        package var causes: [Cause] = []
        package var retryAfterSeconds = 0

        package init(
            name: String = "", group: String = "", kind: String = "", uid: String = "", causes: [Cause] = [],
            retryAfterSeconds: Int = 0
        ) {
            self.name = name
            self.group = group
            self.kind = kind
            self.uid = uid
            self.causes = causes
            self.retryAfterSeconds = retryAfterSeconds
        }
    }

    package var code: Int
    package var reason: String
    package var message: String
    package var details: Details?
    /// Of a list that cannot go on as it began.
    var continueToken: String?
    /// What logs say instead of the message, which has text of the request's body in it.
    private var logText: String?

    package init(code: Int, reason: String, message: String, details: Details? = nil) {
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details
    }

    package func logged(as text: String) -> StatusError {
        var copy = self
        if copy.logText == nil { copy.logText = text }
        return copy
    }

    /// What happened, without any text of the request's body: bodies hold secrets, and logs have other readers.
    package var logMessage: String {
        if let logText { return logText }
        guard reason == "Invalid", let details, !details.causes.isEmpty else { return String(message.prefix(1024)) }
        let kind = details.group.isEmpty ? details.kind : "\(details.kind).\(details.group)"
        let causes = details.causes.prefix(16).map { cause in
            "\(cause.field.prefix(256)): \(cause.message.prefix { $0 != ":" }.prefix(64))"
        }
        return "\(kind) \"\(details.name.prefix(256))\" is invalid: \(causes.joined(separator: ", "))"
    }

    package var json: JSONValue {
        var status: JSONValue = ["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure"]
        if let continueToken { status["metadata"] = ["continue": .string(continueToken)] }
        status["message"] = .string(message)
        if !reason.isEmpty { status["reason"] = .string(reason) }
        if let details {
            var json: JSONValue.Object = [:]
            if !details.name.isEmpty { json["name"] = .string(details.name) }
            if !details.group.isEmpty { json["group"] = .string(details.group) }
            if !details.kind.isEmpty { json["kind"] = .string(details.kind) }
            if !details.uid.isEmpty { json["uid"] = .string(details.uid) }
            if !details.causes.isEmpty {
                json["causes"] = .array(
                    details.causes.map {
                        ["reason": .string($0.reason), "message": .string($0.message), "field": .string($0.field)]
                    })
            }
            if details.retryAfterSeconds > 0 {
                json["retryAfterSeconds"] = .integer(Int64(details.retryAfterSeconds))
            }
            status["details"] = .object(json)
        }
        status["code"] = .integer(Int64(code))
        return status
    }
}

extension StatusError {
    package static func badRequest(_ message: String) -> StatusError {
        StatusError(code: 400, reason: "BadRequest", message: message)
    }

    package static func internalError(_ message: String) -> StatusError {
        StatusError(
            code: 500, reason: "InternalError", message: "Internal error occurred: \(message)",
            details: Details(causes: [Cause(reason: "", message: message, field: "")]))
    }

    /// An error that upstream has no reason for: it answers 500 with the bare text.
    package static func unclassified(_ message: String) -> StatusError {
        StatusError(code: 500, reason: "", message: message)
    }

    package static func notFound(_ resource: ResourceDefinition, _ name: String) -> StatusError {
        StatusError(
            code: 404, reason: "NotFound", message: "\(resource.qualifiedPlural) \"\(name)\" not found",
            details: Details(name: name, group: resource.group, kind: resource.plural))
    }

    package static func alreadyExists(_ resource: ResourceDefinition, _ name: String) -> StatusError {
        StatusError(
            code: 409, reason: "AlreadyExists", message: "\(resource.qualifiedPlural) \"\(name)\" already exists",
            details: Details(name: name, group: resource.group, kind: resource.plural))
    }

    package static func conflict(_ resource: ResourceDefinition, _ name: String, _ why: String) -> StatusError {
        StatusError(
            code: 409, reason: "Conflict",
            message: "Operation cannot be fulfilled on \(resource.qualifiedPlural) \"\(name)\": \(why)",
            details: Details(name: name, group: resource.group, kind: resource.plural))
    }

    package static func modified(_ resource: ResourceDefinition, _ name: String) -> StatusError {
        conflict(
            resource, name,
            "the object has been modified; please apply your changes to the latest version and try again")
    }

    package static func forbidden(_ resource: ResourceDefinition, _ name: String, _ why: String) -> StatusError {
        StatusError(
            code: 403, reason: "Forbidden", message: "\(resource.qualifiedPlural) \"\(name)\" is forbidden: \(why)",
            details: Details(name: name, group: resource.group, kind: resource.plural))
    }

    /// An object can have as many mistakes as it has bytes; nobody reads more than these.
    private static let mostErrors = 1000

    package static func invalid(kind: String, group: String, name: String, _ errors: [FieldError]) -> StatusError {
        let more = errors.count - mostErrors
        let errors = errors.prefix(mostErrors)
        let texts = errors.map(\.description) + (more > 0 ? ["and \(more) more"] : [])
        let list = texts.count == 1 ? texts[0] : "[" + texts.joined(separator: ", ") + "]"
        let causes = errors.map { Cause(reason: $0.kind.rawValue, message: $0.message, field: $0.field) }
        let qualified = group.isEmpty ? kind : "\(kind).\(group)"
        return StatusError(
            code: 422, reason: "Invalid", message: "\(qualified) \"\(name)\" is invalid: \(list)",
            details: Details(name: name, group: group, kind: kind, causes: causes))
    }

    package static func invalid(_ resource: ResourceDefinition, _ name: String, _ errors: [FieldError]) -> StatusError {
        invalid(kind: resource.kind, group: resource.group, name: name, errors)
    }

    /// - Parameter next: the token with which a list goes on nevertheless.
    package static func expired(_ message: String, continue next: String? = nil) -> StatusError {
        var error = StatusError(code: 410, reason: "Expired", message: message)
        error.continueToken = next
        return error
    }

    package static let unknownResource = StatusError(
        code: 404, reason: "NotFound", message: "the server could not find the requested resource", details: Details())

    package static let methodNotAllowed = StatusError(
        code: 405, reason: "MethodNotAllowed",
        message: "the server does not allow this method on the requested resource", details: Details())

    package static let notAcceptable = StatusError(
        code: 406, reason: "NotAcceptable",
        message: "only the following media types are accepted: application/json, application/yaml, "
            + "application/vnd.kubernetes.protobuf, application/json;stream=watch, "
            + "application/vnd.kubernetes.protobuf;stream=watch",
        details: Details())

    /// For a list where an object was wanted, or the other way round.
    package static func wrongShape(_ message: String) -> StatusError {
        StatusError(code: 406, reason: "NotAcceptable", message: message)
    }

    package static let timeout = StatusError(
        code: 504, reason: "Timeout", message: "Timeout: request did not complete within the allotted timeout",
        details: Details())

    package static let tooManyRequests = StatusError(
        code: 429, reason: "TooManyRequests", message: "Too many requests, please try again later.",
        details: Details(retryAfterSeconds: 1))

    package static let unauthorized = StatusError(code: 401, reason: "Unauthorized", message: "Unauthorized")
}
