import APIObjects
import JSONStream
import KubeSchema

/// What an IngressClass must be like.
enum IngressClassRules {
    private static let path = FieldPath("spec")
    private static let longestController = 250

    static func validate(_ spec: JSONValue) -> [FieldError] {
        let controller = spec.text("controller")
        let field = path.child("controller")
        var errors: [FieldError] = []
        if controller.utf8.count > longestController { errors.append(.tooLong(field, most: longestController)) }
        return errors + domainPrefixed(controller, field) + parameters(spec)
    }

    /// DOMAIN/PATH.
    private static func domainPrefixed(_ text: String, _ path: FieldPath) -> [FieldError] {
        if text.isEmpty { return [.required(path)] }
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            return [.invalid(path, .string(text), "must be a domain-prefixed path (such as \"acme.io/foo\")")]
        }
        var errors = FieldError.named(parts[0], path, by: Names.dnsSubdomain)
        let allowed = parts[1].utf8.allSatisfy { byte in
            Character(Unicode.Scalar(byte)).isLetter && byte < 0x80 || (0x30...0x39).contains(byte)
                || "/%!$&'()*+,;=:@-._~".utf8.contains(byte)
        }
        if !allowed {
            errors.append(
                .invalid(
                    path, .string(parts[1]),
                    "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')"))
        }
        return errors
    }

    static func parameters(_ spec: JSONValue) -> [FieldError] {
        guard let parameters = spec["parameters"], !parameters.isNull else { return [] }
        let field = path.child("parameters")
        var errors: [FieldError] = []
        if let group = parameters["apiGroup"]?.stringValue {
            errors += FieldError.named(group, field.child("apiGroup"), by: Names.dnsSubdomain)
        }
        for name in ["kind", "name"] {
            let text = parameters.text(name)
            errors +=
                text.isEmpty
                ? [.required(field.child(name))] : FieldError.named(text, field.child(name), by: Names.pathSegment)
        }
        let namespace = parameters["namespace"]?.stringValue ?? ""
        switch parameters.text("scope") {
        case "": errors.append(.required(field.child("scope")))
        case "Cluster":
            if !namespace.isEmpty {
                errors.append(
                    .forbidden(
                        field.child("namespace"), "`parameters.scope` is set to 'Cluster'"))
            }
        case "Namespace":
            errors +=
                namespace.isEmpty
                ? [.required(field.child("namespace"), "`parameters.scope` is set to 'Namespace'")]
                : FieldError.named(namespace, field.child("namespace"), by: Names.dnsLabel)
        case let scope:
            errors.append(.notSupported(field.child("scope"), .string(scope), ["Cluster", "Namespace"]))
        }
        return errors
    }
}
