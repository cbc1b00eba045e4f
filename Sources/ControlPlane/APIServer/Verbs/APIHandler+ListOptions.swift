import APIObjects
import JSONStream
import KubeSchema

extension APIHandler {
    /// What the query of a list must be like (upstream: ValidateListOptions).
    static func validateList(_ request: APIRequest) throws {
        for number in ["timeoutSeconds", "limit"] { _ = try request.integer(number) }
        var errors: [FieldError] = []
        let match = request.first("resourceVersionMatch")
        if !match.isEmpty { errors += validate(match: match, request) }
        if request.query["sendInitialEvents"] != nil {
            errors.append(
                .forbidden(FieldPath("sendInitialEvents"), "sendInitialEvents is forbidden for list"))
        }
        guard errors.isEmpty else {
            throw StatusError.invalid(kind: "ListOptions", group: "meta.k8s.io", name: "", errors)
        }
    }

    private static func validate(match: String, _ request: APIRequest) -> [FieldError] {
        let path = FieldPath("resourceVersionMatch")
        let version = request.first("resourceVersion")
        var errors: [FieldError] = []
        if version.isEmpty {
            errors.append(
                .forbidden(path, "resourceVersionMatch is forbidden unless resourceVersion is provided"))
        }
        if !request.first("continue").isEmpty {
            errors.append(.forbidden(path, "resourceVersionMatch is forbidden when continue is provided"))
        }
        if match != "Exact", match != "NotOlderThan" {
            errors.append(.notSupported(path, .string(match), ["Exact", "NotOlderThan", ""]))
        }
        if match == "Exact", version == "0" {
            errors.append(
                .forbidden(path, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""))
        }
        return errors
    }
}
